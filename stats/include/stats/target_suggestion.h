// SPDX-License-Identifier: GPL-3.0-or-later
// Which objective a service would have met in a share of past periods: of their error ratios in rising order the one below which so many
// lie. What is suggested is that ratio as a budget, rounded up to two digits, as people write objectives.
#ifndef STATS_TARGET_SUGGESTION_H
#define STATS_TARGET_SUGGESTION_H

#include <stddef.h>

#include "stats/event_counts.h"

struct target_suggestion {
    size_t periods;            // with data
    size_t deciding;           // index of the period whose ratio it is
    double error_ratio;        // of that period
    double lower, upper;       // one-sided exact bounds of it, each missed with chance alpha
    double budget, target;     // suggested: share of events that may fail, and per cent; NaN when that is not below 1
    double confidence;         // that the share of all such periods, not only of these, keeps the ratio; with few periods it is low
};

// `share` in (0, 1) of periods to meet it, alpha in (0, 1). Without any error in the deciding period its upper bound is suggested.
// Periods whose counts are invalid or without events are left out; STATS_NODATA when none is left, with all NaN.
enum stats_status target_suggest(const struct event_counts *periods, size_t count, double share, double alpha,
                                 struct target_suggestion *ret);

// A budget rounded up to two digits, a decimal that leaves the same per cent: 0.0013 for 0.001234. NaN for what is not in (0, 1).
double target_round_budget(double budget);

#endif
