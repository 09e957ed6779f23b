// SPDX-License-Identifier: GPL-3.0-or-later
// Mean and spread of values times a power of two that keeps sums and differences of several samples within the doubles.
#ifndef STATS_MOMENTS_H
#define STATS_MOMENTS_H

#include <stddef.h>

struct moments_range {
    double low, high; // +infinity, -infinity while there is no value
    size_t count;     // values that are not NaN
};

struct moments {
    double mean;  // times 2^shift
    double rest;  // what rounding took from the mean
    double part;  // the variance is part * 4^(exponent - shift), part itself neither large nor small
    int exponent;
};

struct moments_range moments_range(const double *values, size_t count);

// The shift for values from `low` to `high`.
int moments_shift(double low, double high);

// The mean times 2^shift, with what rounding took from a first one put back. At least one finite value within the range.
double moments_mean(const double *values, size_t count, struct moments_range range, int shift);

// At least two finite values within the range.
struct moments moments_of(const double *values, size_t count, struct moments_range range, int shift);

#endif
