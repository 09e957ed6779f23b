// SPDX-License-Identifier: GPL-3.0-or-later
// All sums x_i + z_j of two ascending columns, never formed as a whole: rounding keeps their order along rows and columns, so
// the sums up to a limit are those on one side of a staircase, walked down in O(n + m).
#ifndef STATS_PAIR_SUMS_H
#define STATS_PAIR_SUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pair_sums {
    const double *x, *z; // ascending and finite, as are all sums
    size_t x_count, z_count;
    bool half; // z is x, and only pairs i <= j count
};

// The sums above one limit up to another: those of ranks below + 1 to through.
struct pair_bracket {
    double above, upto;
    uint64_t below, through;
};

uint64_t pair_sums_total(const struct pair_sums *sums);
uint64_t pair_sums_up_to(const struct pair_sums *sums, double limit);

// Writes all sums between bracket->above and bracket->upto and fills in the ranks. False when there are more than `most`.
bool pair_sums_collect(const struct pair_sums *sums, struct pair_bracket *bracket, double *room, size_t most);

// Writes at most `most` of the sums in a bracket whose ranks are known, evenly spread over rows and columns; how many.
size_t pair_sums_sample(const struct pair_sums *sums, const struct pair_bracket *bracket, double *room, size_t most);

#endif
