// SPDX-License-Identifier: GPL-3.0-or-later
// How far values stray from their local level, canary against baseline: by ln value - median of the up to 8 neighbours. Both sides
// see the same load, so what they share must cancel: where they stray equally far the sum of the two deviations of a step tells
// nothing of their difference, and where the canary strays farther it goes with it (Pitman 1939, Morgan 1939).
#ifndef ANALYZER_SPREAD_H
#define ANALYZER_SPREAD_H

#include "base/arena.h"
#include "stats/ar1_mean.h"

struct spread {
    double baseline, canary; // median deviations without what both sides share, as far as that is known
    double whole;            // the canary's with it
    double z, se, df;        // Fisher's z of that correlation, positive where the canary strays farther; se 0 where nothing varies
};

// Of the logarithms of the values, in the order of time, at least 2.
struct spread spread_compare(const double *baseline, const double *canary, size_t count, struct ar1_prior prior, struct arena *arena);

#endif
