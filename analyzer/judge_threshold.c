// SPDX-License-Identifier: GPL-3.0-or-later
#include "judge_threshold.h"

#include "scorecard.h"

struct tally {
    int64_t high, low;
    int64_t row, longest; // samples outside, one after the other in one series
};

static void count_series(const struct metric_config *metric, const double *values, size_t count, struct tally *tally) {
    tally->row = 0;
    for (size_t i = 0; i < count; i++) {
        bool high = metric->limits.has_max && values[i] > metric->limits.max;
        bool low = metric->limits.has_min && values[i] < metric->limits.min;
        tally->high += high;
        tally->low += low;
        tally->row = high || low ? tally->row + 1 : 0;
        if (tally->row > tally->longest) tally->longest = tally->row;
    }
}

static const char *limit_text(const struct metric_config *metric, const struct tally *tally, struct arena *arena) {
    return tally->high > 0 ? arena_printf(arena, "over %g", metric->limits.max) : arena_printf(arena, "under %g", metric->limits.min);
}

void threshold_classify(const struct metric_config *metric, struct arena *arena, struct metric_result *ret) {
    const struct side_samples *column = &ret->samples->sides[SIDE_CANARY];
    double *values = arena_array(arena, column->count, sizeof *values);
    size_t count = 0;
    struct tally tally = {0};
    const double *from = column->values;
    for (size_t i = 0; i < column->series_count; i++) {
        struct kayenta_sample series = {from, column->lengths[i]};
        size_t kept = kayenta_clean_gaps(series, metric->judge.nan_strategy, values + count);
        count_series(metric, values + count, kept, &tally);
        count += kept;
        from += column->lengths[i];
    }
    ret->outside = tally.high + tally.low;
    ret->in_a_row = tally.longest;
    summary_of(values, count, &ret->summary);
    bool many = metric->allowed >= 0 && ret->outside > metric->allowed;
    bool long_row = metric->consecutive >= 0 && tally.longest > metric->consecutive;
    ret->classification = !many && !long_row ? CLASS_PASS : tally.high > 0 ? CLASS_HIGH : CLASS_LOW;
    ret->fails = ret->classification != CLASS_PASS && metric->judge.critical;
    const char *limit = limit_text(metric, &tally, arena);
    if (many) {
        ret->reason = arena_printf(arena, "%lld of %zu samples are %s (%lld allowed)", (long long)ret->outside, count, limit,
                                   (long long)metric->allowed);
    } else if (long_row) {
        ret->reason = arena_printf(arena, "%lld samples in a row are %s (%lld allowed)", (long long)tally.longest, limit,
                                   (long long)metric->consecutive);
    }
}

static bool judge_metric(const struct plan *plan, struct arena *arena, struct metric_result *ret, struct error *err) {
    (void)arena;
    return error_set(err, ERROR_CONFIG, "metric %s is compared with a baseline, which the judge threshold does not do",
                     plan->config->metrics[ret->samples->metric].name);
}

static bool score(const struct plan *plan, struct verdict *verdict, struct arena *arena, struct error *err) {
    (void)err;
    scorecard_make(plan->config, verdict, arena);
    return true;
}

const struct judge judge_threshold = {.name = "threshold", .metric = judge_metric, .score = score};
