// SPDX-License-Identifier: GPL-3.0-or-later
// What is left of an error budget, in a rolling period or in one of the calendar. An overspent budget is negative, never
// clamped; what is left is exactly 0 when the errors equal the budget in decimals.
#ifndef STATS_ERROR_BUDGET_H
#define STATS_ERROR_BUDGET_H

#include "stats/event_counts.h"

struct error_budget {
    double consumed;           // errors / (budget * total)
    double remaining;          // 1 - consumed
    double remaining_errors;   // in events
    double remaining_outage_s; // as time of total outage, under uniform traffic
    double exhaustion_s;       // until nothing remains at the recent burn rate: 0 when nothing does, infinite at rate 0. A lower
                               // bound, as old errors leave the period
};

// The share of an allowance of errors that is left.
double error_budget_remaining(double allowed, double errors);

// Counts of the whole period; recent_burn_rate >= 0, NaN when unknown. Domains of budget and period: stats/burn_rate.h.
enum stats_status error_budget_rolling(struct event_counts counts, double budget, double period_s, double recent_burn_rate,
                                       struct error_budget *ret);

struct calendar_budget {
    double projected_total;     // events of the whole period: as expected, else so far times period / elapsed
    double remaining_so_far;    // 1 - errors / budget of the traffic so far
    double remaining_projected; // 1 - errors / budget of the projected traffic: the one to gate on
    double elapsed;             // share of the period
    double sustainable_rate;    // burn rate of the rest that ends the period at exactly 0; NaN when no traffic is to come
};

// Counts so far; 0 < elapsed_s <= period_s; expected_total > 0 is the traffic expected in the whole period, NaN when unknown.
// STATS_NODATA without traffic so far: what needs none (elapsed, and with expected_total what is projected) is given.
enum stats_status error_budget_calendar(struct event_counts counts, double budget, double period_s, double elapsed_s,
                                        double expected_total, struct calendar_budget *ret);

#endif
