// SPDX-License-Identifier: GPL-3.0-or-later
// Positions count from 1, as in the paper.
#include "stats/quantile.h"

#include <math.h>

double quantile_sorted(const double *sorted, size_t count, double share) {
    if (count == 0) return (double)NAN;
    if (count == 1) return sorted[0];
    double n = (double)count;
    double position = 1 + share * (n - 1);
    if (share <= 0 || position < 1) return sorted[0];
    if (share >= 1 || position >= n) return sorted[count - 1];
    double below = floor(position);
    size_t i = (size_t)below;
    double lower = sorted[i - 1], upper = sorted[i];
    double part = position - below, step = upper - lower;
    if (lower == upper) return lower; // two equal infinities too
    return isfinite(step) ? lower + part * step : lower * (1 - part) + upper * part;
}
