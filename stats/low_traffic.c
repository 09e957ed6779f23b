// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/low_traffic.h"

#include <math.h>

#include "slack.h"
#include "stats/burn_rate.h"

enum stats_status low_traffic_weigh(struct event_counts counts, double budget, double window_s, double period_s, double period_total,
                                    struct low_traffic_weighted *ret) {
    double nan = (double)NAN;
    *ret = (struct low_traffic_weighted){nan, nan, nan, nan, nan};
    if (!burn_rate_is_budget(budget) || !(window_s > 0) || !(period_s > 0) || period_total < 0) return STATS_INVALID;
    enum stats_status status = event_counts_check(counts);
    if (status != STATS_OK && status != STATS_NODATA) return status;
    if (!(period_total > 0)) return STATS_NODATA;
    ret->correction = counts.total / window_s / (period_total / period_s);
    ret->budget_consumed = counts.errors / (budget * period_total);
    if (status != STATS_OK) return status;
    ret->raw_rate = burn_rate_of(counts, budget);
    ret->ratio = counts.errors / window_s / (period_total / period_s);
    ret->rate = ret->ratio / budget;
    return STATS_OK;
}

enum stats_status low_traffic_constant_budget(struct event_counts counts, double budget, double share, double period_total,
                                              struct low_traffic_constant *ret) {
    double nan = (double)NAN;
    *ret = (struct low_traffic_constant){nan, nan, nan, false};
    if (!burn_rate_is_budget(budget) || !(share > 0) || period_total < 0) return STATS_INVALID;
    enum stats_status status = event_counts_check(counts);
    if (status != STATS_OK && status != STATS_NODATA) return status;
    ret->threshold_errors = share * budget * period_total;
    if (status != STATS_OK || !(period_total > 0)) return STATS_NODATA;
    ret->threshold_ratio = ret->threshold_errors / counts.total;
    ret->error_ratio = counts.errors / counts.total;
    ret->fires = slack_exceeds(counts.errors, ret->threshold_errors);
    return STATS_OK;
}

enum stats_status low_traffic_guard(struct event_counts counts, double budget, double factor, double least_errors,
                                    struct low_traffic_guarded *ret) {
    *ret = (struct low_traffic_guarded){(double)NAN, false, false};
    if (!burn_rate_is_budget(budget) || !(factor > 0) || !(least_errors >= 0)) return STATS_INVALID;
    enum stats_status status = event_counts_check(counts);
    ret->burn_rate = burn_rate_of(counts, budget);
    ret->naive_fires = burn_rate_exceeds(counts, budget, factor);
    ret->fires = ret->naive_fires && !slack_exceeds(least_errors, counts.errors);
    return status;
}

double low_traffic_least_requests(double budget, double factor) {
    if (!burn_rate_is_budget(budget) || !(factor > 0)) return (double)NAN;
    return fmax(1, ceil((1 - SLACK) / (factor * budget)));
}
