// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/target_suggestion.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "slack.h"
#include "stats/binomial.h"
#include "stats/binomial_interval.h"

#define MOST_WHOLE 9e15

// The nearest double to a decimal of two digits.
static double decimal(double tens, int exponent) {
    char text[40];
    snprintf(text, sizeof text, "%.0fe%d", tens, exponent);
    return strtod(text, NULL);
}

double target_round_budget(double budget) {
    if (!(budget > 0 && budget < 1)) return (double)NAN;
    int exponent = (int)floor(log10(budget)) - 1;
    if (exponent < -14) exponent = -14; // objectives have at most 12 decimals of a per cent
    double rounded = decimal(ceil(budget / pow(10, exponent) * (1 - SLACK)), exponent);
    return rounded < 1 ? rounded : (double)NAN;
}

static bool is_lower(const struct event_counts *periods, size_t a, size_t b) {
    double x = periods[a].errors / periods[a].total, y = periods[b].errors / periods[b].total;
    return x < y || (x == y && a < b);
}

// The period of which exactly `rank` - 1 others have a lower ratio.
static size_t find_rank(const struct event_counts *periods, size_t count, size_t rank) {
    for (size_t i = 0; i < count; i++) {
        size_t lower = 0;
        if (event_counts_check(periods[i]) != STATS_OK) continue;
        for (size_t k = 0; k < count; k++) lower += k != i && event_counts_check(periods[k]) == STATS_OK && is_lower(periods, k, i);
        if (lower + 1 == rank) return i;
    }
    return 0;
}

static void find_bounds(struct event_counts counts, double alpha, struct target_suggestion *ret) {
    struct binomial_interval low, high;
    if (!(counts.total < MOST_WHOLE)) return;
    uint64_t n = (uint64_t)fmax(1, counts.total + 0.5), k = (uint64_t)(counts.errors + 0.5);
    if (k > n) k = n;
    binomial_interval_exact(k, n, alpha, BINOMIAL_LOWER, &low);
    binomial_interval_exact(k, n, alpha, BINOMIAL_UPPER, &high);
    ret->lower = low.low;
    ret->upper = high.high;
}

enum stats_status target_suggest(const struct event_counts *periods, size_t count, double share, double alpha,
                                 struct target_suggestion *ret) {
    const double nan_ = (double)NAN;
    *ret = (struct target_suggestion){0, 0, nan_, nan_, nan_, nan_, nan_, nan_};
    if (!(share > 0 && share < 1) || !(alpha > 0 && alpha < 1)) return STATS_INVALID;
    for (size_t i = 0; i < count; i++) ret->periods += event_counts_check(periods[i]) == STATS_OK;
    if (ret->periods == 0) return STATS_NODATA;
    size_t rank = (size_t)ceil(share * (double)ret->periods * (1 - SLACK));
    ret->deciding = find_rank(periods, count, rank);
    struct event_counts counts = periods[ret->deciding];
    ret->error_ratio = counts.errors / counts.total;
    find_bounds(counts, alpha, ret);
    ret->budget = target_round_budget(ret->error_ratio > 0 ? ret->error_ratio : ret->upper);
    ret->target = decimal(round((1 - ret->budget) * 1e14), -12);
    ret->confidence = binomial_at_least(ret->periods - rank + 1, ret->periods, 1 - share, share);
    return STATS_OK;
}
