// SPDX-License-Identifier: GPL-3.0-or-later
// Answers over a long time, fetched once for each query, from which the windows of many analyses are cut in memory.
#ifndef ANALYZER_HISTORY_H
#define ANALYZER_HISTORY_H

#include "analyzer/plan.h"

struct history {
    const struct canary_config *config; // without objectives
    int64_t from_ms, to_ms; // where windows may lie, warm-up included; multiples of the step
    struct plan plan;       // of the last window; its queries reach back to the first one
    const struct answer *const *answers; // one per query of the plan, all good; NULL until fetched
};

// What history_fetch() needs; as in analysis_options.
struct history_options {
    const char *recorded_dir, *record_dir; // answers only
    int64_t deadline_ms;
    void (*progress)(void *user, size_t done, size_t total);
    void (*warn)(void *user, const char *text);
    void *user;
    const volatile int *interrupted;
};

// Every query over the whole time. Nothing is sent; lives in the arena and borrows the config. ERROR_USAGE when no window fits.
bool history_plan(const struct canary_config *config, int64_t from_ms, int64_t to_ms, struct arena *arena, struct history *ret,
                  struct error *err);

// Length of a window with its warm-up, in whole steps.
int64_t history_window_ms(const struct canary_config *config);

struct history_source; // keeps the answers

// Fetches the answers into history->answers, which are valid until *ret_source is destroyed. False with err when they cannot be
// had, or when one of them is not good: windows are judged on all of the data or not at all.
bool history_fetch(struct history *history, const struct history_options *options, struct arena *arena, struct history_source **ret_source,
                   struct error *err);
void history_source_destroy(struct history_source *source); // fine with NULL

// The same check for answers that come from elsewhere.
bool history_check(const struct history *history, struct error *err);

bool history_has(const struct series *series, int64_t start_ms, int64_t end_ms); // any sample from start to end

struct history_slice {
    int64_t start_ms, end_ms; // both are in
    int64_t later_ms;         // the samples are moved so much later
    const bool *keep;         // one per series of the whole; NULL: all
};

// The answer with what lies in the slice, series without anything left out. It borrows from the whole and must not be finished.
void history_cut(const struct answer *whole, const struct history_slice *slice, struct arena *arena, struct answer *ret);

// The answers of a plan of one window, made of the same config: what sources would have answered then.
const struct answer *const *history_window(const struct history *history, const struct plan *plan, struct arena *arena);

#endif
