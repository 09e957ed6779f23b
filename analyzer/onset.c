// SPDX-License-Identifier: GPL-3.0-or-later
#include "onset.h"

#include "stats/mean_variance.h"

#define LIMIT 1.358 // upper 5 % of the largest value of a Brownian bridge, two-sided (Kolmogorov)

size_t onset_find(const double *values, size_t count, struct ar1_prior prior, double *room) {
    double sum = 0, sum_before = 0, before = 0, deepest = 0, left = 0;
    size_t onset = 0;
    struct mean_variance all;
    mean_variance(values, count, &all); // exact where all values are the same
    for (size_t i = 0; i < count; i++) sum += values[i];
    for (size_t i = 0; i + 1 < count; i++) {
        before += values[i] - all.mean;
        sum_before += values[i];
        if (!(before < deepest)) continue;
        deepest = before;
        onset = i + 1;
        left = sum_before;
    }
    if (onset == 0) return 0;
    double low = left / (double)onset, high = (sum - left) / (double)(count - onset);
    for (size_t i = 0; i < count; i++) room[i] = values[i] - (i < onset ? low : high);
    struct ar1_mean within;
    enum stats_status status = ar1_mean_about_0(room, count, prior, room + count, &within);
    if (status == STATS_DEGENERATE) return onset; // two levels and nothing else
    if (status != STATS_OK) return 0;
    return -deepest / (within.se * (double)count) > LIMIT ? onset : 0;
}
