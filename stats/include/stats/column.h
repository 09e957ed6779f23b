// SPDX-License-Identifier: GPL-3.0-or-later
// A column: the numbers of one side in ascending order. Sort each side once; every rank method then only merges.
// Missing values (NaN) are left out, infinities stay at the ends, and both zeros are the same number.
#ifndef STATS_COLUMN_H
#define STATS_COLUMN_H

#include <stdbool.h>
#include <stddef.h>

struct column {
    const double *values; // borrowed
    size_t count;
};

// Sorts the numbers among `values` into `room`, which holds `count` doubles and may be `values` itself. The column points
// into `room`. O(n log n), no other memory.
struct column column_sort(const double *values, size_t count, double *room);

// The numbers of both columns as one, in `room` for all of them, which neither points into. O(n + m).
struct column column_merge(struct column x, struct column y, double *room);

// Whether the ends, and so all values, are finite. True when empty.
bool column_is_finite(struct column column);

#endif
