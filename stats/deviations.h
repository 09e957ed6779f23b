// SPDX-License-Identifier: GPL-3.0-or-later
// A series as deviations from its centre, in the order of time, scaled so that products neither overflow nor vanish.
#ifndef STATS_DEVIATIONS_H
#define STATS_DEVIATIONS_H

#include <stddef.h>

#include "stats/status.h"

struct deviations {
    const double *values; // times 2^-exponent, in the room given
    size_t count;
    int exponent;
    double mean; // of the series itself, unscaled; NaN when it was not asked for
};

// Leaves out NaN and keeps the order. Room holds `count` doubles and may be `values` itself. The values as they are, scaled so
// that differences and sums of theirs, and of `reach`, stay finite. ok, nodata or nonfinite.
enum stats_status deviations_scaled(const double *values, size_t count, double reach, double *room, struct deviations *ret);

// The deviations from the centre, or from the mean when it is NaN, the largest about 1 in size. degenerate when no value
// deviates, then all deviations are exactly 0; invalid when the centre is infinite.
enum stats_status deviations_of(const double *values, size_t count, double centre, double *room, struct deviations *ret);

// The same about 0, in less time; the mean is left NaN.
enum stats_status deviations_about_0(const double *values, size_t count, double *room, struct deviations *ret);

// The sum of products of deviations `lag` apart, with compensated addition; 0 when there are no such pairs.
double deviations_product(const struct deviations *deviations, size_t lag);

// deviations_product() of lag 0, and of lag 1 in *ret_neighbours, in the time of one.
double deviations_products(const struct deviations *deviations, double *ret_neighbours);

#endif
