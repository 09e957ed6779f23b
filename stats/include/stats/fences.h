// SPDX-License-Identifier: GPL-3.0-or-later
// Outlier fences from quartiles (Tukey 1977): values strictly outside are outliers.
#ifndef STATS_FENCES_H
#define STATS_FENCES_H

#include <stdbool.h>
#include <stddef.h>

struct fences {
    double low, high;
};

// Q1 - factor * IQR and Q3 + factor * IQR of sorted values. When guarded, the fences are never inside the 1st and the
// 99th percentile. Both are NaN, so that nothing lies outside, when there is no value.
struct fences fences_quartile(const double *sorted, size_t count, double factor, bool guarded);

static inline bool fences_outside(struct fences fences, double value) {
    return value < fences.low || value > fences.high;
}

#endif
