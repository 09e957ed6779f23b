// SPDX-License-Identifier: GPL-3.0-or-later
// The queue of batches and the thread that commits them. Everything else is up to the backend.
#include "analyzer/store.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/thread.h"
#include "store_changes.h"
#include "store_ops.h"

#define COMMIT_MOST ((size_t)100) // batches in a commit
#define COMMIT_BYTES ((size_t)16 << 20)
#define TRIM_STEPS 100
#define PROBE_S 3
#define QUEUE_BYTES ((size_t)64 << 20)

static const struct store_ops *const backends[] = {
    &sqlite_store_ops,
#ifdef SERIN_POSTGRESQL
    &pg_store_ops,
#endif
};

#define BACKEND_COUNT (sizeof backends / sizeof backends[0])

struct store {
    struct store_backend *backend;
    size_t queue_bytes; // that may wait
    pthread_t writer;
    struct trim_progress trimming; // where store_trim() stopped early; used by the one thread that calls it

    pthread_mutex_t mutex; // guards all that follows, and the links of batches in the queue
    pthread_cond_t work;   // a batch was queued, or `stopping` was set
    struct store_batch *first, **last;
    struct store_counters counters;
    bool stopping;
};

static size_t take_group(struct store *store, struct store_batch **group) {
    size_t count = 0, bytes = 0;
    while (store->first != NULL && count < COMMIT_MOST && (count == 0 || bytes < COMMIT_BYTES)) {
        struct store_batch *batch = store->first;
        bytes += store_batch_bytes(batch);
        store->first = batch->next;
        group[count++] = batch;
    }
    if (store->first == NULL) store->last = &store->first;
    store->counters.queued -= count;
    store->counters.queued_bytes -= bytes;
    return count;
}

static void tally(struct store *store, const struct store_outcome *outcomes, size_t count, bool written) {
    struct store_counters *c = &store->counters;
    c->commits++;
    c->batches += count;
    for (size_t i = 0; i < count; i++) c->failed += outcomes[i].kind != STORE_COMMITTED;
    if (count > c->largest_commit) c->largest_commit = count;
    c->writable = written;
}

static void *write_batches(void *user) {
    struct store *store = user;
    struct store_batch *group[COMMIT_MOST];
    struct store_outcome *outcomes = mem_zero(COMMIT_MOST, sizeof *outcomes);
    pthread_mutex_lock(&store->mutex);
    for (;;) {
        while (store->first == NULL && !store->stopping) pthread_cond_wait(&store->work, &store->mutex);
        size_t count = take_group(store, group);
        if (count == 0) break;
        pthread_mutex_unlock(&store->mutex);
        memset(outcomes, 0, count * sizeof *outcomes);
        bool written = store->backend->ops->commit(store->backend, group, count, outcomes);
        pthread_mutex_lock(&store->mutex);
        tally(store, outcomes, count, written);
        pthread_mutex_unlock(&store->mutex);
        for (size_t i = 0; i < count; i++) {
            if (group[i]->done != NULL) group[i]->done(group[i]->user, &outcomes[i]);
        }
        for (size_t i = 0; i < count; i++) store_batch_destroy(group[i]);
        store->backend->ops->tidy(store->backend);
        pthread_mutex_lock(&store->mutex);
    }
    pthread_mutex_unlock(&store->mutex);
    free(outcomes);
    return NULL;
}

static const struct store_ops *find_backend(const char *where, const char **ret_address) {
    const char *colon = strchr(where, ':');
    for (size_t i = 0; colon != NULL && i < BACKEND_COUNT; i++) {
        if (!view_is((struct view){where, (size_t)(colon - where)}, backends[i]->scheme)) continue;
        *ret_address = colon + 1;
        return backends[i];
    }
    *ret_address = where;
    bool path = colon == NULL || memchr(where, '/', (size_t)(colon - where)) != NULL;
    return path ? backends[0] : NULL;
}

bool store_is_shared(const char *where) {
    const char *address;
    const struct store_ops *ops = find_backend(where, &address);
    return ops != NULL && ops->shared;
}

// An address may hold a password, so of one that is not known only the begin is told.
static void refuse_kind(const char *where, struct error *err) {
    int len = (int)strcspn(where, ":");
    if (view_is((struct view){where, (size_t)len}, "postgresql"))
        error_set(err, ERROR_USAGE, "postgresql: this serin was built without libpq; sqlite:PATH is a store");
    else
        error_set(err, ERROR_USAGE, "%.*s: not a kind of store; sqlite:PATH and postgresql://HOST/DATABASE are", len, where);
}

struct store *store_open(const char *where, const struct store_options *options, struct error *err) {
    const char *address;
    const struct store_ops *ops = find_backend(where, &address);
    if (ops == NULL) {
        refuse_kind(where, err);
        return NULL;
    }
    struct store_backend *backend = ops->open(address, options, err);
    if (backend == NULL) return NULL;
    struct store *store = mem_zero(1, sizeof *store);
    store->backend = backend;
    store->queue_bytes = options->queue_bytes > 0 ? options->queue_bytes : QUEUE_BYTES;
    store->last = &store->first;
    store->counters.writable = true;
    pthread_mutex_init(&store->mutex, NULL);
    pthread_cond_init(&store->work, NULL);
    if (thread_start(&store->writer, write_batches, store, err)) return store;
    error_prefix(err, "%s", where);
    ops->close(backend);
    free(store);
    return NULL;
}

void store_close(struct store *store) {
    if (store == NULL) return;
    pthread_mutex_lock(&store->mutex);
    store->stopping = true;
    pthread_cond_signal(&store->work);
    pthread_mutex_unlock(&store->mutex);
    pthread_join(store->writer, NULL);
    store->backend->ops->close(store->backend);
    pthread_cond_destroy(&store->work);
    pthread_mutex_destroy(&store->mutex);
    free(store);
}

static bool enqueue(struct store *store, struct store_batch *batch) {
    size_t bytes = store_batch_bytes(batch);
    pthread_mutex_lock(&store->mutex);
    struct store_counters *c = &store->counters;
    bool room = c->queued == 0 || c->queued_bytes + bytes <= store->queue_bytes;
    if (room) {
        *store->last = batch;
        store->last = &batch->next;
        c->queued++;
        c->queued_bytes += bytes;
        pthread_cond_signal(&store->work);
    }
    pthread_mutex_unlock(&store->mutex);
    return room;
}

bool store_submit(struct store *store, struct store_batch *batch, store_done_fn *done, void *user, struct error *err) {
    bool ok = true;
    if (batch->err.code != ERROR_NONE) {
        if (err != NULL) *err = batch->err;
        ok = false;
    }
    batch->done = done;
    batch->user = user;
    if (ok && !enqueue(store, batch))
        ok = error_set(err, ERROR_LIMIT, "store: more than %zu MiB wait to be written; try again later", store->queue_bytes >> 20);
    if (!ok) store_batch_destroy(batch);
    return ok;
}

struct waiting {
    struct store_outcome *outcome;
    pthread_mutex_t mutex; // guards over, and *outcome until then
    pthread_cond_t told;
    bool over;
};

static void tell_waiting(void *user, const struct store_outcome *outcome) {
    struct waiting *w = user;
    pthread_mutex_lock(&w->mutex);
    *w->outcome = *outcome;
    w->over = true;
    pthread_cond_signal(&w->told);
    pthread_mutex_unlock(&w->mutex);
}

bool store_submit_wait(struct store *store, struct store_batch *batch, struct store_outcome *ret) {
    struct waiting w = {.outcome = ret, .mutex = PTHREAD_MUTEX_INITIALIZER, .told = PTHREAD_COND_INITIALIZER};
    assert(!pthread_equal(pthread_self(), store->writer));
    *ret = (struct store_outcome){.kind = STORE_FAILED};
    if (store_submit(store, batch, tell_waiting, &w, &ret->err)) {
        pthread_mutex_lock(&w.mutex);
        while (!w.over) pthread_cond_wait(&w.told, &w.mutex);
        pthread_mutex_unlock(&w.mutex);
    }
    pthread_cond_destroy(&w.told);
    pthread_mutex_destroy(&w.mutex);
    return ret->kind == STORE_COMMITTED;
}

void store_counters(struct store *store, struct store_counters *ret) {
    pthread_mutex_lock(&store->mutex);
    *ret = store->counters;
    pthread_mutex_unlock(&store->mutex);
}

struct probe {             // of the caller and of the writer, whoever is done with it last frees it
    pthread_mutex_t mutex; // guards what follows
    pthread_cond_t told;
    bool over, left;
    struct error err; // when it is over
};

static void destroy_probe(struct probe *p) {
    pthread_cond_destroy(&p->told);
    pthread_mutex_destroy(&p->mutex);
    free(p);
}

static void tell_probe(void *user, const struct store_outcome *outcome) {
    struct probe *p = user;
    pthread_mutex_lock(&p->mutex);
    bool left = p->left;
    p->over = true;
    p->err = outcome->err;
    pthread_cond_signal(&p->told);
    pthread_mutex_unlock(&p->mutex);
    if (left) destroy_probe(p);
}

static bool await_probe(struct probe *p, struct error *err) {
    struct timespec end;
    int late = 0;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += PROBE_S;
    pthread_mutex_lock(&p->mutex);
    while (!p->over && late == 0) late = pthread_cond_timedwait(&p->told, &p->mutex, &end);
    bool over = p->over, ok = over && p->err.code == ERROR_NONE;
    if (over && !ok && err != NULL) *err = p->err;
    p->left = !over;
    pthread_mutex_unlock(&p->mutex);
    if (over) destroy_probe(p);
    return ok || over ? ok : error_set(err, ERROR_IO, "store: nothing was written for %d seconds", PROBE_S);
}

bool store_probe(struct store *store, int64_t now_ms, struct error *err) {
    if (!store->backend->ops->ready(store->backend, err)) return false;
    struct store_batch *batch = store_batch_create();
    struct probe *p = mem_zero(1, sizeof *p);
    pthread_mutex_init(&p->mutex, NULL);
    pthread_cond_init(&p->told, NULL);
    store_batch_memo(batch, "store", "probe", "true", now_ms);
    if (store_submit(store, batch, tell_probe, p, err)) return await_probe(p, err);
    destroy_probe(p);
    return false;
}

bool store_trim(struct store *store, const struct store_retention *retention, int64_t now_ms, struct store_trimmed *ret,
                struct error *err) {
    struct trim_progress progress = store->trimming;
    progress.trimmed = (struct store_trimmed){0};
    store->trimming = (struct trim_progress){0};
    for (int step = 0; step < TRIM_STEPS && progress.phase != TRIM_OVER; step++) {
        struct store_batch *batch = store_batch_create();
        struct store_outcome outcome;
        struct trim_progress before = progress;
        store_batch_trim(batch, &(struct change_trim){*retention, now_ms, before, &progress});
        if (store_submit_wait(store, batch, &outcome)) continue;
        if (err != NULL) *err = outcome.err;
        return false;
    }
    *ret = progress.trimmed;
    ret->more = progress.phase != TRIM_OVER;
    if (ret->more) store->trimming = progress;
    return true;
}

bool store_get(struct store *store, const char *id, unsigned parts, struct arena *arena, struct store_analysis *ret, bool *ret_found,
               struct error *err) {
    return store->backend->ops->get(store->backend, id, parts, arena, ret, ret_found, err);
}

bool store_list(struct store *store, const struct store_filter *filter, struct arena *arena, struct store_analyses *ret,
                struct error *err) {
    return store->backend->ops->list(store->backend, filter, arena, ret, err);
}

bool store_each_open(struct store *store, store_analysis_fn *each, void *user, struct error *err) {
    return store->backend->ops->each_open(store->backend, each, user, err);
}

bool store_each_look(struct store *store, const char *analysis, bool documents, store_look_fn *each, void *user, struct error *err) {
    return store->backend->ops->each_look(store->backend, analysis, documents, each, user, err);
}

bool store_last_look(struct store *store, const char *analysis, struct arena *arena, const char **ret, struct error *err) {
    return store->backend->ops->last_look(store->backend, analysis, arena, ret, err);
}

bool store_each_memo(struct store *store, const char *kind, store_memo_fn *each, void *user, struct error *err) {
    return store->backend->ops->each_memo(store->backend, kind, each, user, err);
}

bool store_memo(struct store *store, const char *kind, const char *key, struct arena *arena, const char **ret, struct error *err) {
    return store->backend->ops->memo(store->backend, kind, key, arena, ret, err);
}

bool store_due(struct store *store, const struct store_due_filter *filter, struct arena *arena, struct store_messages *ret,
               struct error *err) {
    return store->backend->ops->due(store->backend, filter, arena, ret, err);
}

bool store_dead(struct store *store, int64_t after_seq, size_t limit, struct arena *arena, struct store_messages *ret, struct error *err) {
    return store->backend->ops->dead(store->backend, after_seq, limit, arena, ret, err);
}

bool store_each_pending(struct store *store, store_pending_fn *each, void *user, struct error *err) {
    return store->backend->ops->each_pending(store->backend, each, user, err);
}

bool store_audit(struct store *store, int64_t before_seq, size_t limit, struct arena *arena, struct store_audits *ret, struct error *err) {
    return store->backend->ops->audit(store->backend, before_seq, limit, arena, ret, err);
}

bool store_count(struct store *store, struct store_counts *ret, struct error *err) {
    return store->backend->ops->count(store->backend, ret, err);
}

bool store_backup(struct store *store, const char *path, struct error *err) {
    return store->backend->ops->backup(store->backend, path, err);
}

bool store_check(struct store *store, struct error *err) {
    return store->backend->ops->check(store->backend, err);
}
