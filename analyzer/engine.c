// SPDX-License-Identifier: GPL-3.0-or-later
// The life of an engine, and what can be asked of it. The other files are the steps of an analysis: accept, drive, look, keep, cancel.
#include "analyzer/engine.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "base/timetext.h"
#include "engine_private.h"

#define DEADLINE_MS INT64_C(60000)
#define SETTLE_MS INT64_C(60000)

enum { WORKERS = 2, MOST_OPEN = 10000, MAX_FAILED = 3 };

const char *engine_event_name(enum engine_event_kind kind) {
    static const char *const names[] = {"started", "look", "look_failed", "verdict", "cancelled"};
    return names[kind];
}

int64_t engine_now_ms(const struct engine *e) {
    return e->options.now_ms != NULL ? e->options.now_ms(e->options.now_user) : wall_now_ms();
}

void engine_say(struct engine *e, const char *canary, const char *id, const char *format, ...) {
    char text[2048];
    va_list args;
    if (e->options.sink.say == NULL) return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    e->options.sink.say(e->options.sink.user, canary, id, text);
}

void engine_end_commit(struct engine *e) {
    pthread_mutex_lock(&e->lock);
    if (--e->committing == 0) pthread_cond_broadcast(&e->quiet);
    pthread_mutex_unlock(&e->lock);
}

void engine_publish(struct engine *e, enum engine_event_kind kind, const char *id, const char *canary, const json_t *document,
                    int64_t revision) {
    struct engine_event event = {
        .kind = kind, .id = id, .canary = canary, .document = document, .now_ms = engine_now_ms(e), .revision = revision};
    if (e->options.sink.published != NULL) e->options.sink.published(e->options.sink.user, &event);
}

static void set_defaults(struct engine_options *o) {
    if (o->workers == 0) o->workers = WORKERS;
    if (o->most_open == 0) o->most_open = MOST_OPEN;
    if (o->deadline_ms <= 0) o->deadline_ms = DEADLINE_MS;
    if (o->settle_ms < 0) o->settle_ms = SETTLE_MS;
    if (o->max_failed == 0) o->max_failed = MAX_FAILED;
}

static bool resume_one(void *user, const struct store_analysis *row) {
    engine_resume(user, row);
    return true;
}

struct engine *engine_create(const struct engine_options *options, struct error *err) {
    struct engine *e = mem_zero(1, sizeof *e);
    e->options = *options;
    set_defaults(&e->options);
    pthread_mutex_init(&e->lock, NULL);
    pthread_cond_init(&e->quiet, NULL);
    e->configs = config_cache_create();
    e->fetcher = fetcher_create();
    e->pool = source_pool_create();
    e->workers = work_queue_create(e->options.workers, err);
    if (e->workers != NULL && store_each_open(options->store, resume_one, e, err))
        e->driving = thread_start(&e->driver, engine_drive, e, err);
    if (e->driving) return e;
    engine_destroy(e);
    return NULL;
}

static void stop_driver(struct engine *e) {
    pthread_mutex_lock(&e->lock);
    e->stopping = true;
    pthread_mutex_unlock(&e->lock);
    fetcher_wake(e->fetcher);
    if (e->driving) pthread_join(e->driver, NULL);
}

static void drop_all(struct engine *e) {
    while (e->at_work != NULL) engine_drop_look(e->at_work);
    while (e->table != NULL) {
        struct running *r = *(struct running **)e->table; // a node of <search.h> begins with the pointer that was put into it
        engine_remove(e, r);
        engine_release(e, r);
    }
}

void engine_destroy(struct engine *e) {
    if (e == NULL) return;
    stop_driver(e);
    work_queue_destroy(e->workers);
    pthread_mutex_lock(&e->lock);
    while (e->committing > 0) pthread_cond_wait(&e->quiet, &e->lock);
    pthread_mutex_unlock(&e->lock);
    fetcher_destroy(e->fetcher);
    drop_all(e);
    source_pool_destroy(e->pool);
    config_cache_destroy(e->configs);
    due_heap_finish(&e->heap);
    pthread_cond_destroy(&e->quiet);
    pthread_mutex_destroy(&e->lock);
    free(e->sources);
    free(e);
}

void engine_now(struct engine *e, const char *id, struct engine_now *ret) {
    static const char *const names[PHASE_COUNT] = {"waiting", "queued", "querying", "querying", "judging", "judging"};
    pthread_mutex_lock(&e->lock);
    const struct running *r = engine_find(e, id);
    *ret = (struct engine_now){.found = r != NULL};
    if (r != NULL) {
        ret->phase = names[r->phase];
        ret->next_ms = r->phase == PHASE_WAITING ? r->due.due_ms : 0;
        ret->looks = r->looks;
        ret->planned = r->planned;
    }
    pthread_mutex_unlock(&e->lock);
}

void engine_counts(struct engine *e, struct engine_counts *ret) {
    pthread_mutex_lock(&e->lock);
    *ret = e->counts;
    ret->open = e->open;
    ret->waiting = e->phases[PHASE_WAITING];
    ret->queued = e->phases[PHASE_QUEUED];
    ret->querying = e->phases[PHASE_PLANNING] + e->phases[PHASE_QUERYING];
    ret->judging = e->phases[PHASE_JUDGING] + e->phases[PHASE_COMMITTING];
    ret->evidence_failing = e->kept_none > 0;
    pthread_mutex_unlock(&e->lock);
}

void engine_sources(struct engine *e, void (*each)(void *user, const struct engine_source_counts *counts), void *user) {
    pthread_mutex_lock(&e->lock);
    for (size_t i = 0; i < e->source_count; i++) each(user, &e->sources[i]);
    pthread_mutex_unlock(&e->lock);
}
