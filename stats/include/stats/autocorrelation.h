// SPDX-License-Identifier: GPL-3.0-or-later
// Sample autocorrelation of a series with one mean and one divisor for all lags (Box and Jenkins 1970):
//   r_k = sum_{t > k} (x_t - mean)(x_{t-k} - mean) / sum_t (x_t - mean)^2.
// Values stand in the order of time at equal steps. NaN is left out and what follows moves up: few gaps do little harm, where
// half the values are missing the lags no longer mean steps.
#ifndef STATS_AUTOCORRELATION_H
#define STATS_AUTOCORRELATION_H

#include <stddef.h>

#include "stats/status.h"

size_t autocorrelation_scratch(size_t count);

// ret[k - 1] = r_k for k = 1 .. lags; NaN from as many lags on as there are values. Absolute error below 1e-14; no overflow
// for any finite values. O(n lags). nodata without values, nonfinite with an infinite one, degenerate (all NaN) when all
// are equal.
enum stats_status autocorrelation_lags(const double *values, size_t count, size_t lags, double *scratch, double *ret);

#endif
