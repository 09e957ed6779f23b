// SPDX-License-Identifier: GPL-3.0-or-later
// The mean is kept as a sum of two doubles: its own rounding would be the error of small deviations from a large level.
#include "deviations.h"

#include <math.h>
#include <stdbool.h>

#define LEVEL_EXPONENT 950   // of the largest value: sums and differences stay finite, and small values keep their digits
#define FACTOR_EXPONENT 1000 // the factor itself must be finite

static bool all_equal(const double *values, size_t count) {
    for (size_t i = 1; i < count; i++) {
        if (values[i] != values[0]) return false;
    }
    return true;
}

// A sum with what rounding took from it (Neumaier 1974, in the form of Knuth's two-sum).
struct total {
    double sum, lost;
};

static void total_add(struct total *total, double value) {
    double next = total->sum + value, added = next - total->sum;
    total->lost += (total->sum - (next - added)) + (value - added);
    total->sum = next;
}

static double mean_less(const double *values, size_t count, double centre) {
    struct total total = {0, 0};
    for (size_t i = 0; i < count; i++) total_add(&total, values[i] - centre);
    return (total.sum + total.lost) / (double)count;
}

// Of numbers; an instruction, where fmax may be a call.
static double larger(double a, double b) {
    return a > b ? a : b;
}

// Multiplies by a power of two that brings `largest` to this exponent; lowers *exponent by that power.
static void scale(double *values, size_t count, double largest, int target, int *exponent) {
    int shift = 0;
    frexp(largest, &shift);
    shift = target - shift < FACTOR_EXPONENT ? target - shift : FACTOR_EXPONENT;
    double factor = ldexp(1, shift);
    for (size_t i = 0; i < count; i++) values[i] *= factor;
    *exponent -= shift;
}

// Leaves out NaN. The largest of the sizes, and of *ret_largest.
static enum stats_status gather(const double *values, size_t count, double *room, double *ret_largest, struct deviations *ret) {
    *ret = (struct deviations){.values = room, .mean = (double)NAN};
    double largest = *ret_largest;
    for (size_t i = 0; i < count; i++) {
        if (isnan(values[i])) continue;
        room[ret->count++] = values[i];
        largest = larger(largest, fabs(values[i]));
    }
    *ret_largest = largest;
    if (ret->count == 0) return STATS_NODATA;
    return isinf(largest) ? STATS_NONFINITE : STATS_OK;
}

enum stats_status deviations_scaled(const double *values, size_t count, double reach, double *room, struct deviations *ret) {
    enum stats_status status = gather(values, count, room, &reach, ret);
    if (status == STATS_OK) scale(room, ret->count, reach, LEVEL_EXPONENT, &ret->exponent);
    return status;
}

// Subtracts head + rest, and scales what is left.
static enum stats_status subtract(double *values, double head, double rest, struct deviations *ret) {
    double largest = 0;
    for (size_t i = 0; i < ret->count; i++) {
        values[i] = (values[i] - head) - rest;
        largest = larger(largest, fabs(values[i]));
    }
    if (largest == 0) return STATS_DEGENERATE;
    scale(values, ret->count, largest, 0, &ret->exponent);
    return STATS_OK;
}

enum stats_status deviations_of(const double *values, size_t count, double centre, double *room, struct deviations *ret) {
    enum stats_status status = deviations_scaled(values, count, isnan(centre) ? 0 : fabs(centre), room, ret);
    if (isinf(centre)) return STATS_INVALID;
    if (status != STATS_OK) return status;
    bool constant = all_equal(room, ret->count); // its mean is known without rounding
    double head = constant ? room[0] : mean_less(room, ret->count, 0), rest = constant ? 0 : mean_less(room, ret->count, head);
    ret->mean = ldexp(head + rest, ret->exponent);
    return isnan(centre) ? subtract(room, head, rest, ret) : subtract(room, ldexp(centre, -ret->exponent), 0, ret);
}

enum stats_status deviations_about_0(const double *values, size_t count, double *room, struct deviations *ret) {
    double largest = 0;
    enum stats_status status = gather(values, count, room, &largest, ret);
    if (status != STATS_OK) return status;
    if (largest == 0) return STATS_DEGENERATE;
    scale(room, ret->count, largest, 0, &ret->exponent);
    return STATS_OK;
}

double deviations_product(const struct deviations *deviations, size_t lag) {
    struct total total = {0, 0};
    for (size_t i = lag; i < deviations->count; i++) total_add(&total, deviations->values[i] * deviations->values[i - lag]);
    return total.sum + total.lost;
}

double deviations_products(const struct deviations *deviations, double *ret_neighbours) {
    struct total squares = {0, 0}, neighbours = {0, 0};
    const double *values = deviations->values;
    if (deviations->count > 0) total_add(&squares, values[0] * values[0]);
    for (size_t i = 1; i < deviations->count; i++) {
        total_add(&squares, values[i] * values[i]);
        total_add(&neighbours, values[i] * values[i - 1]);
    }
    *ret_neighbours = neighbours.sum + neighbours.lost;
    return squares.sum + squares.lost;
}
