// SPDX-License-Identifier: GPL-3.0-or-later
// A NaN fence (quartiles that are infinite) stays NaN under the guard too: then nothing is outside on that side.
#include "stats/fences.h"

#include <math.h>

#include "stats/quantile.h"

struct fences fences_quartile(const double *sorted, size_t count, double factor, bool guarded) {
    double q1 = quantile_sorted(sorted, count, 0.25), q3 = quantile_sorted(sorted, count, 0.75);
    double reach = factor * (q3 - q1);
    struct fences fences = {q1 - reach, q3 + reach};
    if (!guarded) return fences;
    double p1 = quantile_sorted(sorted, count, 0.01), p99 = quantile_sorted(sorted, count, 0.99);
    if (p1 < fences.low || isnan(p1)) fences.low = p1;
    if (p99 > fences.high || isnan(p99)) fences.high = p99;
    return fences;
}
