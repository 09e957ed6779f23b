// SPDX-License-Identifier: GPL-3.0-or-later
// Each method sums weights and the bad part of them: events, slices, or ratios.
#include "stats/time_slices.h"

#include <math.h>
#include <stdbool.h>

#include "slack.h"
#include "stats/burn_rate.h"

struct sums {
    double weight, bad;
};

static bool is_valid(const struct slices_rule *rule) {
    bool has_target = rule->method != SLICES_GOOD || (rule->slice_target >= 0 && rule->slice_target <= 1);
    return burn_rate_is_budget(rule->budget) && has_target && !(rule->period_slices <= 0);
}

static struct sums slice_sums(const struct slices_rule *rule, double good, double total) {
    if (!(total > 0) || isnan(good)) {
        bool is_counted = rule->method != SLICES_POOLED && rule->empty != EMPTY_SLICE_IGNORED;
        return (struct sums){is_counted ? 1 : 0, is_counted && rule->empty == EMPTY_SLICE_BAD ? 1 : 0};
    }
    if (rule->method == SLICES_POOLED) return (struct sums){total, total - good};
    if (rule->method == SLICES_MEAN) return (struct sums){1, (total - good) / total};
    return (struct sums){1, slack_exceeds(rule->slice_target * total, good) ? 1 : 0};
}

enum stats_status time_slices_judge(const struct slices_rule *rule, const double *good, const double *total, size_t count,
                                    struct time_slices *ret) {
    struct sums sums = {0, 0};
    double nan = (double)NAN;
    bool is_finite = true;
    *ret = (struct time_slices){nan, nan, nan, nan};
    if (!is_valid(rule)) return STATS_INVALID;
    for (size_t i = 0; i < count; i++) {
        if (good[i] < 0 || total[i] < 0 || good[i] > total[i]) return STATS_INVALID;
        is_finite = is_finite && !isinf(total[i]);
        struct sums slice = slice_sums(rule, good[i], total[i]);
        sums.weight += slice.weight;
        sums.bad += slice.bad;
    }
    if (rule->method == SLICES_GOOD && is_finite) ret->bad_slices = sums.bad;
    if (is_finite && sums.weight == 0) return STATS_NODATA;
    if (!is_finite) return STATS_NONFINITE;
    bool by_period = rule->method != SLICES_POOLED && !isnan(rule->period_slices);
    double allowed = rule->budget * (by_period ? rule->period_slices : sums.weight);
    ret->sli = (sums.weight - sums.bad) / sums.weight;
    ret->consumed = sums.bad / allowed;
    ret->remaining = -slack_difference(sums.bad, allowed) / allowed + 0.0;
    return STATS_OK;
}
