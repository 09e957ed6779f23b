// SPDX-License-Identifier: GPL-3.0-or-later
// Cleaning, then the first rule that applies. Time plays no part: each side is a bag of numbers.
#include "analyzer/kayenta_metric.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stats/effect.h"
#include "stats/fences.h"
#include "stats/rank.h"
#include "stats/shift_interval.h"

#define NOISE_SHARE 1e-5

struct side {
    double *values; // cleaned, in input order
    double *sorted;
    size_t count;
};

static const char *const class_names[] = {
    [KAYENTA_PASS] = "Pass",
    [KAYENTA_HIGH] = "High",
    [KAYENTA_LOW] = "Low",
    [KAYENTA_NODATA] = "Nodata",
    [KAYENTA_NODATA_FAIL] = "NodataFailMetric",
    [KAYENTA_ERROR] = "Error",
};

struct kayenta_effect_limits kayenta_limits_default(enum kayenta_measure measure) {
    double limit = measure == KAYENTA_CLES ? 0.5 : 1.0;
    return (struct kayenta_effect_limits){limit, limit, limit, limit};
}

void kayenta_settings_default(struct kayenta_settings *settings) {
    *settings = (struct kayenta_settings){
        .outlier_factor = 3,
        .limits = kayenta_limits_default(KAYENTA_MEAN_RATIO),
        .tolerance = KAYENTA_TOLERANCE,
        .confidence = KAYENTA_CONFIDENCE,
    };
}

const char *kayenta_class_name(enum kayenta_class class) {
    return class_names[class];
}

bool kayenta_class_parse(const char *name, enum kayenta_class *ret) {
    for (size_t i = 0; i < sizeof class_names / sizeof *class_names; i++) {
        if (strcmp(name, class_names[i]) == 0) {
            *ret = (enum kayenta_class)i;
            return true;
        }
    }
    return false;
}

size_t kayenta_clean_gaps(struct kayenta_sample sample, enum kayenta_nan_strategy strategy, double *ret_values) {
    size_t kept = 0;
    for (size_t i = 0; i < sample.count; i++) {
        if (!isnan(sample.values[i]))
            ret_values[kept++] = sample.values[i];
        else if (strategy == KAYENTA_NAN_REPLACE)
            ret_values[kept++] = 0;
    }
    return kept;
}

static double *sorted_copy(const double *values, size_t count) {
    double *sorted = mem_zero(count + 1, sizeof *sorted);
    if (count > 0) memcpy(sorted, values, count * sizeof *sorted);
    rank_sort(sorted, count);
    return sorted;
}

void kayenta_outliers(struct kayenta_sample sample, double factor, bool guarded, bool *ret_flags) {
    double *sorted = sorted_copy(sample.values, sample.count);
    struct fences fences = fences_quartile(sorted, sample.count, factor, guarded);
    for (size_t i = 0; i < sample.count; i++) ret_flags[i] = fences_outside(fences, sample.values[i]);
    free(sorted);
}

static void side_clean(struct side *side, struct kayenta_sample sample, const struct kayenta_settings *settings) {
    side->values = mem_zero(sample.count + 1, sizeof *side->values);
    side->count = kayenta_clean_gaps(sample, settings->nan_strategy, side->values);
    if (settings->remove_outliers) {
        bool *flags = mem_zero(side->count + 1, sizeof *flags);
        kayenta_outliers((struct kayenta_sample){side->values, side->count}, settings->outlier_factor, true, flags);
        size_t kept = 0;
        for (size_t i = 0; i < side->count; i++) {
            if (!flags[i]) side->values[kept++] = side->values[i];
        }
        side->count = kept;
        free(flags);
    }
    side->sorted = sorted_copy(side->values, side->count);
}

static void side_finish(struct side *side) {
    free(side->values);
    free(side->sorted);
}

static bool side_constant(const struct side *side) {
    return side->sorted[0] == side->sorted[side->count - 1];
}

// Marsaglia's xorshift (2003), then Box and Muller: a fixed sequence of normal deviates.
static double noise_next(uint64_t *state) {
    double uniform[2];
    for (int i = 0; i < 2; i++) {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        uniform[i] = ((double)(*state >> 11) + 0.5) / 9007199254740992.0;
    }
    return sqrt(-2 * log(uniform[0])) * cos(6.283185307179586 * uniform[1]);
}

static void side_add_noise(struct side *side, uint64_t *state) {
    double deviation = side->values[0] * NOISE_SHARE;
    for (size_t i = 0; i < side->count; i++) {
        if (deviation != 0) side->values[i] += deviation * noise_next(state);
    }
    memcpy(side->sorted, side->values, side->count * sizeof *side->values);
    rank_sort(side->sorted, side->count);
}

static bool sides_identical(const struct side *x, const struct side *y) {
    if (x->count != y->count) return false;
    for (size_t i = 0; i < x->count; i++) {
        if (x->sorted[i] != y->sorted[i]) return false;
    }
    return true;
}

static void classify_empty(const char *name, const struct kayenta_settings *settings, struct kayenta_result *ret) {
    if (settings->nan_strategy == KAYENTA_NAN_REPLACE) return; // Pass, without a reason
    snprintf(ret->reason, sizeof ret->reason, "Missing data for %s", name);
    bool fail = settings->must_have_data && !settings->critical;
    ret->class = fail ? KAYENTA_NODATA_FAIL : KAYENTA_NODATA;
    ret->critical = settings->critical;
}

static double effect_of(const struct side *x, const struct side *y, enum kayenta_measure measure, double ratio, double *scratch) {
    return measure == KAYENTA_CLES ? effect_cles(x->sorted, x->count, y->sorted, y->count, scratch) : ratio;
}

// Fills in ratio, interval and effect. False when the interval cannot be computed.
static bool test_shift(const struct side *x, const struct side *y, const struct kayenta_settings *settings, struct kayenta_result *ret) {
    double *scratch = mem_zero(x->count + y->count, sizeof *scratch);
    struct shift_samples samples = {.x = x->sorted, .y = y->sorted, .x_count = x->count, .y_count = y->count, .scratch = scratch};
    struct shift_interval interval;
    shift_samples_prepare(&samples);
    bool good = shift_interval(&samples, settings->confidence, &interval) == SHIFT_OK;
    if (good) {
        ret->ratio = effect_mean_ratio(x->values, x->count, y->values, y->count);
        ret->effect = effect_of(x, y, settings->measure, ret->ratio, scratch);
        ret->lower = interval.lower;
        ret->upper = interval.upper;
        ret->estimate = interval.estimate;
        ret->tested = true;
    }
    free(scratch);
    return good;
}

static bool at_least(double effect, double limit) {
    return isnan(effect) || effect >= limit;
}

static bool at_most(double effect, double limit) {
    return isnan(effect) || effect <= limit;
}

static void classify_tested(const char *name, const struct kayenta_settings *settings, struct kayenta_result *ret) {
    const struct kayenta_effect_limits *limits = &settings->limits;
    double bound = settings->tolerance * fabs(ret->estimate);
    bool critical = false;
    if (settings->direction != KAYENTA_DECREASE && ret->lower > bound && at_least(ret->effect, limits->allowed_increase)) {
        ret->class = KAYENTA_HIGH;
        critical = at_least(ret->effect, limits->critical_increase);
    } else if (settings->direction != KAYENTA_INCREASE && ret->upper < -bound && at_most(ret->effect, limits->allowed_decrease)) {
        ret->class = KAYENTA_LOW;
        critical = at_most(ret->effect, limits->critical_decrease);
    } else {
        return; // Pass
    }
    ret->critical = settings->critical && critical;
    const char *class = kayenta_class_name(ret->class);
    if (ret->critical)
        snprintf(ret->reason, sizeof ret->reason, "The metric %s was classified as %s (Critical)", name, class);
    else
        snprintf(ret->reason, sizeof ret->reason, "%s was classified as %s", name, class);
}

static void classify_sides(const char *name, struct side *x, struct side *y, const struct kayenta_settings *settings,
                           struct kayenta_result *ret) {
    *ret = (struct kayenta_result){.class = KAYENTA_PASS, .has_ratio = true, .ratio = 1};
    summary_of(x->values, x->count, &ret->experiment);
    summary_of(y->values, y->count, &ret->control);
    if (x->count == 0 || y->count == 0) {
        classify_empty(name, settings, ret);
        return;
    }
    if (sides_identical(x, y)) {
        snprintf(ret->reason, sizeof ret->reason, "The Canary and Baseline data are identical");
        return;
    }
    if (side_constant(x) && side_constant(y)) {
        if (x->sorted[0] == y->sorted[0]) return; // one single value over both sides: Pass, without a reason
        uint64_t state = 0x9e3779b97f4a7c15u;
        side_add_noise(x, &state);
        side_add_noise(y, &state);
        ret->randomised = true;
    }
    if (test_shift(x, y, settings, ret)) {
        classify_tested(name, settings, ret);
        return;
    }
    ret->class = KAYENTA_ERROR;
    ret->has_ratio = false;
    snprintf(ret->reason, sizeof ret->reason, "Metric Classification Failed");
}

bool kayenta_classify(const char *name, struct kayenta_sample experiment, struct kayenta_sample control,
                      const struct kayenta_settings *settings, struct kayenta_result *ret, struct error *err) {
    if (settings->remove_outliers && !(settings->outlier_factor > 0))
        return error_set(err, ERROR_CONFIG, "metric %s: outliers.outlierFactor must be above 0, is %g", name, settings->outlier_factor);
    struct side x = {0}, y = {0};
    side_clean(&x, experiment, settings);
    side_clean(&y, control, settings);
    classify_sides(name, &x, &y, settings, ret);
    side_finish(&x);
    side_finish(&y);
    return true;
}
