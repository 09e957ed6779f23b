// SPDX-License-Identifier: GPL-3.0-or-later
// Service levels from columns: slices of time, the buckets of a histogram, and a gauge of 1 and 0.
#include <limits.h>
#include <math.h>

#include "base/arena.h"
#include "stats/histogram_sli.h"
#include "stats/objective.h"
#include "stats/time_slices.h"
#include "stats_method.h"

static enum slices_method method_of(const struct stats_call *call) {
    if (stats_says(call, "method", "pooled")) return SLICES_POOLED;
    return stats_says(call, "method", "mean") ? SLICES_MEAN : SLICES_GOOD;
}

static enum empty_slice empty_of(const struct stats_call *call) {
    if (stats_says(call, "empty", "ignored")) return EMPTY_SLICE_IGNORED;
    return stats_says(call, "empty", "bad") ? EMPTY_SLICE_BAD : EMPTY_SLICE_GOOD;
}

static enum stats_status run_slices(const struct stats_call *call, struct stats_answer *answer) {
    const struct stats_sample *good = &call->samples[0], *total = &call->samples[1];
    struct slices_rule rule = {.method = method_of(call),
                               .empty = empty_of(call),
                               .budget = objective_budget(stats_number(call, "objective")),
                               .slice_target = 1 - objective_budget(stats_number(call, "slice-target")),
                               .period_slices = stats_number(call, "period-slices")};
    struct time_slices got;
    size_t count = good->count < total->count ? good->count : total->count;
    enum stats_status status = time_slices_judge(&rule, good->values, total->values, count, &got);
    answer_number(answer, "sli", got.sli, "share of what counts that is good");
    answer_number(answer, "consumed", got.consumed, "share of the budget");
    answer_number(answer, "remaining", got.remaining, "negative when overspent");
    if (rule.method == SLICES_GOOD) answer_number(answer, "bad_slices", got.bad_slices, "those below the target of a slice");
    if (status == STATS_INVALID)
        answer_say(answer, "%s", "negative counts, more good events than events, or an objective without a budget");
    if (status == STATS_OK)
        answer_say(answer, "%s is good, and %s of the budget is used up", answer_percent(answer, got.sli),
                   answer_percent(answer, got.consumed));
    return status;
}

static void put_good_events(const struct histogram_sli *got, struct stats_answer *answer) {
    answer_number(answer, "total", got->total, "events of all buckets");
    answer_number(answer, "good", got->good, "of them at or below the value");
    answer_number(answer, "good_min", got->good_min, "at least so many, whatever lies inside of a bucket");
    answer_number(answer, "good_max", got->good_max, "at most so many");
    answer_number(answer, "error_ratio", got->error_ratio, "share of events above it");
    answer_flag(answer, "exact", got->exact, "yes when the value is the bound of a bucket");
}

static void say_good_events(const struct stats_call *call, const struct histogram_sli *got, const char *how, struct stats_answer *answer) {
    answer_say(answer, "%s of %s events are at or below %s%s", answer_short(answer, got->good), answer_short(answer, got->total),
               answer_short(answer, stats_number(call, "below")), got->exact ? "" : how);
}

static enum stats_status run_threshold(const struct stats_call *call, struct stats_answer *answer) {
    const struct stats_sample *bounds = &call->samples[0], *cumulative = &call->samples[1];
    struct histogram_sli got;
    size_t count = bounds->count < cumulative->count ? bounds->count : cumulative->count;
    enum stats_status status = histogram_sli_classic(bounds->values, cumulative->values, count, stats_number(call, "below"), &got);
    put_good_events(&got, answer);
    if (status == STATS_INVALID) answer_say(answer, "%s", "bounds must rise to inf, and counts up to them must not fall");
    if (status == STATS_OK) say_good_events(call, &got, ", taken as even inside of a bucket", answer);
    return status;
}

// Buckets of one sign; NULL when an index is no whole number of 32 bits, or indexes and counts are not as many.
static struct native_bucket *native_buckets(const struct stats_call *call, const double *indexes, size_t index_count, const double *counts,
                                            size_t count) {
    if (index_count != count) return NULL;
    struct native_bucket *buckets = arena_array(call->arena, count + 1, sizeof *buckets);
    for (size_t i = 0; i < count; i++) {
        if (!(indexes[i] >= INT32_MIN && indexes[i] <= INT32_MAX) || trunc(indexes[i]) != indexes[i]) return NULL;
        buckets[i] = (struct native_bucket){(int32_t)indexes[i], counts[i]};
    }
    return buckets;
}

static enum stats_status run_native(const struct stats_call *call, struct stats_answer *answer) {
    const struct stats_sample *indexes = &call->samples[0], *counts = &call->samples[1];
    const struct stats_value *below = stats_value(call, "negative-indexes"), *below_counts = stats_value(call, "negative-counts");
    double schema = stats_number(call, "schema");
    struct histogram_sli got;
    struct native_histogram histogram = {
        .schema = fabs(schema) <= 8 && trunc(schema) == schema ? (int)schema : INT_MAX,
        .zero_threshold = stats_number(call, "zero-threshold"),
        .zero_count = stats_number(call, "zero-count"),
        .positive = native_buckets(call, indexes->values, indexes->count, counts->values, counts->count),
        .negative = native_buckets(call, below->list, below->list_count, below_counts->list, below_counts->list_count),
        .positive_count = counts->count,
        .negative_count = below_counts->list_count,
    };
    if (histogram.positive == NULL || histogram.negative == NULL) {
        answer_say(answer, "%s", "every bucket needs an index, a whole number of 32 bits, and a count");
        return STATS_INVALID;
    }
    enum stats_status status = histogram_sli_native(&histogram, stats_number(call, "below"), &got);
    put_good_events(&got, answer);
    if (status == STATS_INVALID) answer_say(answer, "%s", "counts must not be negative, and --schema is a whole number from -4 to 8");
    if (status == STATS_OK) say_good_events(call, &got, ", taken as even in the logarithm inside of a bucket", answer);
    return status;
}

static enum stats_status run_up(const struct stats_call *call, struct stats_answer *answer) {
    struct histogram_sli got;
    enum stats_status status = histogram_sli_gauge(call->samples[0].values, call->samples[0].count, &got);
    answer_number(answer, "total", got.total, "samples that are there");
    answer_number(answer, "good", got.good, "of them equal to 1");
    answer_number(answer, "error_ratio", got.error_ratio, "share of the others");
    if (status == STATS_OK)
        answer_say(answer, "%s of %s samples are 1, %s are not", answer_short(answer, got.good), answer_short(answer, got.total),
                   answer_percent(answer, got.error_ratio));
    return status;
}

static const struct stats_parameter slices_options[] = {
    {"objective", ARGUMENT_OBJECTIVE, "99.9", "share of what counts that must be good, in percent", NULL},
    {"method", ARGUMENT_WORD, "good", "good: slices that reach --slice-target; mean: their mean share; pooled: events", "good|mean|pooled"},
    {"slice-target", ARGUMENT_OBJECTIVE, "95", "share of a slice's events that must be good, in percent", NULL},
    {"empty", ARGUMENT_WORD, "ignored", "what a slice without events is", "ignored|good|bad"},
    {"period-slices", ARGUMENT_POSITIVE, NULL, "slices of a whole period of the calendar; without it those counted", NULL},
    {.name = NULL},
};

static const struct stats_parameter threshold_options[] = {
    {"below", ARGUMENT_NUMBER, "0.3", "good events are at or below it", NULL},
    {.name = NULL},
};

static const struct stats_parameter native_options[] = {
    {"below", ARGUMENT_NUMBER, "0.3", "good events are at or below it", NULL},
    {"schema", ARGUMENT_NUMBER, "3", "resolution, -4 to 8: bounds grow by 2^(2^-schema)", NULL},
    {"zero-count", ARGUMENT_NOT_NEGATIVE, "0", "events of the zero bucket", NULL},
    {"zero-threshold", ARGUMENT_NOT_NEGATIVE, "2.938735877055719e-39", "upper bound of the zero bucket", NULL},
    {"negative-indexes", ARGUMENT_NUMBERS, NULL, "buckets of values below 0, such as -1,0,2", NULL},
    {"negative-counts", ARGUMENT_NUMBERS, NULL, "their events, as many numbers", NULL},
    {.name = NULL},
};

const struct stats_method stats_level_columns[] = {
    {
        .name = "slices",
        .summary = "how good were slices of time, each with good and all events?",
        .definition = "  The first column holds good events, the second all events of a slice; the three budgeting methods of OpenSLO.\n",
        .example = "slices slices.csv --objective 99 --slice-target 95",
        .input = INPUT_TWO_COLUMNS,
        .options = slices_options,
        .run = run_slices,
    },
    {
        .name = "threshold",
        .summary = "how many events of a histogram's buckets are below a value?",
        .definition =
            "  The first column holds the upper bounds of the buckets, rising to inf, the second the events up to each. Inside of a\n"
            "  bucket they are taken as even; good_min and good_max are what the buckets alone say.\n",
        .example = "threshold buckets.csv --below 0.25",
        .input = INPUT_TWO_COLUMNS,
        .options = threshold_options,
        .run = run_threshold,
    },
    {
        .name = "native",
        .summary = "how many events of a native histogram are below a value?",
        .definition =
            "  The first column holds the indexes of the buckets, the second their events; bucket i reaches up to 2^(i 2^-schema).\n"
            "  Inside of a bucket events are taken as even in the logarithm, inside of the zero bucket as even.\n",
        .example = "native buckets.csv --schema 0 --below 2",
        .input = INPUT_TWO_COLUMNS,
        .options = native_options,
        .run = run_native,
    },
    {
        .name = "up",
        .summary = "how many samples of a gauge of 1 and 0 are good?",
        .definition = "  1 is good, anything else is not; missing samples are neither.\n",
        .example = "up 1 1 0 nan 1",
        .input = INPUT_ONE_COLUMN,
        .run = run_up,
    },
    {.name = NULL},
};
