// SPDX-License-Identifier: GPL-3.0-or-later
// Sorting and ranking in the total order of doubles: -0.0 lies below 0.0, NaN above everything. Ranks are those of the
// pooled sample with ties at their average; for ranking a NaN is tied with +infinity.
#ifndef STATS_RANK_H
#define STATS_RANK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void rank_sort(double *values, size_t count);

// One side, ready to be merged.
struct rank_side {
    const double *values; // ascending in the total order, without NaN; borrowed
    size_t count;
    size_t repeats;   // values equal to the one before
    bool signed_zero; // whether -0.0 is among them
};

// Of sorted values without NaN, as they are.
struct rank_side rank_side_of(const double *sorted, size_t count);

// The sorted values moved down by `shift`, in `room` for `count` doubles, into which the side points. Subtracting a constant
// keeps the order, though rounding can make new ties.
struct rank_side rank_side_shifted(const double *sorted, size_t count, double shift, double *room);

struct rank_sums {
    uint64_t twice_x; // twice the sum of the ranks of x, from 1; exact while the pooled sample has under 2^31 values
    double ties;      // sum of t^3 - t over groups of t tied values
};

// Ranks two sides by merging them: O(n + m), one to three nanoseconds a value.
struct rank_sums rank_merge(struct rank_side x, struct rank_side y);

#endif
