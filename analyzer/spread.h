// SPDX-License-Identifier: GPL-3.0-or-later
// How far values stray from their local level, canary against baseline: |ln value - median of the up to 8 neighbours|, compared
// by the placements of each side among the other's, whose sum over a step is an autocorrelated series (Brunner and Munzel 2000).
#ifndef ANALYZER_SPREAD_H
#define ANALYZER_SPREAD_H

#include "base/arena.h"
#include "stats/ar1_mean.h"

struct spread {
    double baseline, canary; // median deviations
    double a12, se, df;      // chance that the canary strays farther; se 0 where the placements never vary
};

// Of the logarithms of the values, in the order of time, at least 2.
struct spread spread_compare(const double *baseline, const double *canary, size_t count, struct ar1_prior prior, struct arena *arena);

#endif
