// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/budget_forecast.h"

#include <math.h>
#include <stdbool.h>

struct walk { // over the parts of the period
    const struct budget_history *history;
    double error_sum, total_sum;     // of all parts
    double errors_gone, totals_gone; // of those walked over
};

static double known(double count) {
    return count > 0 && isfinite(count) ? count : 0;
}

static struct walk walk_begin(const struct budget_history *history) {
    struct walk walk = {.history = history};
    for (size_t i = 0; i < history->count; i++) {
        walk.error_sum += known(history->errors[i]);
        walk.total_sum += known(history->totals[i]);
    }
    return walk;
}

static size_t part_count(const struct budget_history *history) {
    return history->count > 0 ? history->count : 1;
}

// Shares of errors and events that have left after part i.
static void walk_over(struct walk *walk, size_t i, double *ret_errors, double *ret_totals) {
    const struct budget_history *history = walk->history;
    bool is_last = i + 1 == part_count(history);
    if (i < history->count) {
        walk->errors_gone += known(history->errors[i]);
        walk->totals_gone += known(history->totals[i]);
    }
    *ret_errors = !(walk->error_sum > 0) ? 0 : is_last ? 1 : walk->errors_gone / walk->error_sum;
    *ret_totals = is_last ? 1 : walk->total_sum > 0 ? walk->totals_gone / walk->total_sum : (double)(i + 1) / (double)part_count(history);
}

enum stats_status budget_forecast_exhaustion(const struct budget_history *history, double consumed, double rate, double period_s,
                                             double *ret_s) {
    *ret_s = (double)NAN;
    if (consumed < 0 || rate < 0 || !(period_s > 0)) return STATS_INVALID;
    if (isnan(consumed) || isnan(rate)) return STATS_NODATA;
    *ret_s = consumed >= 1 || isinf(rate) ? 0 : (double)INFINITY;
    if (*ret_s == 0) return STATS_OK;
    struct walk walk = walk_begin(history);
    double before = consumed, part_s = period_s / (double)part_count(history);
    for (size_t i = 0; i < part_count(history); i++) {
        double errors, totals;
        walk_over(&walk, i, &errors, &totals);
        double after = consumed * (1 - errors) + rate * totals;
        if (after >= 1) {
            *ret_s = part_s * ((double)i + (1 - before) / (after - before));
            return STATS_OK;
        }
        before = after;
    }
    return STATS_OK;
}

double budget_forecast_sustainable(const struct budget_history *history, double consumed) {
    struct walk walk = walk_begin(history);
    double lowest = (double)INFINITY;
    if (!(consumed >= 0)) return (double)NAN;
    if (consumed >= 1) return 0;
    for (size_t i = 0; i < part_count(history); i++) {
        double errors, totals;
        walk_over(&walk, i, &errors, &totals);
        if (totals > 0) lowest = fmin(lowest, (1 - consumed * (1 - errors)) / totals);
    }
    return lowest;
}
