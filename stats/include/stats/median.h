// SPDX-License-Identifier: GPL-3.0-or-later
// Medians: the mean of the two middle values, or the middle one; NaN when there is no value.
#ifndef STATS_MEDIAN_H
#define STATS_MEDIAN_H

#include <stddef.h>

#include "stats/column.h"

// Of values in any order, none of them NaN, without sorting them. `room` holds `count` doubles and may be `values` itself, which
// are then reordered. Expected O(n).
double median_of(const double *values, size_t count, double *room);

double median_sorted(struct column column);

// Of the distances of all values from a finite centre. O(log n), as those below the centre stand in order, and those above.
double median_distance(struct column column, double centre);

#endif
