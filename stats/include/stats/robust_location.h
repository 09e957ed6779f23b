// SPDX-License-Identifier: GPL-3.0-or-later
// The centre of a series that may have outliers and whose neighbours resemble each other: the one-sample Hodges-Lehmann
// estimate, with a standard error from its influence function in Huber's form (Huber 1981; Hampel et al. 1986). With
//   z_t = x_t - estimate,   k = 2.5 * 1.4826 * median |z|,   psi_t = clip(z_t, -k, k) / max(share of |z| <= k, 1/2)
// se, df and rho are those of the mean of psi about 0, see ar1_mean.h. When more than half of the values equal the estimate,
// the median |z| is 0 and k is the largest |z| instead.
// Values stand in the order of time at equal steps; NaN is left out and what follows moves up.
#ifndef STATS_ROBUST_LOCATION_H
#define STATS_ROBUST_LOCATION_H

#include <stddef.h>

#include "stats/ar1_mean.h"
#include "stats/column.h"
#include "stats/status.h"

struct robust_location {
    double estimate;
    double se, df, rho;
};

size_t robust_location_scratch(size_t count);

// O(n log n); no overflow for any finite values. degenerate when all values are equal, so for a single one: se 0, df n - 1,
// rho 0. nodata without values, nonfinite with an infinite one, invalid for a prior out of range.
enum stats_status robust_location_estimate(const double *values, size_t count, struct ar1_prior prior, double *scratch,
                                           struct robust_location *ret);

// The same where `sorted` is the column of the values.
enum stats_status robust_location_sorted(const double *values, size_t count, struct column sorted, struct ar1_prior prior, double *scratch,
                                         struct robust_location *ret);

#endif
