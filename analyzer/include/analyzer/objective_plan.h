// SPDX-License-Identifier: GPL-3.0-or-later
// Every query of the objectives of a config at one time: both parts of every window, of the whole service and, where selectors hold
// ${scope}, of baseline and canary. Made from the config alone: nothing is sent.
#ifndef ANALYZER_OBJECTIVE_PLAN_H
#define ANALYZER_OBJECTIVE_PLAN_H

#include "analyzer/objective_query.h"
#include "analyzer/period.h"

enum objective_who { WHO_SERVICE, WHO_BASELINE, WHO_CANARY };
#define WHO_COUNT 3

const char *objective_who_name(enum objective_who who); // "service", "baseline", "canary"

#define OBJECTIVE_SHORTEST_MS INT64_C(1000) // of a release or the part of a period that is gone: less is not read
#define OBJECTIVE_NONE SIZE_MAX // no such span

struct objective_span {
    int64_t start_ms, end_ms;
};

struct planned_objective {
    const struct objective_config *config;
    double alpha; // chance to miss of each one-sided bound
    struct period period;
    bool asked[WHO_COUNT];
    struct objective_span *spans; // those of the tiers, the shortest first, then those named here
    size_t span_count, window_count; // the latter: of the tiers
    size_t period_span, release_span; // OBJECTIVE_NONE: not read
    size_t history_span;              // the last period part by part, of a rolling one; OBJECTIVE_NONE: not read. Of the service alone
    int64_t part_ms;                  // of the history
    size_t part_count;
    size_t past_span, past_count;     // periods before, the latest first; of the service alone
};

#define OBJECTIVE_PAST 12 // periods, at most

// What a span is for: "window", "period", "release", "history", "past".
const char *objective_span_kind(const struct planned_objective *objective, size_t span);


struct objective_query {
    size_t objective, span;
    enum objective_who who;
    enum objective_part part;
    const char *source;
    struct query query;
};

struct objective_plan {
    const struct canary_config *config;
    int64_t at_ms;
    struct planned_objective *items; // one per objective of the config
    size_t count;
    struct objective_query *queries;
    size_t query_count;
};

// `release_start_ms` INT64_MIN: there is no release to account for. False when a query cannot be made or a release begins after
// at_ms.
// `looks` are planned at one release, from 1: they share the chance to be wrong. Lives in the arena and borrows the config.
bool objective_plan_build(const struct canary_config *config, int64_t at_ms, int64_t release_start_ms, size_t looks, struct arena *arena,
                          struct objective_plan *ret, struct error *err);

// Adds the queries of past periods to a plan: for a rolling period the last one and those before it, of the calendar those that are over.
bool objective_plan_past(struct objective_plan *plan, struct arena *arena, struct error *err);

// For people: one block a query, as plan_print() has them.
void objective_plan_print(const struct objective_plan *plan, struct buf *out);

// The span of a window that ends at the plan's time.
size_t objective_plan_span(const struct planned_objective *objective, int64_t length_ms);

#endif
