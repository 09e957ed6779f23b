// SPDX-License-Identifier: GPL-3.0-or-later
// The median of values in any order, without sorting them.
#ifndef STATS_MEDIAN_H
#define STATS_MEDIAN_H

#include <stddef.h>

// The mean of the two middle values, or the middle one. No value may be NaN; NaN when there is none. `room` holds `count` doubles
// and may be `values` itself, which are then reordered. Expected O(n).
double median_of(const double *values, size_t count, double *room);

#endif
