// SPDX-License-Identifier: GPL-3.0-or-later
#include "sqlite_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "sqlite_schema.h"

#define READERS 4

static bool failed(const char *path, struct error *err) {
    return error_set(err, ERROR_IO, "%s: %s", path, strerror(errno));
}

// A file that others can read would show them what the store keeps; SQLite gives its other files the same permissions.
static bool make_file(const char *path, bool create, struct error *err) {
    int file = open(path, O_RDWR | O_CLOEXEC | (create ? O_CREAT : 0), 0600);
    if (file < 0) return failed(path, err);
    close(file);
    return true;
}

// The lock goes with the process, however that ends.
static bool own(struct sqlite_store *store, struct error *err) {
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct arena arena = {0};
    const char *path = arena_printf(&arena, "%s.lock", store->path);
    store->lock = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool ok = store->lock >= 0 || failed(path, err);
    if (ok && fcntl(store->lock, F_SETLK, &whole) != 0) {
        bool taken = errno == EACCES || errno == EAGAIN;
        ok = taken ? error_set(err, ERROR_USAGE, "%s: in use by another serin", store->path) : failed(path, err);
    }
    arena_finish(&arena);
    return ok;
}

static void disown(struct sqlite_store *store) {
    if (store->lock >= 0) close(store->lock);
    store->lock = -1;
}

static bool open_writer(struct sqlite_store *store, const struct store_options *options, struct error *err) {
    int version = 0;
    bool ok = make_file(store->path, options->create, err) && (!options->owner || own(store, err)) &&
              database_open(&store->writer, store->path, false, err) && sqlite_schema_version(&store->writer, &version, err);
    if (!ok || version == sqlite_schema_newest) return ok;
    if (version == 0 && !options->create) return error_set(err, ERROR_DATA, "%s: empty, not a store of serin", store->path);
    ok = (options->owner || own(store, err)) && sqlite_schema_migrate(&store->writer, sqlite_schema_newest, err);
    if (!options->owner) disown(store);
    return ok;
}

static void close_store(struct store_backend *backend) {
    struct sqlite_store *store = (struct sqlite_store *)backend;
    for (size_t i = 0; i < store->reader_count; i++) database_close(&store->readers[i]);
    database_close(&store->writer);
    disown(store);
    pthread_cond_destroy(&store->given);
    pthread_mutex_destroy(&store->mutex);
    free(store->path);
    free(store);
}

static struct store_backend *open_store(const char *path, const struct store_options *options, struct error *err) {
    struct sqlite_store *store = mem_zero(1, sizeof *store);
    store->base.ops = &sqlite_store_ops;
    store->path = mem_strdup(path);
    store->lock = -1;
    store->reader_count = options->readers > 0 ? options->readers : READERS;
    if (store->reader_count > SQLITE_READERS_MOST) store->reader_count = SQLITE_READERS_MOST;
    pthread_mutex_init(&store->mutex, NULL);
    pthread_cond_init(&store->given, NULL);
    if (open_writer(store, options, err)) return &store->base;
    close_store(&store->base);
    return NULL;
}

static size_t find_free(const struct sqlite_store *store) {
    size_t at = 0;
    while (at < store->reader_count && store->busy[at]) at++;
    return at;
}

struct database *sqlite_reader_take(struct store_backend *backend, struct error *err) {
    struct sqlite_store *store = (struct sqlite_store *)backend;
    size_t at;
    pthread_mutex_lock(&store->mutex);
    while ((at = find_free(store)) == store->reader_count) pthread_cond_wait(&store->given, &store->mutex);
    store->busy[at] = true;
    pthread_mutex_unlock(&store->mutex);
    struct database *reader = &store->readers[at];
    if ((reader->link != NULL || database_open(reader, store->path, true, err)) && database_run(reader, "BEGIN", err)) return reader;
    sqlite_reader_give(backend, reader);
    return NULL;
}

void sqlite_reader_give(struct store_backend *backend, struct database *reader) {
    struct sqlite_store *store = (struct sqlite_store *)backend;
    if (reader == NULL) return;
    for (size_t i = 0; i < reader->kept_count; i++) sqlite3_reset(reader->kept[i].statement);
    if (reader->link != NULL && !sqlite3_get_autocommit(reader->link)) database_run(reader, "ROLLBACK", NULL);
    pthread_mutex_lock(&store->mutex);
    store->busy[reader - store->readers] = false;
    pthread_cond_signal(&store->given);
    pthread_mutex_unlock(&store->mutex);
}

const struct store_ops sqlite_store_ops = {
    .scheme = "sqlite",
    .open = open_store,
    .close = close_store,
};
