// SPDX-License-Identifier: GPL-3.0-or-later
// Each method sums weights and the bad part of them: events, slices, or ratios.
#include "stats/time_slices.h"

#include <math.h>
#include <stdbool.h>

#include "slack.h"
#include "stats/burn_rate.h"
#include "stats/error_budget.h"

static bool is_valid(const struct slices_rule *rule) {
    bool has_target = rule->method != SLICES_GOOD || (rule->slice_target >= 0 && rule->slice_target <= 1);
    return burn_rate_is_budget(rule->budget) && has_target && !(rule->period_slices <= 0);
}

static struct slice_counts count_slice(const struct slices_rule *rule, double good, double total) {
    if (rule->method == SLICES_POOLED) return (struct slice_counts){total, total - good};
    if (rule->method == SLICES_MEAN) return (struct slice_counts){1, (total - good) / total};
    return (struct slice_counts){1, slack_exceeds(rule->slice_target * total, good) ? 1 : 0};
}

struct slice_counts time_slices_fill(const struct slices_rule *rule, struct slice_counts with_events, double all) {
    if (rule->method == SLICES_POOLED || rule->empty == EMPTY_SLICE_IGNORED || !(all > with_events.counted)) return with_events;
    double empty = all - with_events.counted;
    return (struct slice_counts){all, with_events.bad + (rule->empty == EMPTY_SLICE_BAD ? empty : 0)};
}

enum stats_status time_slices_judge(const struct slices_rule *rule, const double *good, const double *total, size_t count,
                                    struct time_slices *ret) {
    struct slice_counts sums = {0, 0};
    double nan = (double)NAN;
    bool is_finite = true;
    *ret = (struct time_slices){nan, nan, nan, nan};
    if (!is_valid(rule)) return STATS_INVALID;
    for (size_t i = 0; i < count; i++) {
        if (good[i] < 0 || total[i] < 0 || good[i] > total[i]) return STATS_INVALID;
        is_finite = is_finite && !isinf(total[i]);
        if (!(total[i] > 0) || isnan(good[i])) continue;
        struct slice_counts slice = count_slice(rule, good[i], total[i]);
        sums.counted += slice.counted;
        sums.bad += slice.bad;
    }
    sums = time_slices_fill(rule, sums, (double)count);
    if (rule->method == SLICES_GOOD && is_finite) ret->bad_slices = sums.bad;
    if (is_finite && sums.counted == 0) return STATS_NODATA;
    if (!is_finite) return STATS_NONFINITE;
    bool by_period = rule->method != SLICES_POOLED && !isnan(rule->period_slices);
    double allowed = rule->budget * (by_period ? rule->period_slices : sums.counted);
    ret->sli = (sums.counted - sums.bad) / sums.counted;
    ret->consumed = sums.bad / allowed;
    ret->remaining = error_budget_remaining(allowed, sums.bad);
    return STATS_OK;
}
