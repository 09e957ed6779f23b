// SPDX-License-Identifier: GPL-3.0-or-later
#include "spread.h"

#include <math.h>
#include <string.h>

#include "paired.h"
#include "stats/column.h"

#define REACH ((size_t)4) // neighbours on each side

static void deviations(const double *values, size_t count, double *logs, double *ret) {
    double near[2 * REACH];
    for (size_t i = 0; i < count; i++) logs[i] = log(values[i]);
    for (size_t i = 0; i < count; i++) {
        size_t first = i > REACH ? i - REACH : 0, end = i + REACH < count ? i + REACH + 1 : count;
        memcpy(near, logs + first, (i - first) * sizeof *near);
        memcpy(near + (i - first), logs + i + 1, (end - i - 1) * sizeof *near);
        ret[i] = fabs(logs[i] - paired_median(near, end - first - 1, near));
    }
}

// How many of the sorted values are below, equal ones counted half, as a share.
static double placement(double value, const double *sorted, size_t count) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sorted[middle] < value) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
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
    spread.baseline = paired_median(b, count, sorted_b);
    spread.canary = paired_median(c, count, sorted_c);
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
