// SPDX-License-Identifier: GPL-3.0-or-later
// Every query of an analysis, fully expanded, with its times. Made from the config alone: nothing is sent.
#ifndef ANALYZER_PLAN_H
#define ANALYZER_PLAN_H

#include "analyzer/config.h"
#include "base/buf.h"
#include "base/error.h"
#include "query/source.h"

enum query_part { PART_VALUE, PART_BAD, PART_TOTAL, PART_BUCKETS, PART_BEFORE, PART_GUARD };
#define PART_COUNT 6

const char *query_part_name(enum query_part part); // "value", "bad", "total", "buckets", "before" (the pre-period), "guard"

struct planned_query {
    size_t owner; // index of the metric, or of the guard for PART_GUARD
    enum query_part part;
    enum side side;
    const char *source;
    struct query query;
};

struct objective_plan; // objective_plan.h

// One of several looks at the same window, each at what is there so far.
struct look {
    size_t number, planned;               // from 1
    int64_t start_ms, end_ms, horizon_ms; // of the data, after the warm-up; the window ends at the horizon. Multiples of the step
    double alpha;                         // judge serin: the chance of a false fail that this look may add, for a metric judged alone
    double fresh;                         // share of alpha for parts that look elsewhere at each look
    double beta;                          // the same of a false pass, where looks may pass early; else NaN
};

struct plan {
    const struct canary_config *config;
    const struct look *look; // NULL: the only one
    int64_t start_ms, end_ms; // of the canary side, after the warm-up; multiples of the step
    int64_t shift_ms[SIDE_COUNT]; // how much earlier a side is read (scopes.*.offset)
    struct planned_query *queries;
    size_t query_count;
    const struct objective_plan *objectives; // NULL: none are read
};

// Counters are read this much earlier than the window, to know the value that the first increase starts from.
#define PLAN_COUNTER_LOOKBACK_MS INT64_C(300000)

// The window ends at end_ms, rounded down to a multiple of the step. Lives in the arena and borrows the config.
bool plan_build(const struct canary_config *config, int64_t end_ms, struct arena *arena, struct plan *ret_plan, struct error *err);

// The same for one of several looks, which is borrowed too.
bool plan_build_look(const struct canary_config *config, const struct look *look, struct arena *arena, struct plan *ret_plan, struct error *err);

// When the samples of a metric on one side begin and end.
void plan_metric_times(const struct plan *plan, const struct metric_config *metric, enum side side, int64_t *ret_start_ms, int64_t *ret_end_ms);

// The name of the metric or guard that a query belongs to.
const char *plan_owner_name(const struct plan *plan, const struct planned_query *query);

// For people: how each metric is judged, then one block a query, with metric, side, source, mode, times and text.
void plan_print(const struct plan *plan, struct buf *out);

#endif
