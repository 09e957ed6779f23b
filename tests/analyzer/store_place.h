// SPDX-License-Identifier: GPL-3.0-or-later
// A directory with a store in it, and rows to put there; or, where SERIN_TEST_POSTGRESQL has the parameters of a
// server's address, its one database.
#ifndef TEST_STORE_PLACE_H
#define TEST_STORE_PLACE_H

#include "analyzer/store.h"

#define PLACE_NOW INT64_C(1735691111000)

struct place {
    struct arena arena;
    char dir[64];
    const char *path; // of the store's file, or the address of its database
    struct store *store;
};

bool place_is_shared(void); // in a database of PostgreSQL

int place_make(void **state); // of cmocka; the store is open
int place_remove(void **state);

void place_open(struct place *p); // fails the test when it cannot
void place_reopen(struct place *p);
void place_raw(struct place *p, const char *sql); // past the store, on the file

struct store_analysis place_analysis(struct place *p, const char *id); // of a config that all share

void place_digest(struct place *p, struct store_analysis *analysis); // sets config_sha256 to what the config says

void place_submit(struct place *p, struct store_batch *batch);                             // must be committed
struct store_outcome place_outcome(struct place *p, struct store_batch *batch);            // however it goes
void place_add(struct place *p, const char *id);                                           // an analysis, committed
void place_finish(struct place *p, const char *id, const char *verdict, int64_t at_ms);    // one that is there
struct store_analysis place_get(struct place *p, const char *id);                          // with its documents; must be there

#endif
