// SPDX-License-Identifier: GPL-3.0-or-later
// Welch's test of two means with unequal variances (Welch 1947):
//   t = (mean x - mean y) / sqrt(var x / n + var y / m), against Student's t with the degrees of freedom of Satterthwaite (1946),
//   df = (var x / n + var y / m)^2 / ((var x / n)^2 / (n - 1) + (var y / m)^2 / (m - 1)).
// Takes any finite doubles: nothing overflows on the way, and denormals keep their digits.
#ifndef STATS_WELCH_H
#define STATS_WELCH_H

#include <stddef.h>

#include "stats/p_values.h"
#include "stats/status.h"

struct welch {
    double t; // > 0 when the mean of x is larger
    double df;
    struct p_values p;
};

// NaN is left out; order does not matter but for last digits. O(n + m).
// nodata: a side has no value. nonfinite: an infinite value. degenerate: a side has a single value, or neither side varies;
// all NaN, but for two different constants t is infinite and the p-values are 0 and 1.
enum stats_status welch(const double *x, size_t x_count, const double *y, size_t y_count, struct welch *ret);

#endif
