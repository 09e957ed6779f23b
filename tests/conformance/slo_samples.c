// SPDX-License-Identifier: GPL-3.0-or-later
// Cases of service levels from raw data: counters, histograms and gauges of 0 and 1.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conform.h"
#include "query/increase.h"
#include "stats/burn_rate.h"
#include "stats/histogram_sli.h"
#include "stats/objective.h"

static json_t *number_json(double value) {
    return isnan(value) ? json_null() : conform_real(value);
}

static double item_number(const json_t *list, size_t i) {
    double value;
    return conform_number(json_array_get(list, i), &value) ? value : (double)NAN;
}

static int64_t milliseconds(double seconds) {
    return (int64_t)llround(1000 * seconds);
}

static json_t *increase_json(const json_t *inputs, const struct series *samples, enum increase_range range) {
    struct increase got;
    increase_within(samples, milliseconds(conform_double(inputs, "start_s", 0)), milliseconds(conform_double(inputs, "end_s", 0)), range,
                    &got);
    return json_pack("{s:o, s:o}", "raw_increase", number_json(got.raw), "increase", number_json(got.extrapolated));
}

static json_t *counters(const json_t *inputs, struct error *err) {
    (void)err;
    const json_t *list = json_object_get(inputs, "samples");
    struct series_set set;
    series_set_init(&set);
    struct series *samples = series_set_add(&set);
    for (size_t i = 0; i < json_array_size(list); i++)
        series_append(samples, milliseconds(item_number(json_array_get(list, i), 0)), item_number(json_array_get(list, i), 1));
    json_t *out = json_pack("{s:o, s:o}", "closed", increase_json(inputs, samples, INCREASE_CLOSED), "left_open",
                            increase_json(inputs, samples, INCREASE_LEFT_OPEN));
    series_set_finish(&set);
    return out;
}

static json_t *sli_json(const json_t *inputs, enum stats_status status, const struct histogram_sli *sli) {
    double budget = objective_budget(conform_double(inputs, "objective_percent", (double)NAN));
    double rate = burn_rate_of((struct event_counts){sli->total - sli->good, sli->total}, budget);
    const char *text = status == STATS_OK ? "ok" : status == STATS_NODATA ? "no_data" : "invalid";
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "status", text, "total", number_json(sli->total), "good",
                     number_json(sli->good), "good_min", number_json(sli->good_min), "good_max", number_json(sli->good_max), "error_ratio",
                     number_json(sli->error_ratio), "burn_rate", number_json(rate), "exact", sli->exact);
}

static double bound_of(const json_t *bucket) {
    const char *text = conform_text(bucket, "le");
    return text != NULL ? strtod(text, NULL) : conform_double(bucket, "le", (double)NAN);
}

static int by_bound(const void *a, const void *b) {
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static json_t *classic(const json_t *inputs) {
    const json_t *list = json_object_get(inputs, "buckets");
    size_t count = json_array_size(list);
    double(*pairs)[2] = mem_zero(count + 1, sizeof *pairs);
    double *bounds = mem_zero(2 * count + 1, sizeof *bounds), *cumulative = bounds + count;
    for (size_t i = 0; i < count; i++) {
        pairs[i][0] = bound_of(json_array_get(list, i));
        pairs[i][1] = conform_double(json_array_get(list, i), "increase", (double)NAN);
    }
    qsort(pairs, count, sizeof *pairs, by_bound);
    for (size_t i = 0; i < count; i++) {
        bounds[i] = pairs[i][0];
        cumulative[i] = pairs[i][1];
    }
    struct histogram_sli got;
    enum stats_status status = histogram_sli_classic(bounds, cumulative, count, conform_double(inputs, "threshold_s", (double)NAN), &got);
    free(pairs);
    free(bounds);
    return sli_json(inputs, status, &got);
}

static struct native_bucket *read_buckets(const json_t *list, size_t *ret_count) {
    *ret_count = json_array_size(list);
    struct native_bucket *buckets = mem_zero(*ret_count + 1, sizeof *buckets);
    for (size_t i = 0; i < *ret_count; i++) {
        const json_t *bucket = json_array_get(list, i);
        buckets[i] = (struct native_bucket){(int32_t)item_number(bucket, 0), item_number(bucket, 1)};
    }
    return buckets;
}

static json_t *native(const json_t *inputs) {
    struct native_histogram histogram = {.schema = (int)conform_integer(inputs, "schema", 0),
                                         .zero_threshold = conform_double(inputs, "zero_threshold", 0),
                                         .zero_count = conform_double(inputs, "zero_count", 0)};
    struct native_bucket *positive = read_buckets(json_object_get(inputs, "positive"), &histogram.positive_count);
    struct native_bucket *negative = read_buckets(json_object_get(inputs, "negative"), &histogram.negative_count);
    histogram.positive = positive;
    histogram.negative = negative;
    struct histogram_sli got;
    enum stats_status status = histogram_sli_native(&histogram, conform_double(inputs, "threshold_s", (double)NAN), &got);
    free(positive);
    free(negative);
    return sli_json(inputs, status, &got);
}

static json_t *bool_gauge(const json_t *inputs) {
    struct conform_numbers samples;
    struct histogram_sli got;
    enum stats_status status = STATS_INVALID;
    if (conform_numbers(json_object_get(inputs, "samples"), &samples)) status = histogram_sli_gauge(samples.values, samples.count, &got);
    free(samples.values);
    return status != STATS_INVALID ? sli_json(inputs, status, &got) : json_pack("{s:s}", "status", "invalid");
}

static json_t *histogram_sli(const json_t *inputs, struct error *err) {
    const char *kind = conform_text(inputs, "kind");
    if (kind != NULL && strcmp(kind, "classic") == 0) return classic(inputs);
    if (kind != NULL && strcmp(kind, "native") == 0) return native(inputs);
    if (kind != NULL && strcmp(kind, "bool_gauge") == 0) return bool_gauge(inputs);
    error_set(err, ERROR_DATA, "unknown kind of histogram");
    return NULL;
}

const struct conform_kind conform_slo_samples[] = {
    {"slo.counters", counters},
    {"slo.histogram_sli", histogram_sli},
    {NULL, NULL},
};
