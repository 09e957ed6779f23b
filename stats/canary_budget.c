// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/canary_budget.h"

#include <math.h>

#include "slack.h"
#include "stats/burn_rate.h"

// Whether the numbers beside the counts are in their domain; NaN is.
static bool is_valid(const struct canary_costs *costs) {
    return burn_rate_is_budget(costs->budget) && !(costs->period_s <= 0) && !(costs->period_total <= 0) && !(costs->release_total <= 0) &&
           !(costs->halt_ratio < 0);
}

static void project(const struct canary_costs *costs, struct canary_budget *ret) {
    double left = slack_difference(costs->remaining_before, ret->canary_share);
    ret->projected_rate = ret->canary_rate;
    if (!isnan(ret->projected_rate)) ret->projected_exhaustion_s = left <= 0 ? 0 : left * costs->period_s / ret->projected_rate;
}

enum stats_status canary_budget_assess(const struct canary_costs *costs, struct canary_budget *ret) {
    const struct event_counts *canary = &costs->canary, *baseline = &costs->baseline;
    double nan = (double)NAN;
    *ret = (struct canary_budget){nan, nan, nan, nan, nan, nan, nan, nan, nan, false, nan, nan};
    enum stats_status of_canary = event_counts_check(*canary), of_baseline = event_counts_check(*baseline);
    if (!is_valid(costs) || of_canary == STATS_INVALID || of_baseline == STATS_INVALID) return STATS_INVALID;
    if (of_canary == STATS_NONFINITE || of_baseline == STATS_NONFINITE) return STATS_NONFINITE;
    struct event_counts service = {canary->errors + baseline->errors, canary->total + baseline->total};
    double allowed = costs->budget * costs->period_total;
    ret->canary_rate = burn_rate_of(*canary, costs->budget);
    ret->baseline_rate = burn_rate_of(*baseline, costs->budget);
    ret->service_rate = burn_rate_of(service, costs->budget);
    if (of_baseline == STATS_OK) ret->excess_errors = canary->errors - canary->total * (baseline->errors / baseline->total);
    ret->canary_share = canary->errors / allowed;
    ret->excess_share = ret->excess_errors / allowed;
    ret->share_of_errors = canary->errors / service.errors; // NaN without errors
    ret->share_of_traffic = canary->total / service.total;
    ret->release_share = canary->errors / (costs->budget * costs->release_total);
    ret->halts = slack_exceeds(ret->release_share, costs->halt_ratio);
    project(costs, ret);
    return of_canary != STATS_OK ? of_canary : of_baseline;
}
