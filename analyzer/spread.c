// SPDX-License-Identifier: GPL-3.0-or-later
#include "spread.h"

#include <math.h>

#include "sorted_window.h"
#include "stats/column.h"
#include "stats/quantile.h"

#define REACH ((size_t)4) // neighbours on each side

static void deviations(const double *values, size_t count, double *logs, double *ret) {
    double room[2 * REACH + 1];
    struct sorted_window near = {room, 0};
    for (size_t i = 0; i < count; i++) logs[i] = log(values[i]);
    for (size_t i = 0; i < REACH && i < count; i++) sorted_window_add(&near, logs[i]);
    for (size_t i = 0; i < count; i++) {
        if (i > REACH) sorted_window_remove(&near, logs[i - REACH - 1]);
        if (i + REACH < count) sorted_window_add(&near, logs[i + REACH]);
        ret[i] = fabs(logs[i] - sorted_window_median_without(&near, logs[i]));
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
    struct spread spread;
    struct ar1_mean error;
    deviations(baseline, count, sums, b);
    deviations(canary, count, sums, c);
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
