// SPDX-License-Identifier: GPL-3.0-or-later
// Ratio of means and common language effect size.
#include "stats/effect.h"

#include <math.h>

#include "stats/rank.h"
#include "stats/summary.h"

double effect_mean_ratio(const double *x, size_t x_count, const double *y, size_t y_count) {
    double mean_x = summary_mean(x, x_count), mean_y = summary_mean(y, y_count);
    if (mean_x == 0 || mean_y == 0) return (double)NAN;
    return mean_x / mean_y;
}

double effect_cles(const double *x, size_t x_count, const double *y, size_t y_count, int64_t *scratch) {
    if (x_count == 0 || y_count == 0) return (double)NAN;
    rank_keys(x, x_count, 0, scratch);
    rank_keys(y, y_count, 0, scratch + x_count);
    double sum = rank_merge(scratch, x_count, scratch + x_count, y_count).sum_x;
    double m = (double)x_count, n = (double)y_count;
    return (2 * sum - m * (m + 1)) / (2 * n * m);
}
