// SPDX-License-Identifier: GPL-3.0-or-later
#include "spread.h"

#include <math.h>
#include <stddef.h>

#include "sorted_window.h"
#include "stats/clip.h"
#include "stats/median.h"

#define CLIP (2.5 * 1.4826) // times the median size: 2.5 standard deviations of a normal distribution
#define R_MOST 0.999
#define REACH ((size_t)4) // neighbours on each side, and as many are sorted by sort_runs()

// Each by a comparison of its own, as compilers make a branch of two that share one.
static inline void order(double *a, double *b) {
    double low = *a < *b ? *a : *b, high = *a > *b ? *a : *b;
    *a = low;
    *b = high;
}

// Values next to each other, in ascending order, for each place one may begin at.
struct run {
    double values[REACH];
};

static void sort_runs(const double *values, size_t count, struct run *ret) {
    for (size_t i = 0; i + REACH <= count; i++) {
        double a = values[i], b = values[i + 1], c = values[i + 2], d = values[i + 3];
        order(&a, &b), order(&c, &d), order(&a, &c), order(&b, &d), order(&b, &c);
        ret[i] = (struct run){{a, b, c, d}};
    }
}

// Of two runs together: the largest of the lower half and the smallest of the upper half, and what lies midway.
static double median_of_runs(const struct run *x, const struct run *y) {
    double below = -(double)INFINITY, above = (double)INFINITY;
    for (size_t k = 0; k < REACH; k++) {
        double a = x->values[k], b = y->values[REACH - 1 - k], low = a < b ? a : b, high = a > b ? a : b;
        below = low > below ? low : below;
        above = high < above ? high : above;
    }
    return below + (above - below) / 2;
}

// For the places within reach of an end, from `first` inwards: each has one neighbour more than the one before.
static void deviations_at_end(const double *first, size_t count, ptrdiff_t step, double *ret_first) {
    double room[2 * REACH + 1];
    struct sorted_window near = {room, 0};
    ptrdiff_t all = (ptrdiff_t)count, reach = (ptrdiff_t)REACH;
    for (ptrdiff_t at = 0, next = 0; at < all && at < reach; at++) {
        for (; next < all && next <= at + reach; next++) sorted_window_add(&near, first[next * step]);
        ret_first[at * step] = first[at * step] - sorted_window_median_without(&near, first[at * step]);
    }
}

static void deviations(const double *logs, size_t count, struct run *runs, double *ret) {
    sort_runs(logs, count, runs);
    deviations_at_end(logs, count, 1, ret);
    deviations_at_end(logs + count - 1, count, -1, ret + count - 1);
    for (size_t i = REACH; i + REACH < count; i++) ret[i] = logs[i] - median_of_runs(&runs[i - REACH], &runs[i + 1]);
}

static double median_size(const double *values, size_t count, double *room) {
    for (size_t i = 0; i < count; i++) room[i] = fabs(values[i]);
    return median_of(room, count, room + count);
}

// So that no single step decides, and to a mean square of 1. Where more than half of the values are 0 nothing says what is far out.
static void normalise(double *values, size_t count, double median) {
    double k = median > 0 ? CLIP * median : (double)INFINITY, squares = 0;
    for (size_t i = 0; i < count; i++) {
        values[i] = clip_to(values[i], -k, k);
        squares += values[i] * values[i];
    }
    double factor = squares > 0 ? sqrt((double)count / squares) : 0;
    for (size_t i = 0; i < count; i++) values[i] *= factor;
}

// Fisher's z of the correlation, about 0, of two series of mean square 1, with an error from what each step adds to it. Uses `x` up.
static void correlate(double *x, const double *y, size_t count, struct ar1_prior prior, double *room, struct spread *ret) {
    struct ar1_mean error;
    double r = 0;
    for (size_t i = 0; i < count; i++) r += x[i] * y[i] / (double)count;
    for (size_t i = 0; i < count; i++) x[i] = x[i] * y[i] - r / 2 * (x[i] * x[i] + y[i] * y[i]);
    r = clip_to(r, -R_MOST, R_MOST);
    ar1_mean_about_0(x, count, prior, room, &error);
    ret->z = atanh(r);
    ret->se = error.se / (1 - r * r);
    ret->df = error.df;
}

// What is left of a deviation without what both sides share; never less than half of it, as that is known badly.
static double own(double deviation, double shared_square) {
    double square = deviation * deviation;
    return sqrt(fmax(square - shared_square, square / 4));
}

struct spread spread_compare(const double *baseline, const double *canary, size_t count, struct ar1_prior prior, struct arena *arena) {
    double *room = arena_array(arena, 6 * count, sizeof *room);
    double *b = room, *c = room + count, *apart = room + 2 * count, *together = room + 3 * count, *rest = room + 4 * count;
    struct run *runs = arena_array(arena, count, sizeof *runs);
    struct spread spread;
    deviations(baseline, count, runs, b);
    deviations(canary, count, runs, c);
    for (size_t i = 0; i < count; i++) {
        apart[i] = c[i] - b[i];
        together[i] = c[i] + b[i];
    }
    double difference = median_size(apart, count, rest), sum = median_size(together, count, rest);
    double shared = fmax((sum * sum - difference * difference) / 4, 0);
    spread.whole = median_size(c, count, rest);
    spread.baseline = own(median_size(b, count, rest), shared);
    spread.canary = own(spread.whole, shared);
    normalise(apart, count, difference);
    normalise(together, count, sum);
    correlate(apart, together, count, prior, rest, &spread);
    return spread;
}
