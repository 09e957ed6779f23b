// SPDX-License-Identifier: GPL-3.0-or-later
// A store in a SQLite file: one connection for the writer, a few for readers.
#ifndef ANALYZER_SQLITE_STORE_H
#define ANALYZER_SQLITE_STORE_H

#include <pthread.h>

#include "base/file_lock.h"
#include "database.h"
#include "store_ops.h"

#define SQLITE_READERS_MOST ((size_t)64)

struct sqlite_store {
    struct store_backend base;
    char *path;
    struct file_lock lock; // says whose store it is; not held: of nobody here
    struct database writer;
    int log_pages; // in the write-ahead log, of the writer thread
    struct sqlite_tidier *tidier; // of the writer thread; NULL: the log was never long

    size_t reader_count;
    pthread_mutex_t mutex; // guards readers and busy; a reader that is busy is its holder's
    pthread_cond_t given;  // a reader became free
    struct database readers[SQLITE_READERS_MOST]; // opened when first needed
    bool busy[SQLITE_READERS_MOST];
};

// The path with more behind it, in a form that SQLite takes for nothing else: names such as "file:x" and ":memory:" mean something to
// it. The caller frees it.
char *sqlite_plain_path(const char *path, const char *more);

// A reader that sees one state of the store until it is given back, also over several statements. Waits for a free one.
// NULL with err.
struct database *sqlite_reader_take(struct store_backend *backend, struct error *err);
void sqlite_reader_give(struct store_backend *backend, struct database *reader); // fine with NULL

#endif
