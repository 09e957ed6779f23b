// SPDX-License-Identifier: GPL-3.0-or-later
// Asymptotic confidence sequence of a mean by the normal mixture (Robbins 1970; Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas
// 2024): intervals mean +- radius that hold at all looks at once with confidence 1 - alpha. With r = rho2,
//   two-sided  sigma sqrt(2 (n r + 1) / (n^2 r) ln(sqrt(n r + 1) / alpha))
//   one-sided  sigma sqrt(2 (n r + 1) / (n^2 r) ln(1 + sqrt(n r + 1) / (2 alpha)))
// The width is least near the n for which n r is about -2 ln(alpha) + ln(1 - 2 ln(alpha)): choose r for the look that matters
// most, before looking.
#ifndef STATS_CONFIDENCE_SEQUENCE_H
#define STATS_CONFIDENCE_SEQUENCE_H

#include "stats/status.h"

struct confidence_sequence {
    double radius_two_sided;
    double radius_one_sided; // of the bound on one side only
};

// n may be fractional (the effective number of autocorrelated values). sigma >= 0 is the standard deviation of one value,
// rho2 > 0 and alpha in (0, 1). Relative error below 1e-14. STATS_NODATA for n == 0, with infinite radii; STATS_NONFINITE for
// an infinite sigma or n; STATS_DEGENERATE for sigma == 0, with radii 0.
enum stats_status confidence_sequence_radius(double n, double sigma, double rho2, double alpha, struct confidence_sequence *ret);

#endif
