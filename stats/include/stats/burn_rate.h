// SPDX-License-Identifier: GPL-3.0-or-later
// How fast a window uses up the error budget (SRE workbook, chapter 5): burn rate = error ratio / budget. At 1 the budget lasts
// for exactly the period of the objective; the most there can be is 1 / budget.
// Here and in all service level methods the budget is the share of events that may fail, in (0, 1], as objective_budget()
// gives it, and durations are seconds above 0; STATS_INVALID otherwise.
#ifndef STATS_BURN_RATE_H
#define STATS_BURN_RATE_H

#include <stdbool.h>

#include "stats/event_counts.h"

struct burn_rate {
    double error_ratio;
    double sli; // share of good events
    double burn_rate;
    double budget_consumed; // share of the period's budget that the window uses up if traffic is uniform
    double exhaustion_s;    // until a full budget is used up at this rate; infinite at rate 0
    double allowed_errors;  // the budget of the window's own traffic, in events
};

bool burn_rate_is_budget(double budget);

// The burn rate alone. NaN where event_counts_check() is not STATS_OK or the budget is outside its domain.
double burn_rate_of(struct event_counts counts, double budget);

// Whether the burn rate is above the factor. Equality in decimals is not above, and no data never is.
bool burn_rate_exceeds(struct event_counts counts, double budget, double factor);

// Status of the counts, or STATS_INVALID.
enum stats_status burn_rate_measure(struct event_counts counts, double budget, double window_s, double period_s, struct burn_rate *ret);

#endif
