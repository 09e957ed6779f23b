// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/burn_rate.h"

#include <math.h>

#include "slack.h"

bool burn_rate_is_budget(double budget) {
    return budget > 0 && budget <= 1;
}

double burn_rate_of(struct event_counts counts, double budget) {
    if (event_counts_check(counts) != STATS_OK || !burn_rate_is_budget(budget)) return (double)NAN;
    return counts.errors / counts.total / budget;
}

bool burn_rate_exceeds(struct event_counts counts, double budget, double factor) {
    return slack_exceeds(burn_rate_of(counts, budget), factor);
}

enum stats_status burn_rate_measure(struct event_counts counts, double budget, double window_s, double period_s, struct burn_rate *ret) {
    double nan = (double)NAN;
    *ret = (struct burn_rate){nan, nan, nan, nan, nan, nan};
    if (!burn_rate_is_budget(budget) || !(window_s > 0) || !(period_s > 0)) return STATS_INVALID;
    enum stats_status status = event_counts_check(counts);
    if (status != STATS_OK) return status;
    ret->error_ratio = counts.errors / counts.total;
    ret->sli = (counts.total - counts.errors) / counts.total;
    ret->burn_rate = burn_rate_of(counts, budget);
    ret->budget_consumed = ret->burn_rate * (window_s / period_s);
    ret->exhaustion_s = period_s / ret->burn_rate;
    ret->allowed_errors = budget * counts.total;
    return STATS_OK;
}
