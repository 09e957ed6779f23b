// SPDX-License-Identifier: GPL-3.0-or-later
// Mean and sample variance in two passes with a correction term each (Chan, Golub and LeVeque 1983), for any finite doubles:
// the mean never overflows, and the standard deviation is right even where the variance is beyond the doubles.
#ifndef STATS_MEAN_VARIANCE_H
#define STATS_MEAN_VARIANCE_H

#include <stddef.h>

#include "stats/status.h"

struct mean_variance {
    double mean;
    double variance; // with count - 1; infinite when above the largest double
    double sd;       // its root
    size_t count;    // values that are not NaN
};

// NaN is left out; the values are added in the order given. All values equal: exactly that mean and variance 0.
// nodata: no value. nonfinite: an infinite value; all NaN but count. degenerate: a single value, which has no variance.
enum stats_status mean_variance(const double *values, size_t count, struct mean_variance *ret);

// The same mean alone, in less time; NaN for no value, and with an infinite one.
double mean_of(const double *values, size_t count);

#endif
