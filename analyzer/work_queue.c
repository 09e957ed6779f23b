// SPDX-License-Identifier: GPL-3.0-or-later
#include "work_queue.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/thread.h"

struct line {
    struct work_task *first, *last;
};

struct work_queue {
    pthread_mutex_t lock; // guards what follows but for the threads
    pthread_cond_t changed;
    struct line urgent, other;
    size_t busy; // workers that run a task
    bool ending;
    pthread_t *threads;
    size_t thread_count;
};

static struct work_task *take(struct line *line) {
    struct work_task *task = line->first;
    if (task == NULL) return NULL;
    line->first = task->next;
    if (line->first == NULL) line->last = NULL;
    return task;
}

static void *work(void *user) {
    struct work_queue *q = user;
    pthread_mutex_lock(&q->lock);
    for (;;) {
        struct work_task *task = take(&q->urgent);
        if (task == NULL) task = take(&q->other);
        if (task == NULL) {
            if (q->ending && q->busy == 0) break;
            pthread_cond_wait(&q->changed, &q->lock);
            continue;
        }
        q->busy++;
        pthread_mutex_unlock(&q->lock);
        task->run(task);
        pthread_mutex_lock(&q->lock);
        q->busy--;
        if (q->ending && q->busy == 0) pthread_cond_broadcast(&q->changed);
    }
    pthread_mutex_unlock(&q->lock);
    return NULL;
}

struct work_queue *work_queue_create(size_t workers, struct error *err) {
    struct work_queue *q = mem_zero(1, sizeof *q);
    q->threads = mem_zero(workers, sizeof *q->threads);
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->changed, NULL);
    for (; q->thread_count < workers; q->thread_count++) {
        if (thread_start(&q->threads[q->thread_count], work, q, err)) continue;
        work_queue_destroy(q);
        return NULL;
    }
    return q;
}

void work_queue_destroy(struct work_queue *q) {
    if (q == NULL) return;
    pthread_mutex_lock(&q->lock);
    q->ending = true;
    pthread_cond_broadcast(&q->changed);
    pthread_mutex_unlock(&q->lock);
    for (size_t i = 0; i < q->thread_count; i++) pthread_join(q->threads[i], NULL);
    pthread_cond_destroy(&q->changed);
    pthread_mutex_destroy(&q->lock);
    free(q->threads);
    free(q);
}

void work_queue_put(struct work_queue *q, struct work_task *task, bool urgent) {
    struct line *line = urgent ? &q->urgent : &q->other;
    task->next = NULL;
    pthread_mutex_lock(&q->lock);
    if (line->last != NULL) {
        line->last->next = task;
    } else {
        line->first = task;
    }
    line->last = task;
    pthread_cond_signal(&q->changed);
    pthread_mutex_unlock(&q->lock);
}
