// SPDX-License-Identifier: GPL-3.0-or-later
// Sizes of the difference of two samples, without a test.
#ifndef STATS_EFFECT_H
#define STATS_EFFECT_H

#include <stddef.h>

// mean(x) / mean(y); NaN when either mean is 0.
double effect_mean_ratio(const double *x, size_t x_count, const double *y, size_t y_count);

// The common language effect size (McGraw and Wong 1992): the probability that a value of x exceeds one of y, ties half.
// Both columns must be sorted (rank_sort). Scratch holds x_count + y_count values. NaN when a column is empty.
double effect_cles(const double *x, size_t x_count, const double *y, size_t y_count, double *scratch);

#endif
