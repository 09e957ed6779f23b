// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/error_budget.h"

#include <math.h>

#include "slack.h"
#include "stats/burn_rate.h"

double error_budget_remaining(double allowed, double errors) {
    return -slack_difference(errors, allowed) / allowed + 0.0; // no negative zero
}

enum stats_status error_budget_rolling(struct event_counts counts, double budget, double period_s, double recent_burn_rate,
                                       struct error_budget *ret) {
    double nan = (double)NAN;
    *ret = (struct error_budget){nan, nan, nan, nan, nan};
    if (!burn_rate_is_budget(budget) || !(period_s > 0) || recent_burn_rate < 0) return STATS_INVALID;
    enum stats_status status = event_counts_check(counts);
    if (status != STATS_OK) return status;
    double allowed = budget * counts.total;
    ret->consumed = counts.errors / allowed;
    ret->remaining = error_budget_remaining(allowed, counts.errors);
    ret->remaining_errors = ret->remaining * allowed;
    ret->remaining_outage_s = ret->remaining * budget * period_s;
    ret->exhaustion_s = ret->remaining > 0 ? ret->remaining * period_s / recent_burn_rate : 0;
    return STATS_OK;
}

enum stats_status error_budget_calendar(struct event_counts counts, double budget, double period_s, double elapsed_s, double expected_total,
                                        struct calendar_budget *ret) {
    double nan = (double)NAN;
    *ret = (struct calendar_budget){nan, nan, nan, nan, nan};
    if (!burn_rate_is_budget(budget) || !(period_s > 0) || !(elapsed_s > 0 && elapsed_s <= period_s) || expected_total <= 0)
        return STATS_INVALID;
    enum stats_status status = event_counts_check(counts);
    if (status == STATS_INVALID || status == STATS_NONFINITE) return status;
    ret->elapsed = elapsed_s / period_s;
    if (status == STATS_OK) ret->remaining_so_far = error_budget_remaining(budget * counts.total, counts.errors);
    if (!isnan(expected_total))
        ret->projected_total = expected_total;
    else if (status == STATS_OK)
        ret->projected_total = counts.total * (period_s / elapsed_s);
    ret->remaining_projected = error_budget_remaining(budget * ret->projected_total, counts.errors);
    double rest = slack_difference(ret->projected_total, counts.total);
    if (rest != 0) ret->sustainable_rate = ret->remaining_projected * (ret->projected_total / rest);
    return status;
}
