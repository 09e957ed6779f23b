// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "pg_reads.h"
#include "pg_schema.h"

#define READERS 4

// Of one who owns it not: what it has must be of this version, or nobody's, so that it can be made so.
static bool look_at(struct pg_store *s, const struct store_options *options, bool *ret_taken, struct error *err) {
    struct timespec now;
    int version = 0;
    if (!pg_link_open(&s->writer, NULL, err) || !pg_server_check(&s->writer, err) || !pg_schema_version(&s->writer, &version, err))
        return false;
    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(s->name, sizeof s->name, "%lx-%lx-%lx", (unsigned long)getpid(), (unsigned long)now.tv_sec, (unsigned long)now.tv_nsec);
    if (version == pg_schema_newest) return true;
    struct pg_owner *owner = pg_owner_take(&s->place, options, ret_taken, err);
    pg_owner_release(owner);
    return owner != NULL;
}

static bool own(struct pg_store *s, const struct store_options *options, bool *ret_taken, struct error *err) {
    s->owner = pg_owner_take(&s->place, options, ret_taken, err);
    if (s->owner == NULL) return false;
    snprintf(s->name, sizeof s->name, "owner");
    s->epoch = pg_owner_epoch(s->owner);
    return true;
}

static void close_store(struct store_backend *backend) {
    struct pg_store *s = (struct pg_store *)backend;
    for (size_t i = 0; i < s->reader_count; i++) pg_link_close(&s->readers[i]);
    pg_link_close(&s->writer);
    pg_owner_release(s->owner);
    pg_place_finish(&s->place);
    pthread_cond_destroy(&s->given);
    pthread_mutex_destroy(&s->mutex);
    pthread_mutex_destroy(&s->state);
    free(s);
}

static struct store_backend *open_store(const char *address, const struct store_options *options, struct error *err) {
    struct pg_store *s = mem_zero(1, sizeof *s);
    bool taken = false;
    s->base.ops = &pg_store_ops;
    s->patient = true;
    s->reader_count = options->readers > 0 ? options->readers : READERS;
    if (s->reader_count > PG_READERS_MOST) s->reader_count = PG_READERS_MOST;
    pthread_mutex_init(&s->mutex, NULL);
    pthread_mutex_init(&s->state, NULL);
    pthread_cond_init(&s->given, NULL);
    pg_link_init(&s->writer, &s->place);
    for (size_t i = 0; i < s->reader_count; i++) pg_link_init(&s->readers[i], &s->place);
    bool ok = pg_place_init(&s->place, address, err) && (options->owner ? own(s, options, &taken, err) : look_at(s, options, &taken, err));
    if (options->ret_taken != NULL) *options->ret_taken = taken;
    if (ok) return &s->base;
    close_store(&s->base);
    return NULL;
}

static void tidy(struct store_backend *backend) {
    (void)backend; // the server does that
}

static bool is_ready(struct store_backend *backend, struct error *err) {
    struct pg_store *s = (struct pg_store *)backend;
    bool lost;
    if (s->owner != NULL && !pg_owner_holds(s->owner, &lost, err)) return false;
    pthread_mutex_lock(&s->state);
    bool ready = !s->troubled;
    if (!ready && err != NULL) *err = s->trouble;
    pthread_mutex_unlock(&s->state);
    return ready;
}

static size_t find_free(const struct pg_store *s) {
    size_t at = 0;
    while (at < s->reader_count && s->busy[at]) at++;
    return at;
}

struct pg_link *pg_reader_take(struct store_backend *backend, struct error *err) {
    struct pg_store *s = (struct pg_store *)backend;
    size_t at;
    pthread_mutex_lock(&s->mutex);
    while ((at = find_free(s)) == s->reader_count) pthread_cond_wait(&s->given, &s->mutex);
    s->busy[at] = true;
    pthread_mutex_unlock(&s->mutex);
    struct pg_link *reader = &s->readers[at];
    if (pg_link_open(reader, NULL, err)) return reader;
    pg_reader_give(backend, reader);
    return NULL;
}

void pg_reader_give(struct store_backend *backend, struct pg_link *reader) {
    struct pg_store *s = (struct pg_store *)backend;
    if (reader == NULL) return;
    pg_end(reader);
    pthread_mutex_lock(&s->mutex);
    s->busy[reader - s->readers] = false;
    pthread_cond_signal(&s->given);
    pthread_mutex_unlock(&s->mutex);
}

static bool backup(struct store_backend *backend, const char *path, struct error *err) {
    struct pg_store *s = (struct pg_store *)backend;
    (void)path;
    return error_set(err, ERROR_USAGE, "%s: the server's own tools make backups of it: pg_dump --schema=serin, or pg_basebackup",
                     s->place.name);
}

const struct store_ops pg_store_ops = {
    .scheme = "postgresql",
    .shared = true,
    .open = open_store,
    .close = close_store,
    .commit = pg_commit,
    .tidy = tidy,
    .ready = is_ready,
    .get = pg_get,
    .list = pg_list,
    .each_open = pg_each_open,
    .each_look = pg_each_look,
    .last_look = pg_last_look,
    .each_memo = pg_each_memo,
    .memo = pg_memo,
    .due = pg_due,
    .dead = pg_dead,
    .each_pending = pg_each_pending,
    .audit = pg_audit,
    .count = pg_count,
    .backup = backup,
    .check = pg_check,
};
