// SPDX-License-Identifier: GPL-3.0-or-later
// Cases of the numerics under the Kayenta-compatible judge: cleaning, summaries, effects and the interval of the shift.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/kayenta_metric.h"
#include "base/mem.h"
#include "conform.h"
#include "stats/effect.h"
#include "stats/normal.h"
#include "stats/quantile.h"
#include "stats/rank.h"
#include "stats/shift_interval.h"
#include "stats/summary.h"

struct samples { // both sides sorted, ready for the shift functions
    struct conform_numbers x, y;
    struct shift_samples shift;
};

static bool read_data(const json_t *inputs, struct conform_numbers *ret, struct error *err) {
    static const char *const names[] = {"data", "values", NULL};
    if (conform_numbers(conform_any(inputs, names), ret)) return true;
    free(ret->values);
    return error_set(err, ERROR_DATA, "a value is not a number");
}

static json_t *value_json(double value) {
    return json_pack("{s:o}", "value", conform_real(value));
}

static json_t *clean_gaps(const json_t *inputs, enum kayenta_nan_strategy strategy, struct error *err) {
    struct conform_numbers data;
    if (!read_data(inputs, &data, err)) return NULL;
    struct kayenta_sample sample = {data.values, data.count};
    size_t count = kayenta_clean_gaps(sample, strategy, data.values);
    json_t *out = json_pack("{s:o}", "data", conform_reals(data.values, count));
    free(data.values);
    return out;
}

static json_t *nan_remove(const json_t *inputs, struct error *err) {
    return clean_gaps(inputs, KAYENTA_NAN_REMOVE, err);
}

static json_t *nan_replace(const json_t *inputs, struct error *err) {
    static const char *const names[] = {"value", "replacement", "replaceWith", NULL};
    const json_t *value = conform_any(inputs, names);
    if (value == NULL || json_number_value(value) == 0) return clean_gaps(inputs, KAYENTA_NAN_REPLACE, err);
    error_set(err, ERROR_CONFIG, "the judge replaces a gap by 0 only");
    return NULL;
}

// Flags of the data; the caller frees both.
static bool outliers(const json_t *inputs, struct conform_numbers *ret_data, bool **ret_flags, struct error *err) {
    double factor = conform_double(inputs, "factor", conform_double(inputs, "outlierFactor", 3));
    if (!(factor > 0)) return error_set(err, ERROR_CONFIG, "the outlier factor must be above 0");
    if (!read_data(inputs, ret_data, err)) return false;
    *ret_flags = mem_zero(ret_data->count + 1, sizeof **ret_flags);
    kayenta_outliers((struct kayenta_sample){ret_data->values, ret_data->count}, factor, conform_bool(inputs, "reduceSensitivity", false),
                     *ret_flags);
    return true;
}

static json_t *detect_iqr(const json_t *inputs, struct error *err) {
    struct conform_numbers data;
    bool *flags;
    if (!outliers(inputs, &data, &flags, err)) return NULL;
    json_t *array = json_array();
    for (size_t i = 0; i < data.count; i++) json_array_append_new(array, json_boolean(flags[i]));
    free(flags);
    free(data.values);
    return json_pack("{s:o}", "outlier", array);
}

static json_t *outlier_remove(const json_t *inputs, struct error *err) {
    struct conform_numbers data;
    bool *flags;
    if (!outliers(inputs, &data, &flags, err)) return NULL;
    json_t *array = json_array();
    for (size_t i = 0; i < data.count; i++) {
        if (!flags[i]) json_array_append_new(array, conform_real(data.values[i]));
    }
    free(flags);
    free(data.values);
    return json_pack("{s:o}", "data", array);
}

static json_t *stats_summary(const json_t *inputs, struct error *err) {
    struct conform_numbers data;
    struct summary s;
    if (!read_data(inputs, &data, err)) return NULL;
    summary_of(data.values, data.count, &s);
    free(data.values);
    return json_pack("{s:o, s:o, s:o, s:o, s:I}", "min", conform_real(s.min), "max", conform_real(s.max), "mean", conform_real(s.mean),
                     "std", conform_real(s.std), "count", (json_int_t)s.count);
}

static json_t *stats_percentile(const json_t *inputs, struct error *err) {
    static const char *const names[] = {"p", "percentile", NULL};
    struct conform_numbers data;
    double percent;
    if (!conform_number(conform_any(inputs, names), &percent)) {
        error_set(err, ERROR_DATA, "p is missing");
        return NULL;
    }
    if (!read_data(inputs, &data, err)) return NULL;
    rank_sort(data.values, data.count);
    double value = quantile_sorted(data.values, data.count, percent / 100);
    free(data.values);
    return value_json(value);
}

static bool read_samples(const json_t *inputs, struct samples *ret, struct error *err) {
    static const char *const x_names[] = {"experiment", "x", "experimentData", NULL};
    static const char *const y_names[] = {"control", "y", "controlData", NULL};
    bool good = conform_numbers(conform_any(inputs, x_names), &ret->x);
    good = conform_numbers(conform_any(inputs, y_names), &ret->y) && good;
    ret->shift = (struct shift_samples){.x = ret->x.values, .y = ret->y.values, .x_count = ret->x.count, .y_count = ret->y.count};
    ret->shift.scratch = mem_zero(ret->x.count + ret->y.count + 1, sizeof *ret->shift.scratch);
    return good || error_set(err, ERROR_DATA, "a sample is not a number");
}

static void sort_samples(struct samples *samples) {
    rank_sort(samples->x.values, samples->x.count);
    rank_sort(samples->y.values, samples->y.count);
    shift_samples_prepare(&samples->shift);
}

static void free_samples(struct samples *samples) {
    free(samples->x.values);
    free(samples->y.values);
    free(samples->shift.scratch);
}

static json_t *mean_ratio(const json_t *inputs, struct error *err) {
    struct samples s;
    json_t *out = NULL;
    if (read_samples(inputs, &s, err)) out = value_json(effect_mean_ratio(s.x.values, s.x.count, s.y.values, s.y.count));
    free_samples(&s);
    return out;
}

static json_t *cles(const json_t *inputs, struct error *err) {
    struct samples s;
    json_t *out = NULL;
    if (read_samples(inputs, &s, err)) {
        sort_samples(&s);
        out = value_json(effect_cles(s.x.values, s.x.count, s.y.values, s.y.count, s.shift.scratch));
    }
    free_samples(&s);
    return out;
}

static bool check(enum shift_status status, struct error *err) {
    static const char *const texts[] = {[SHIFT_OK] = "",
                                        [SHIFT_EMPTY] = "a side has no sample",
                                        [SHIFT_NO_VARIANCE] = "cannot compute confidence interval when all observations are tied"};
    return status == SHIFT_OK || error_set(err, ERROR_DATA, "%s", texts[status]);
}

static json_t *wilcoxon_diff(const json_t *inputs, struct error *err) {
    static const char *const quantiles[] = {"quantile", "q", "zq", "zQuant", NULL};
    struct samples s;
    json_t *out = NULL;
    double quantile = 0, value;
    conform_number(conform_any(inputs, quantiles), &quantile);
    if (read_samples(inputs, &s, err)) {
        sort_samples(&s);
        if (check(shift_statistic(&s.shift, conform_double(inputs, "mu", 0), quantile, &value), err)) out = value_json(value);
    }
    free_samples(&s);
    return out;
}

static json_t *normal_quantile_of(const json_t *inputs, struct error *err) {
    double p;
    if (conform_number(json_object_get(inputs, "p"), &p) && p >= 0 && p <= 1) return value_json(normal_quantile(p));
    error_set(err, ERROR_DATA, "p must be a number from 0 to 1");
    return NULL;
}

static json_t *confidence_interval(const json_t *inputs, struct error *err) {
    struct samples s;
    struct shift_interval interval;
    json_t *out = NULL;
    if (read_samples(inputs, &s, err)) {
        sort_samples(&s);
        if (check(shift_interval(&s.shift, conform_double(inputs, "confidenceLevel", KAYENTA_CONFIDENCE), &interval), err))
            out = json_pack("{s:o, s:o, s:o}", "lower", conform_real(interval.lower), "upper", conform_real(interval.upper), "estimate",
                            conform_real(interval.estimate));
    }
    free_samples(&s);
    return out;
}

// The values at both ends of the range and the root over all of it, for one quantile; names take the suffix.
static bool add_root(json_t *out, const struct shift_samples *shift, double quantile, const char *suffix, const char *const *names,
                     struct error *err) {
    double low, high, root;
    char key[32];
    if (!check(shift_statistic(shift, shift_lowest(shift), quantile, &low), err) ||
        !check(shift_statistic(shift, shift_highest(shift), quantile, &high), err) || !check(shift_root(shift, quantile, &root), err))
        return false;
    snprintf(key, sizeof key, "fLower%s", suffix);
    json_object_set_new(out, key, conform_real(low));
    snprintf(key, sizeof key, "fUpper%s", suffix);
    json_object_set_new(out, key, conform_real(high));
    for (; *names != NULL; names++) json_object_set_new(out, *names, conform_real(root));
    return true;
}

static bool add_intermediate(json_t *out, const struct shift_samples *shift, double reach, struct error *err) {
    static const char *const lower[] = {"ciLower", "lower", NULL}, *const upper[] = {"ciUpper", "upper", NULL};
    static const char *const estimate[] = {"est", "estimate", NULL};
    if (shift->x_count == 0 || shift->y_count == 0) return check(SHIFT_EMPTY, err);
    json_object_set_new(out, "muMin", conform_real(shift_lowest(shift)));
    json_object_set_new(out, "muMax", conform_real(shift_highest(shift)));
    json_object_set_new(out, "zqLower", conform_real(reach));
    json_object_set_new(out, "zqUpper", conform_real(-reach));
    return add_root(out, shift, 0, "0", estimate, err) && add_root(out, shift, reach, "1", lower, err) &&
           add_root(out, shift, -reach, "2", upper, err);
}

static json_t *intermediate(const json_t *inputs, struct error *err) {
    struct samples s;
    json_t *out = json_object();
    bool ok = read_samples(inputs, &s, err);
    if (ok) {
        sort_samples(&s);
        ok = add_intermediate(out, &s.shift, normal_two_sided(conform_double(inputs, "confidenceLevel", KAYENTA_CONFIDENCE)), err);
    }
    free_samples(&s);
    if (ok) return out;
    json_decref(out);
    return NULL;
}

const struct conform_kind conform_kayenta_stats[] = {
    {"detect.iqr", detect_iqr},
    {"transform.nan_remove", nan_remove},
    {"transform.nan_replace", nan_replace},
    {"transform.outlier_remove", outlier_remove},
    {"transform.outlier_remove_iqr", outlier_remove},
    {"stats.summary", stats_summary},
    {"stats.percentile", stats_percentile},
    {"effect.mean_ratio", mean_ratio},
    {"effect.cles", cles},
    {"mw.wilcoxon_diff", wilcoxon_diff},
    {"mw.normal_quantile", normal_quantile_of},
    {"mw.confidence_interval", confidence_interval},
    {"mw.intermediate", intermediate},
    {NULL, NULL},
};
