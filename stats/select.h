// SPDX-License-Identifier: GPL-3.0-or-later
// The k-th smallest of values in any order: quickselect (Hoare 1961, "Find"), which falls back to sorting when pivots are poor.
#ifndef STATS_SELECT_H
#define STATS_SELECT_H

#include <stddef.h>

// Rank from 0 to count - 1; no value may be NaN. Reorders the values so that the one of this rank stands in its place, none
// greater before it and none smaller behind it. Expected O(n), at most O(n log n).
double select_smallest(double *values, size_t count, size_t rank);

// Half the way between two finite values, without overflow.
double select_middle(double a, double b);

// The mean of the two middle values, or the middle one; reorders the values. NaN when there is none.
double select_median(double *values, size_t count);

#endif
