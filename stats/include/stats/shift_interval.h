// SPDX-License-Identifier: GPL-3.0-or-later
// Confidence interval and estimate of the shift x - y by inverting the rank-sum test with normal approximation
// (Hollander and Wolfe; as R's wilcox.test does it for large samples).
// The statistic is a step function of the shift, so the result depends on the path of the root search (Brent 1973, in the
// form of zeroin) and on its absolute tolerance of 1e-4: this is the number other programs report, not the exact one.
#ifndef STATS_SHIFT_INTERVAL_H
#define STATS_SHIFT_INTERVAL_H

#include <stddef.h>

#include "stats/rank.h"

enum shift_status {
    SHIFT_OK,
    SHIFT_EMPTY,       // a column has no value
    SHIFT_NO_VARIANCE, // at some shift on the way all values are tied
};

// Both columns sorted by rank_sort(). Scratch for x_count + y_count values, the last y_count of which stay in use.
struct shift_samples {
    const double *x, *y;
    size_t x_count, y_count;
    double *scratch;
    struct rank_side ranked_y; // filled in by shift_samples_prepare()
};

struct shift_interval {
    double lower, upper, estimate;
};

// Must be called once before the functions below.
void shift_samples_prepare(struct shift_samples *samples);

double shift_lowest(const struct shift_samples *samples);  // min(x) - max(y), where searches begin
double shift_highest(const struct shift_samples *samples); // max(x) - min(y)

// The standardised rank sum of x - shift against y, with continuity correction, less `quantile`.
enum shift_status shift_statistic(const struct shift_samples *samples, double shift, double quantile, double *ret_value);

// The shift at which the statistic meets `quantile`, searched over the whole range.
enum shift_status shift_root(const struct shift_samples *samples, double quantile, double *ret_root);

enum shift_status shift_interval(const struct shift_samples *samples, double confidence, struct shift_interval *ret);

#endif
