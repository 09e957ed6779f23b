// SPDX-License-Identifier: GPL-3.0-or-later
// A store in a SQLite file, with one connection for the writer and a few for readers.
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
    struct file_lock lock; // held by the owner of the store (store_options.owner)
    struct database writer;
    int log_pages; // in the write-ahead log after the last commit; 0 once tidy() has acted; of the writer thread
    struct sqlite_tidier *tidier; // of the writer thread; NULL until the log is long for the first time

    size_t reader_count;
    pthread_mutex_t mutex; // guards `busy`, and the readers that are not busy; a busy one is its holder's
    pthread_cond_t given;  // a reader became free
    struct database readers[SQLITE_READERS_MOST]; // opened when first needed
    bool busy[SQLITE_READERS_MOST];
};

// The path, with `more` (may be NULL) appended, in a form that SQLite takes as a path: it treats names such as "file:x" and ":memory:"
// specially. The caller frees it.
char *sqlite_plain_path(const char *path, const char *more);

// Takes a reader, which sees the same state of the store until it is given back. Waits until one is free. NULL with err when it cannot be
// opened.
struct database *sqlite_reader_take(struct store_backend *backend, struct error *err);
void sqlite_reader_give(struct store_backend *backend, struct database *reader); // fine with NULL

#endif
