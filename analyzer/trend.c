// SPDX-License-Identifier: GPL-3.0-or-later
#include "trend.h"

#include <math.h>

#include "stats/clip.h"
#include "stats/mean_variance.h"
#include "stats/quantile.h"

#define CLIPPED 0.02
#define RHO_MOST 0.95

static void clip(const double *values, struct column sorted, double *ret) {
    double low = quantile_sorted(sorted.values, sorted.count, CLIPPED), high = quantile_sorted(sorted.values, sorted.count, 1 - CLIPPED);
    for (size_t i = 0; i < sorted.count; i++) ret[i] = clip_to(values[i], low, high);
}

static double residual_rho(const double *residuals, size_t count) {
    double neighbours = 0, squares = 0;
    for (size_t i = 0; i < count; i++) squares += residuals[i] * residuals[i];
    for (size_t i = 1; i < count; i++) neighbours += residuals[i] * residuals[i - 1];
    double r = squares > 0 ? neighbours / squares : 0;
    return fmin(r + (4 + 8 * r) / (double)count, RHO_MOST);
}

struct trend trend_fit(const double *values, struct column sorted, const double *times, struct ar1_prior prior, struct arena *arena) {
    size_t count = sorted.count;
    double *room = arena_array(arena, 3 * count, sizeof *room), *clipped = room, *when = room + count;
    double middle = mean_of(times, count), length = fmax(times[count - 1] - times[0], 1), products = 0, squares = 0;
    clip(values, sorted, clipped);
    double mean = mean_of(clipped, count);
    for (size_t i = 0; i < count; i++) {
        when[i] = (times[i] - middle) / length;
        products += when[i] * (clipped[i] - mean);
        squares += when[i] * when[i];
    }
    double slope = products / squares;
    for (size_t i = 0; i < count; i++) clipped[i] = clipped[i] - mean - slope * when[i];
    struct ar1_mean error;
    prior.least = fmax(prior.least, residual_rho(clipped, count));
    ar1_mean_about_0(clipped, count, prior, room + 2 * count, &error);
    double se = error.se > 0 ? sqrt(error.se * error.se * (double)count / squares) : 0;
    return (struct trend){slope, se, fmax(error.df - 1, 2), mean + slope / 2};
}
