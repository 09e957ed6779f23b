// SPDX-License-Identifier: GPL-3.0-or-later
// A world in which a watch of half an hour takes milliseconds: a directory of recorded answers, one set a look, and a clock that
// jumps to where it is awaited.
#ifndef TESTS_ANALYZER_WATCH_WORLD_H
#define TESTS_ANALYZER_WATCH_WORLD_H

#include "analyzer/watch.h"

#define WORLD_START_MS INT64_C(1735689600000)
#define WORLD_STEPS 30 // of a minute
#define WORLD_LOOKS 5  // after 10, 15, 20, 25 and 30 steps

extern const char world_config[];

struct world {
    char dir[64];        // of answers and state
    char state[96];      // path of the state
    double values[SIDE_COUNT][WORLD_STEPS];
    int64_t now_ms;
    int64_t stop_ms;     // sleeping beyond it is interrupted
    int interrupted;
    json_t *seen[16];    // documents of the looks before the last one
    size_t seen_count;
    char warnings[4096]; // joined
    struct watch_options options;
};

// Both sides vary about 100 alike; from step `since` on the canary's values are multiplied by `factor`.
void world_begin(struct world *world, double factor, int since);
void world_end(struct world *world);

// Records what is to be answered at a look, counted from 1: the values, and the guard on every step. Looks without it fail.
void world_record(struct world *world, size_t look, double guard);
void world_record_all(struct world *world);

// A watch of `config` (NULL: world_config). The document is the caller's; NULL with err.
json_t *world_watch(struct world *world, const char *config, struct error *err);

void world_forget_looks(struct world *world);

// A member of the document's `looks`.
const json_t *world_look(const json_t *result, const char *key);

#endif
