// SPDX-License-Identifier: GPL-3.0-or-later
// Service levels over slices of time, the three budgeting methods of OpenSLO:
//   SLICES_POOLED  good events / events of all slices together (Occurrences)
//   SLICES_GOOD    slices whose ratio reaches the slice target / slices (Timeslices)
//   SLICES_MEAN    mean of the slices' ratios (RatioTimeslices)
#ifndef STATS_TIME_SLICES_H
#define STATS_TIME_SLICES_H

#include <stddef.h>

#include "stats/status.h"

enum slices_method { SLICES_POOLED, SLICES_GOOD, SLICES_MEAN };

enum empty_slice { EMPTY_SLICE_IGNORED, EMPTY_SLICE_GOOD, EMPTY_SLICE_BAD }; // pooled events never count an empty slice

struct slices_rule {
    enum slices_method method;
    enum empty_slice empty; // what a slice without events is
    double budget;          // of the objective, in (0, 1]
    double slice_target;    // 0 to 1, for SLICES_GOOD; a ratio equal to it in decimals reaches it
    double period_slices;   // number of slices of a calendar period, on which the budget is reckoned; NaN: those counted.
                            // Not for pooled events
};

struct time_slices {
    double sli;
    double consumed, remaining; // shares of the budget; 1 - consumed may be negative
    double bad_slices;          // NaN unless slices are good or bad
};

struct slice_counts { // what the sums of a method rest on
    double counted;   // events when pooled, else slices
    double bad;       // of them; of SLICES_MEAN the sum of the bad shares
};

// Puts slices without events beside those that have some, as the rule says; `all` is how many slices there were.
struct slice_counts time_slices_fill(const struct slices_rule *rule, struct slice_counts with_events, double all);

// good[i] of total[i] events in slice i; NaN in either is a slice without events. STATS_INVALID for negative counts, more good
// events than events, or a rule outside its domain; STATS_NODATA when nothing is counted; STATS_NONFINITE for infinite counts.
enum stats_status time_slices_judge(const struct slices_rule *rule, const double *good, const double *total, size_t count,
                                    struct time_slices *ret);

#endif
