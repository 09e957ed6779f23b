// SPDX-License-Identifier: GPL-3.0-or-later
// What a canary has cost in error budget, and what it would cost with all the traffic.
#ifndef STATS_CANARY_BUDGET_H
#define STATS_CANARY_BUDGET_H

#include <stdbool.h>

#include "stats/event_counts.h"

struct canary_costs { // the question; totals, ratios and period may be NaN where unknown, and what rests on them is NaN then
    struct event_counts canary, baseline;
    double budget;           // of the objective, in (0, 1]
    double period_s;         // of the objective
    double period_total;     // events of the service in the period
    double release_total;    // events of the service during the rollout
    double remaining_before; // share of the period's budget, may be negative
    double halt_ratio;       // share of the release's budget that the canary may use up
};

struct canary_budget {
    double canary_rate, baseline_rate, service_rate; // burn rates; the service is both sides together
    double excess_errors;                            // canary errors beyond the baseline's ratio; negative when it does better
    double canary_share, excess_share;               // of the period's whole budget
    double share_of_errors, share_of_traffic;        // of the canary, in what both sides saw
    double release_share;                            // canary errors / (budget * release_total)
    bool halts;                                      // release_share strictly above halt_ratio
    double projected_rate;                           // burn rate if all traffic went to the canary
    double projected_exhaustion_s;                   // how long what is left would last then; 0 when nothing is, infinite at rate 0
};

// STATS_INVALID for counts, budget or period outside their domain, or totals not above 0; STATS_NODATA when a side has no traffic:
// what does not need that side is given. An idle canary never halts.
enum stats_status canary_budget_assess(const struct canary_costs *costs, struct canary_budget *ret);

#endif
