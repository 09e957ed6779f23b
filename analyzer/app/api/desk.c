// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/desk.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"

struct job {
    struct job *next;
    char *key;
    struct errand *errand;
    desk_fn *run;
    void *input;
};

struct desk {
    struct desk_options options;
    pthread_t *threads;
    size_t thread_count;
    pthread_mutex_t lock; // guards what follows
    pthread_cond_t more;  // a job was added, or `closing` was set
    struct job *first, **last;
    struct job **under_way; // by thread: the job that it runs, or NULL
    size_t waiting;         // jobs in the list
    size_t started;         // threads that have taken their place in under_way
    bool closing;
};

static void free_job(struct job *job) {
    free(job->key);
    free(job);
}

// The lock is held.
static struct job *next_job(struct desk *desk, size_t place) {
    while (desk->first == NULL && !desk->closing) pthread_cond_wait(&desk->more, &desk->lock);
    if (desk->closing) return NULL;
    struct job *job = desk->first;
    desk->first = job->next;
    if (desk->first == NULL) desk->last = &desk->first;
    desk->waiting--;
    desk->under_way[place] = job;
    return job;
}

static void *work(void *argument) {
    struct desk *desk = argument;
    struct job *job;
    pthread_mutex_lock(&desk->lock);
    size_t place = desk->started++;
    while ((job = next_job(desk, place)) != NULL) {
        pthread_mutex_unlock(&desk->lock);
        job->run(desk->options.user, job->errand, job->input);
        pthread_mutex_lock(&desk->lock);
        desk->under_way[place] = NULL;
        free_job(job);
    }
    pthread_mutex_unlock(&desk->lock);
    return NULL;
}

struct desk *desk_open(const struct desk_options *options, struct error *err) {
    struct desk *desk = mem_zero(1, sizeof *desk);
    desk->options = *options;
    desk->threads = mem_zero(options->threads, sizeof *desk->threads);
    desk->under_way = mem_zero(options->threads, sizeof(struct job *));
    desk->last = &desk->first;
    pthread_mutex_init(&desk->lock, NULL);
    pthread_cond_init(&desk->more, NULL);
    while (desk->thread_count < options->threads && thread_start(&desk->threads[desk->thread_count], work, desk, err)) desk->thread_count++;
    if (desk->thread_count == options->threads) return desk;
    desk_close(desk);
    return NULL;
}

static void end_stopping(struct errand *errand) {
    errand_header(errand, "Retry-After", "5");
    errand_error(errand, 503, "stopping", "ask again in some seconds", "the service stops");
}

void desk_stop(struct desk *desk) {
    if (desk == NULL) return;
    pthread_mutex_lock(&desk->lock);
    desk->closing = true;
    pthread_cond_broadcast(&desk->more);
    pthread_mutex_unlock(&desk->lock);
    for (size_t i = 0; i < desk->thread_count; i++) pthread_join(desk->threads[i], NULL);
    desk->thread_count = 0;
    while (desk->first != NULL) {
        struct job *job = desk->first;
        desk->first = job->next;
        end_stopping(job->errand);
        free_job(job);
    }
}

void desk_close(struct desk *desk) {
    desk_stop(desk);
    if (desk == NULL) return;
    pthread_cond_destroy(&desk->more);
    pthread_mutex_destroy(&desk->lock);
    free(desk->under_way);
    free(desk->threads);
    free(desk);
}

// The lock is held.
static size_t count_of(const struct desk *desk, const char *key) {
    size_t count = 0;
    for (const struct job *job = desk->first; job != NULL; job = job->next) count += strcmp(job->key, key) == 0;
    for (size_t i = 0; i < desk->thread_count; i++) count += desk->under_way[i] != NULL && strcmp(desk->under_way[i]->key, key) == 0;
    return count;
}

void desk_give(struct desk *desk, const char *key, struct errand *errand, desk_fn *run, void *input) {
    struct job *job = mem_zero(1, sizeof *job);
    *job = (struct job){NULL, mem_strdup(key), errand, run, input};
    pthread_mutex_lock(&desk->lock);
    bool closing = desk->closing;
    bool room = !closing && desk->waiting < desk->options.most && count_of(desk, key) < desk->options.most_of_key;
    if (room) {
        *desk->last = job;
        desk->last = &job->next;
        desk->waiting++;
        pthread_cond_signal(&desk->more);
    }
    pthread_mutex_unlock(&desk->lock);
    if (room) return;
    free_job(job);
    if (closing) {
        end_stopping(errand);
        return;
    }
    errand_header(errand, "Retry-After", "5");
    errand_error(errand, 503, "busy", "ask again in some seconds", "too many requests of this kind are under way");
}
