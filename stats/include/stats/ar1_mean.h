// SPDX-License-Identifier: GPL-3.0-or-later
// The mean of an autocorrelated series with a standard error that knows of it: the series is taken as autoregressive of
// order one. With r the lag-1 autocorrelation of n values and SS their sum of squares about the centre,
//   rho = r + (1 + 3r)/n                                    first-order bias (Kendall 1954; Marriott and Pope 1954),
//   rho = (n rho + weight prior) / (n + weight)             shrunk, only upwards if asked; then clipped to [least, 0.95],
//   vf  = (1 + rho)/(1 - rho) - 2 rho (1 - rho^n) / (n (1 - rho)^2)   variance of the mean over that of independent values,
//   s^2 = SS/(n - 1) / max(1 - (vf - 1)/(n - 1), 0.1)       SS is too small where neighbours resemble each other,
//   se  = sqrt(s^2 vf / n),
//   df  = max(n (1 - rho^2)/(1 + rho^2) - 1, 3)             for Student limits (Bayley and Hammersley 1946),
//   ess = n (1 - rho)/(1 + rho)                             as many independent values would say as much.
// Values stand in the order of time at equal steps; NaN is left out and what follows moves up.
#ifndef STATS_AR1_MEAN_H
#define STATS_AR1_MEAN_H

#include <stdbool.h>
#include <stddef.h>

#include "stats/status.h"

struct ar1_prior {
    double rho;       // what is believed without data, 0 to 0.95
    double weight;    // as many values as that belief is worth, from 0
    double least;     // rho is never below it, -0.95 to 0.95
    bool only_raises; // the belief never makes rho smaller than the data do
};

#define AR1_PRIOR_DEFAULT ((struct ar1_prior){.rho = 0.4, .weight = 6, .least = 0})

bool ar1_prior_valid(struct ar1_prior prior);

struct ar1_mean {
    double mean;
    double rho_raw, rho; // as observed about the centre; as used
    double se, df, ess;
};

size_t ar1_mean_scratch(size_t count);

// The centre that deviations are taken from is the mean when it is NaN. O(n); relative error of mean, rho_raw and se below
// 1e-13 where the mean is not near 0 by cancellation; no overflow for any finite values.
// degenerate when nothing deviates from the centre, so for a single value: mean given, rho 0, se 0, df n - 1, ess n.
// nodata without values, nonfinite with an infinite one, invalid for a prior or a centre out of range.
enum stats_status ar1_mean_estimate(const double *values, size_t count, double centre, struct ar1_prior prior, double *scratch,
                                    struct ar1_mean *ret);

// As ar1_mean_estimate() about 0, in less time: the mean itself is left NaN.
enum stats_status ar1_mean_about_0(const double *values, size_t count, struct ar1_prior prior, double *scratch, struct ar1_mean *ret);

#endif
