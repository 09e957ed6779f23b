// SPDX-License-Identifier: GPL-3.0-or-later
// Sorting and ranking in the total order of doubles: -0.0 lies below 0.0, NaN above everything. Ranks are those of the
// pooled sample with ties at their average; for ranking a NaN is tied with +infinity.
#ifndef STATS_RANK_H
#define STATS_RANK_H

#include <stddef.h>
#include <stdint.h>

void rank_sort(double *values, size_t count);

// Integer keys in the order of the values shifted down by `shift`; equal keys are ties. The values must be sorted, then
// the keys are too: subtracting a constant keeps the order, though rounding can make new ties.
void rank_keys(const double *sorted, size_t count, double shift, int64_t *ret_keys);

struct rank_sums {
    double sum_x; // of the ranks of x, from 1
    double ties;  // sum of t^3 - t over groups of t tied values
};

// Ranks two columns of sorted keys by merging them.
struct rank_sums rank_merge(const int64_t *x, size_t x_count, const int64_t *y, size_t y_count);

#endif
