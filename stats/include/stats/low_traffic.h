// SPDX-License-Identifier: GPL-3.0-or-later
// Burn rates of windows with little or uneven traffic, where one error already looks like an outage: four corrections in use.
// Budget and durations as in stats/burn_rate.h. Counts decide the status; numbers that rest on no count are given without data.
#ifndef STATS_LOW_TRAFFIC_H
#define STATS_LOW_TRAFFIC_H

#include <stdbool.h>

#include "stats/event_counts.h"

// Errors weigh by volume: the ratio times the request rate of the window relative to that of the period.
struct low_traffic_weighted {
    double correction;      // (total / window) / (period_total / period)
    double raw_rate;        // burn rate without it
    double ratio, rate;     // error ratio and burn rate with it
    double budget_consumed; // errors / (budget * period_total)
};

enum stats_status low_traffic_weigh(struct event_counts counts, double budget, double window_s, double period_s, double period_total,
                                    struct low_traffic_weighted *ret);

// Fires after the same number of errors at any volume: those that use up this share of the period's budget.
struct low_traffic_constant {
    double threshold_ratio, threshold_errors;
    double error_ratio;
    bool fires; // ratio strictly above its threshold
};

// share > 0.
enum stats_status low_traffic_constant_budget(struct event_counts counts, double budget, double share, double period_total,
                                              struct low_traffic_constant *ret);

// A tier counts only with at least so many errors.
struct low_traffic_guarded {
    double burn_rate;
    bool naive_fires; // burn rate strictly above the factor
    bool fires;       // and errors >= least_errors
};

// factor > 0, least_errors >= 0.
enum stats_status low_traffic_guard(struct event_counts counts, double budget, double factor, double least_errors,
                                    struct low_traffic_guarded *ret);

// The least number of requests of which one may fail without exceeding the factor: 1 / (factor * budget), rounded up, at least
// 1. NaN outside the domains.
double low_traffic_least_requests(double budget, double factor);

#endif
