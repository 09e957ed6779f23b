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

double effect_cles(const double *x, size_t x_count, const double *y, size_t y_count, double *scratch) {
    if (x_count == 0 || y_count == 0) return (double)NAN;
    struct rank_side side_x = rank_side_shifted(x, x_count, 0, scratch), side_y = rank_side_shifted(y, y_count, 0, scratch + x_count);
    double sum = (double)rank_merge(side_x, side_y).twice_x / 2;
    double m = (double)x_count, n = (double)y_count;
    return (2 * sum - m * (m + 1)) / (2 * n * m);
}
