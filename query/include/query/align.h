// SPDX-License-Identifier: GPL-3.0-or-later
// Raw series of one side on a grid of steps, so that two sides can be compared step by step: values, increases of counters, and
// increases of the buckets of histograms. Pure; results live in the arena.
//
// Sums over series are taken in the order of the array: give them in the order of their labels (series_set_sorted()), so that the same
// data give the same bits. What is missing is NaN and its number of series 0, never a 0 that was measured.
#ifndef QUERY_ALIGN_H
#define QUERY_ALIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "query/grid.h"
#include "query/series.h"

#define ALIGN_MOST_BUCKETS 4096
#define ALIGN_MOST_COUNTS ((size_t)10000000) // buckets times steps

struct align_side {
    const struct series *const *series;
    size_t count;
    struct grid grid;
    // Samples were asked for from here on, at or before the grid's start: the last one before a step is where its first increase starts
    // from. Counters that appear later are new, see counter.h. Five minutes before the start is a good choice.
    int64_t since_ms;
    int64_t interval_ms; // of scrapes, for series with fewer than four samples; 0: the median over the others
};

struct aligned_values {
    double *mean;     // per step, the mean over the series of each one's mean; NaN when no series has a number there
    size_t *series;   // per step, how many series have one: shows when a series joins or leaves
    size_t steps;     // of both
    uint64_t samples; // numbers on the grid
    uint64_t nans;    // NaN samples on the grid, stale markers not among them; they are passed over
};

struct aligned_increases {
    double *increase;  // per step, summed over the series; NaN when no series tells one there
    double *watched_s; // per step, the seconds over which these increases came about, summed over the series: their exposure
    size_t *series;    // per step, how many series tell an increase
    size_t steps;
    uint64_t resets, appeared; // on the grid
    uint64_t passed_over;      // samples on the grid that no counter has: NaN, infinite, negative; stale markers not among them
};

struct aligned_buckets {
    double *upper;     // where the buckets end, rising; common to all sides. The first one holds all that is not above upper[0]
    size_t count;
    double *counts;    // `steps` rows of `count`: increases, not cumulative; NaN when no histogram tells one in the step
    double *watched_s; // per step, as in aligned_increases
    size_t *series;    // per step, how many histograms tell an increase; the series of a classic one count once
    size_t steps;
    uint64_t resets, appeared;
    uint64_t passed_over; // samples on the grid that no histogram has, such as a classic one without the bucket +Inf
    size_t strangers;     // series that are no histogram: neither a readable label `le` nor native histograms
};

// The mean of a series' numbers in a step, then over the series. Infinite ones count as they are.
void align_values(const struct align_side *side, struct arena *arena, struct aligned_values *ret);

// Increases of counters. An increase belongs to the step of its later sample, even when the earlier one lies steps before it.
void align_increases(const struct align_side *side, struct arena *arena, struct aligned_increases *ret);

// Increases of the buckets of counter histograms: classic ones (cumulative counters with the label `le`, read as a number, so "1" is
// "1.0"; one histogram per set of the other labels) and native ones of any schema, exponential or custom. ret holds one element per
// side. The borders kept are those that cut through no bucket of any sample of any side: classic layouts meet in the bounds they have
// in common, native ones in the coarser schema. ERROR_LIMIT when there are more than ALIGN_MOST_BUCKETS,
// or ALIGN_MOST_COUNTS in all.
bool align_buckets(const struct align_side *sides, size_t side_count, struct arena *arena, struct aligned_buckets *ret, struct error *err);

#endif
