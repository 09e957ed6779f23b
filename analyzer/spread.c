// SPDX-License-Identifier: GPL-3.0-or-later
#include "spread.h"

#include <math.h>

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

// For a place near an end.
static double median_of_neighbours(const double *values, size_t count, size_t at) {
    double room[2 * REACH + 1];
    struct sorted_window near = {room, 0};
    for (size_t i = at > REACH ? at - REACH : 0; i < count && i <= at + REACH; i++) sorted_window_add(&near, values[i]);
    return sorted_window_median_without(&near, values[at]);
}

static void deviations(const double *logs, size_t count, struct run *runs, double *ret) {
    sort_runs(logs, count, runs);
    for (size_t i = 0; i < count; i++) {
        bool inside = i >= REACH && i + REACH < count;
        ret[i] = fabs(logs[i] - (inside ? median_of_runs(&runs[i - REACH], &runs[i + 1]) : median_of_neighbours(logs, count, i)));
    }
}

// How many of the sorted values are below, equal ones counted half, as a share. The search takes no branch that depends on the
// values: they are random, and a misprediction costs more than a step.
static double placement(double value, const double *sorted, size_t count) {
    size_t low = 0;
    for (size_t left = count; left > 1; left -= left / 2) low += (left / 2) * (size_t)(sorted[low + left / 2 - 1] < value);
    low += sorted[low] < value;
    size_t end = low;
    while (end < count && sorted[end] == value) end++;
    return (double)(low + end) / (2 * (double)count);
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
        double place = placement(c[i], sorted_b, count);
        sum += place;
        sums[i] = place + 1 - placement(b[i], sorted_c, count);
    }
    ar1_mean_estimate(sums, count, (double)NAN, prior, room + 5 * count, &error);
    spread.a12 = sum / (double)count;
    spread.se = error.se;
    spread.df = error.df;
    return spread;
}
