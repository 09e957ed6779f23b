// SPDX-License-Identifier: GPL-3.0-or-later
// A store in a PostgreSQL database: one connection for the writer, one that holds what makes this process its owner, a few for readers.
#ifndef ANALYZER_PG_STORE_H
#define ANALYZER_PG_STORE_H

#include <pthread.h>

#include "pg_link.h"
#include "pg_owner.h"
#include "store_ops.h"

#define PG_READERS_MOST ((size_t)64)

struct pg_store {
    struct store_backend base;
    struct pg_place place;
    struct pg_owner *owner; // NULL: of nobody here

    // Of the writer thread.
    struct pg_link writer;
    char name[40];   // of the writer, in its table
    int64_t epoch;   // of the owner; 0 for others
    int64_t commits; // the number of the last transaction
    bool patient;    // the server answered the last time, so it is worth waiting for it

    pthread_mutex_t state; // guards what follows
    bool troubled;         // the writer waits for the server
    struct error trouble;  // and why

    size_t reader_count;
    pthread_mutex_t mutex; // guards readers and busy; a reader that is busy is its holder's
    pthread_cond_t given;  // a reader became free
    struct pg_link readers[PG_READERS_MOST]; // opened when first needed
    bool busy[PG_READERS_MOST];
};

// pg_commit.c: on the writer thread
bool pg_commit(struct store_backend *backend, struct store_batch *const *batches, size_t count, struct store_outcome *outcomes);

// A connected reader, until it is given back. Waits for a free one. NULL with err.
struct pg_link *pg_reader_take(struct store_backend *backend, struct error *err);
void pg_reader_give(struct store_backend *backend, struct pg_link *reader); // fine with NULL

#endif
