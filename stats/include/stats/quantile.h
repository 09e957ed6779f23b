// SPDX-License-Identifier: GPL-3.0-or-later
// Sample quantile by linear interpolation between neighbours, type 7 of Hyndman and Fan (1996), R's default.
#ifndef STATS_QUANTILE_H
#define STATS_QUANTILE_H

#include <stddef.h>

// The values must be sorted. percent is from 0 to 100. NaN when there is no value.
double quantile_sorted(const double *sorted, size_t count, double percent);

#endif
