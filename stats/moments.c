// SPDX-License-Identifier: GPL-3.0-or-later
// Factors are powers of two, so wherever nothing would have overflown the digits are those of the plain sums.
#include "moments.h"

#include <math.h>

struct moments_range moments_range(const double *values, size_t count) {
    struct moments_range range = {(double)INFINITY, -(double)INFINITY, 0};
    for (size_t i = 0; i < count; i++) {
        if (isnan(values[i])) continue;
        range.low = range.low < values[i] ? range.low : values[i]; // an instruction, where fmin may be a call
        range.high = range.high > values[i] ? range.high : values[i];
        range.count++;
    }
    return range;
}

int moments_shift(double low, double high) {
    double largest = fmax(fabs(low), fabs(high));
    if (largest > 0x1p900) return -124; // leaves room for the sum of 2^64 values
    return largest < 0x1p-900 ? 124 : 0;
}

// Sum of the distances from `center`, each times `factor` and then again `shrink`; of their squares too.
static double add_distances(const double *values, size_t count, double factor, double center, double shrink, double *ret_squares) {
    double sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(values[i])) continue;
        double distance = (values[i] * factor - center) * shrink;
        sum += distance;
        squares += distance * distance;
    }
    *ret_squares = squares;
    return sum;
}

double moments_mean(const double *values, size_t count, struct moments_range range, int shift) {
    double factor = ldexp(1, shift), n = (double)range.count, squares;
    if (range.low == range.high) return range.low * factor;
    double mean = add_distances(values, count, factor, 0, 1, &squares) / n;
    return mean + add_distances(values, count, factor, mean, 1, &squares) / n;
}

struct moments moments_of(const double *values, size_t count, struct moments_range range, int shift) {
    double factor = ldexp(1, shift), n = (double)range.count, squares;
    if (range.low == range.high) return (struct moments){range.low * factor, 0, 0, 0};
    double mean = moments_mean(values, count, range, shift);
    int exponent;
    frexp(fmax(range.high * factor - mean, mean - range.low * factor), &exponent);
    if (exponent < -1000) exponent = -1000;
    double rest = add_distances(values, count, factor, mean, ldexp(1, -exponent), &squares);
    return (struct moments){mean, ldexp(rest / n, exponent), (squares - rest * rest / n) / (n - 1), exponent};
}
