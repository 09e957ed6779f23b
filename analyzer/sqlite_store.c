// SPDX-License-Identifier: GPL-3.0-or-later
// Opening and closing a SQLite store, its connections, and how a group of batches is committed.
#include "sqlite_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "sqlite_apply.h"
#include "sqlite_reads.h"
#include "sqlite_schema.h"
#include "sqlite_tidier.h"

#define READERS 4
#define LOG_PAGES 1000                  // from then on the log is written back into the database beside the commits
#define MOST_LOG_PAGES (16 * LOG_PAGES) // from then on commits wait while it is written back

static bool failed(const char *path, struct error *err) {
    return error_set(err, ERROR_IO, "%s: %s", path, strerror(errno));
}

// Creates the file, readable by its owner only; SQLite gives its other files the same permissions. A file that exists is not opened,
// because closing it would drop the locks that SQLite holds on it elsewhere in this process.
static bool make_file(const char *path, bool create, struct error *err) {
    struct stat status;
    int file = create ? open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
    if (file >= 0) close(file);
    if (file < 0 && create && errno != EEXIST) return failed(path, err);
    if (stat(path, &status) != 0) return failed(path, err);
    return S_ISREG(status.st_mode) || error_set(err, ERROR_USAGE, "%s: not a file", path);
}

static int count_log(void *user, sqlite3 *link, const char *name, int pages) {
    struct sqlite_store *store = user;
    (void)link;
    (void)name;
    store->log_pages = pages;
    return SQLITE_OK;
}

// Switches the file to a write-ahead log, which a restored backup does not have yet. Network file systems cannot have one.
static bool use_log(struct sqlite_store *store, struct error *err) {
    sqlite3_stmt *row = database_prepare(&store->writer, "PRAGMA journal_mode=WAL", err);
    bool ok = row != NULL;
    if (ok && database_row(&store->writer, row, &ok, err) && strcmp(column_text(row, 0), "wal") != 0)
        ok = error_set(err, ERROR_IO, "%s: no write-ahead log can be kept there; put the store on a local disk", store->path);
    sqlite3_finalize(row);
    if (ok) sqlite3_wal_hook(store->writer.link, count_log, store);
    return ok;
}

static bool own(struct sqlite_store *store, struct error *err) {
    struct arena arena = {0};
    long holder;
    bool ok = file_lock_take(&store->lock, arena_printf(&arena, "%s.lock", store->path), &holder, err);
    arena_finish(&arena);
    return ok && (holder == 0 || error_set(err, ERROR_USAGE, "%s: in use by another serin", store->path));
}

static bool open_writer(struct sqlite_store *store, const struct store_options *options, struct error *err) {
    int version = 0;
    bool ok = make_file(store->path, options->create, err) && (!options->owner || own(store, err)) &&
              database_open(&store->writer, store->path, false, err) && sqlite_schema_version(&store->writer, &version, err);
    if (ok && version == sqlite_schema_newest) return !options->owner || use_log(store, err);
    if (!ok) return false;
    if (version == 0 && !options->create) return error_set(err, ERROR_DATA, "%s: empty, not a store of serin", store->path);
    ok = (options->owner || own(store, err)) && use_log(store, err) && sqlite_schema_migrate(&store->writer, sqlite_schema_newest, err);
    if (!options->owner) file_lock_drop(&store->lock);
    return ok;
}

static void close_store(struct store_backend *backend) {
    struct sqlite_store *store = (struct sqlite_store *)backend;
    sqlite_tidier_stop(store->tidier);
    for (size_t i = 0; i < store->reader_count; i++) database_close(&store->readers[i]);
    database_close(&store->writer);
    file_lock_drop(&store->lock);
    pthread_cond_destroy(&store->given);
    pthread_mutex_destroy(&store->mutex);
    free(store->path);
    free(store);
}

char *sqlite_plain_path(const char *path, const char *more) {
    struct buf text;
    buf_init(&text, SIZE_MAX / 2);
    if (*path != '/' && *path != '\0') buf_str(&text, "./");
    buf_str(&text, path);
    buf_str(&text, more != NULL ? more : "");
    return buf_take(&text);
}

static struct store_backend *open_store(const char *path, const struct store_options *options, struct error *err) {
    struct sqlite_store *store = mem_zero(1, sizeof *store);
    store->base.ops = &sqlite_store_ops;
    store->path = sqlite_plain_path(path, NULL);
    store->lock = FILE_LOCK_NONE;
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

static bool run_kept(struct database *db, const char *sql, struct error *err) {
    sqlite3_stmt *statement = database_statement(db, sql, err);
    return statement != NULL && database_step(db, statement, err);
}

struct database *sqlite_reader_take(struct store_backend *backend, struct error *err) {
    static const char begin[] = "BEGIN";
    struct sqlite_store *store = (struct sqlite_store *)backend;
    size_t at;
    pthread_mutex_lock(&store->mutex);
    while ((at = find_free(store)) == store->reader_count) pthread_cond_wait(&store->given, &store->mutex);
    store->busy[at] = true;
    pthread_mutex_unlock(&store->mutex);
    struct database *reader = &store->readers[at];
    if ((reader->link != NULL || database_open(reader, store->path, true, err)) && run_kept(reader, begin, err)) return reader;
    sqlite_reader_give(backend, reader);
    return NULL;
}

void sqlite_reader_give(struct store_backend *backend, struct database *reader) {
    static const char end[] = "ROLLBACK";
    struct sqlite_store *store = (struct sqlite_store *)backend;
    if (reader == NULL) return;
    for (size_t i = 0; i < reader->kept_count; i++) sqlite3_reset(reader->kept[i].statement);
    if (reader->link != NULL && !sqlite3_get_autocommit(reader->link)) run_kept(reader, end, NULL);
    pthread_mutex_lock(&store->mutex);
    store->busy[reader - store->readers] = false;
    pthread_cond_signal(&store->given);
    pthread_mutex_unlock(&store->mutex);
}

// Ends a transaction that cannot be committed.
static void roll_back(struct database *db) {
    if (!sqlite3_get_autocommit(db->link)) database_run(db, "ROLLBACK", NULL);
}

enum group_end { GROUP_COMMITTED, GROUP_LOST, GROUP_MIXED };

// Applies a batch without a savepoint, which costs time. That is enough for a batch that succeeds, and for one that fails before it has
// changed anything, because what it wants to change is in another state.
static enum group_end apply_plainly(struct database *db, const struct store_batch *batch, struct store_outcome *outcome,
                                    struct error *err) {
    int64_t before = sqlite3_total_changes64(db->link);
    if (sqlite_apply(db, batch, outcome)) return GROUP_COMMITTED;
    *err = outcome->err;
    if (sqlite3_get_autocommit(db->link)) return GROUP_LOST; // the disk is full, and SQLite has given up the whole transaction
    bool untouched = outcome->kind != STORE_FAILED && sqlite3_total_changes64(db->link) == before;
    return untouched ? GROUP_COMMITTED : GROUP_MIXED;
}

// Applies a batch within a savepoint, so that one that fails is undone alone.
static enum group_end apply_alone(struct database *db, const struct store_batch *batch, struct store_outcome *outcome, struct error *err) {
    static const char begin[] = "SAVEPOINT batch", keep[] = "RELEASE batch", undo[] = "ROLLBACK TO batch";
    if (!run_kept(db, begin, err)) return GROUP_LOST;
    bool ok = sqlite_apply(db, batch, outcome);
    if (!ok && sqlite3_get_autocommit(db->link)) {
        *err = outcome->err;
        return GROUP_LOST;
    }
    return (ok || run_kept(db, undo, err)) && run_kept(db, keep, err) ? GROUP_COMMITTED : GROUP_LOST;
}

typedef enum group_end apply_batch_fn(struct database *db, const struct store_batch *batch, struct store_outcome *outcome,
                                      struct error *err);

static enum group_end commit_group(struct database *db, apply_batch_fn *apply, struct store_batch *const *batches, size_t count,
                                   struct store_outcome *outcomes) {
    static const char begin[] = "BEGIN IMMEDIATE", end[] = "COMMIT";
    struct error err = {0};
    for (size_t i = 0; i < count; i++) outcomes[i] = (struct store_outcome){0};
    enum group_end at = run_kept(db, begin, &err) ? GROUP_COMMITTED : GROUP_LOST;
    for (size_t i = 0; at == GROUP_COMMITTED && i < count; i++) at = apply(db, batches[i], &outcomes[i], &err);
    if (at == GROUP_COMMITTED && !run_kept(db, end, &err)) at = GROUP_LOST;
    if (at == GROUP_COMMITTED) return at;
    roll_back(db);
    for (size_t i = 0; i < count; i++) outcomes[i] = (struct store_outcome){.kind = STORE_FAILED, .err = err};
    return at;
}

// First all batches in one transaction, without savepoints. When one of them failed half-way, once more with a savepoint for each. When the
// transaction itself failed, say for a full disk, each batch gets a transaction of its own: a large one must not take the others with it.
static bool commit_batches(struct store_backend *backend, struct store_batch *const *batches, size_t count,
                           struct store_outcome *outcomes) {
    struct sqlite_store *store = (struct sqlite_store *)backend;
    enum group_end end = commit_group(&store->writer, apply_plainly, batches, count, outcomes);
    if (end == GROUP_MIXED) end = commit_group(&store->writer, apply_alone, batches, count, outcomes);
    for (size_t i = 0; end != GROUP_COMMITTED && count > 1 && i < count; i++)
        commit_group(&store->writer, apply_alone, &batches[i], 1, &outcomes[i]);
    bool ok = true;
    for (size_t i = 0; i < count; i++) ok = ok && outcomes[i].kind != STORE_FAILED;
    return ok;
}

// Has the log written back into the database. SQLite would do that at the end of a commit, and the caller would wait for it; here a thread
// of its own does it beside the next commits. The log starts anew with a commit that finds all of it written back. Commits in close
// succession can put that off, so a very long log is written back here while they wait.
static void tidy(struct store_backend *backend) {
    struct sqlite_store *store = (struct sqlite_store *)backend;
    if (store->log_pages < LOG_PAGES) return;
    if (store->tidier == NULL) store->tidier = sqlite_tidier_start(store->path);
    if (store->tidier != NULL && store->log_pages < MOST_LOG_PAGES) {
        sqlite_tidier_wake(store->tidier);
    } else {
        sqlite3_wal_checkpoint_v2(store->writer.link, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    }
    store->log_pages = 0;
}

static bool is_ready(struct store_backend *backend, struct error *err) {
    (void)backend;
    (void)err;
    return true;
}

const struct store_ops sqlite_store_ops = {
    .scheme = "sqlite",
    .open = open_store,
    .close = close_store,
    .commit = commit_batches,
    .tidy = tidy,
    .ready = is_ready,
    .get = sqlite_get,
    .list = sqlite_list,
    .each_open = sqlite_each_open,
    .each_look = sqlite_each_look,
    .last_look = sqlite_last_look,
    .each_memo = sqlite_each_memo,
    .memo = sqlite_memo,
    .due = sqlite_due,
    .dead = sqlite_dead,
    .each_pending = sqlite_each_pending,
    .audit = sqlite_audit,
    .count = sqlite_count,
    .backup = sqlite_backup,
    .check = sqlite_check,
};
