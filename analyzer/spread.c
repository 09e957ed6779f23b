// SPDX-License-Identifier: GPL-3.0-or-later
#include "spread.h"

#include <math.h>
#include <stddef.h>

#include "sorted_window.h"
#include "stats/column.h"
#include "stats/quantile.h"

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
        ret_first[at * step] = fabs(first[at * step] - sorted_window_median_without(&near, first[at * step]));
    }
}

static void deviations(const double *logs, size_t count, struct run *runs, double *ret) {
    sort_runs(logs, count, runs);
    deviations_at_end(logs, count, 1, ret);
    deviations_at_end(logs + count - 1, count, -1, ret + count - 1);
    for (size_t i = REACH; i + REACH < count; i++) ret[i] = fabs(logs[i] - median_of_runs(&runs[i - REACH], &runs[i + 1]));
}

// Twice how many of the sorted values are below, equal ones counted half, from where the search has come to.
static inline double twice_below(double value, const double *sorted, size_t count, size_t low) {
    low += sorted[low] < value;
    size_t end = low;
    while (end < count && sorted[end] == value) end++;
    return (double)(ptrdiff_t)(low + end);
}

struct places { // the shares of the other side's values that lie below
    double baseline, canary;
};

// Two searches at once, which take no branch that depends on the values: they are random, and a misprediction costs more than a
// step.
static struct places place(double baseline, double canary, const double *sorted_b, const double *sorted_c, size_t count) {
    size_t in_b = 0, in_c = 0;
    for (size_t left = count; left > 1;) {
        size_t half = left / 2;
        in_b += half & -(size_t)(sorted_b[in_b + half - 1] < canary);
        in_c += half & -(size_t)(sorted_c[in_c + half - 1] < baseline);
        left -= half;
    }
    double all = 2 * (double)count;
    return (struct places){twice_below(baseline, sorted_c, count, in_c) / all, twice_below(canary, sorted_b, count, in_b) / all};
}

struct spread spread_compare(const double *baseline, const double *canary, size_t count, struct ar1_prior prior, struct arena *arena) {
    double *room = arena_array(arena, 6 * count, sizeof *room);
    double *b = room, *c = room + count, *sorted_b = room + 2 * count, *sorted_c = room + 3 * count, *sums = room + 4 * count;
    struct run *runs = arena_array(arena, count, sizeof *runs);
    struct spread spread;
    struct ar1_mean error;
    deviations(baseline, count, runs, b);
    deviations(canary, count, runs, c);
    column_sort(b, count, sorted_b);
    column_sort(c, count, sorted_c);
    spread.baseline = quantile_sorted(sorted_b, count, 0.5);
    spread.canary = quantile_sorted(sorted_c, count, 0.5);
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        struct places places = place(b[i], c[i], sorted_b, sorted_c, count);
        sum += places.canary;
        sums[i] = places.canary + 1 - places.baseline;
    }
    ar1_mean_estimate(sums, count, (double)NAN, prior, room + 5 * count, &error);
    spread.a12 = sum / (double)count;
    spread.se = error.se;
    spread.df = error.df;
    return spread;
}
