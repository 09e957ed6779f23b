// SPDX-License-Identifier: GPL-3.0-or-later
// Two passes for the mean (sum, then the mean of what is left), two for the variance.
#include "stats/summary.h"

#include <math.h>

double summary_mean(const double *values, size_t count) {
    if (count == 0) return (double)NAN;
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += values[i];
    double mean = sum / (double)count;
    double rest = 0;
    for (size_t i = 0; i < count; i++) rest += values[i] - mean;
    return mean + rest / (double)count;
}

static double variance(const double *values, size_t count, double mean) {
    if (count == 1) return 0;
    double squares = 0, rest = 0;
    for (size_t i = 0; i < count; i++) {
        double d = values[i] - mean;
        squares += d * d;
        rest += d;
    }
    double n = (double)count;
    return (squares - rest * rest / n) / (n - 1);
}

void summary_of(const double *values, size_t count, struct summary *ret) {
    *ret = (struct summary){0};
    if (count == 0) return;
    ret->min = ret->max = values[0];
    for (size_t i = 1; i < count; i++) {
        ret->min = fmin(ret->min, values[i]);
        ret->max = fmax(ret->max, values[i]);
    }
    ret->mean = summary_mean(values, count);
    ret->std = sqrt(variance(values, count, ret->mean));
    ret->count = count;
}
