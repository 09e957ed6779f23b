// SPDX-License-Identifier: GPL-3.0-or-later
// Sample quantile by linear interpolation between neighbours, type 7 of Hyndman and Fan (1996), R's default: at position
// (n - 1) share of the sorted values, counted from 0. Does not overflow where the values themselves do not.
#ifndef STATS_QUANTILE_H
#define STATS_QUANTILE_H

#include <stddef.h>

// The values must be sorted. share is from 0 to 1. NaN when there is no value.
double quantile_sorted(const double *sorted, size_t count, double share);

#endif
