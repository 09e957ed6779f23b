// SPDX-License-Identifier: GPL-3.0-or-later
// How NetflixACAJudge-v1.0 cleans and classifies one metric, number for number and quirk for quirk.
// The reference adds unseeded noise where both sides are constant; serin's noise is a fixed sequence, so that the same
// input always gives the same result.
#ifndef ANALYZER_KAYENTA_METRIC_H
#define ANALYZER_KAYENTA_METRIC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "stats/summary.h"

#define KAYENTA_TOLERANCE 0.25
#define KAYENTA_CONFIDENCE 0.98

enum kayenta_direction { KAYENTA_EITHER, KAYENTA_INCREASE, KAYENTA_DECREASE };
enum kayenta_nan_strategy { KAYENTA_NAN_REMOVE, KAYENTA_NAN_REPLACE };
enum kayenta_measure { KAYENTA_MEAN_RATIO, KAYENTA_CLES };

struct kayenta_effect_limits {
    double allowed_increase, allowed_decrease, critical_increase, critical_decrease;
};

struct kayenta_settings {
    enum kayenta_direction direction;
    enum kayenta_nan_strategy nan_strategy;
    bool remove_outliers;
    double outlier_factor; // must be positive when outliers are removed
    bool critical, must_have_data;
    bool muted; // for the scorer; classified all the same
    enum kayenta_measure measure;
    struct kayenta_effect_limits limits;
    double tolerance, confidence;
};

enum kayenta_class { KAYENTA_PASS, KAYENTA_HIGH, KAYENTA_LOW, KAYENTA_NODATA, KAYENTA_NODATA_FAIL, KAYENTA_ERROR };

struct kayenta_result {
    enum kayenta_class class;
    char reason[512]; // "" for none
    bool critical;
    bool has_ratio;                        // false only for KAYENTA_ERROR
    double ratio;                          // mean of the canary by mean of the baseline, may be NaN
    struct summary experiment, control;    // after cleaning
    bool tested;                           // the fields below were computed
    bool randomised;                       // noise was added
    double lower, upper, estimate, effect; // of the shift canary - baseline; effect by the chosen measure, may be NaN
};

struct kayenta_sample {
    const double *values;
    size_t count;
};

void kayenta_settings_default(struct kayenta_settings *settings);

// Limits that allow any size, for the measure: 1 for the ratio of means, 0.5 for the common language effect size.
struct kayenta_effect_limits kayenta_limits_default(enum kayenta_measure measure);

const char *kayenta_class_name(enum kayenta_class class); // "Pass", "High", "Low", "Nodata", "NodataFailMetric", "Error"
bool kayenta_class_parse(const char *name, enum kayenta_class *ret);

// Removes or replaces NaN; ret_values has room for sample.count. Returns how many values there are now.
size_t kayenta_clean_gaps(struct kayenta_sample sample, enum kayenta_nan_strategy strategy, double *ret_values);

// Whether each value lies strictly outside the quartile fences. With `guarded` the fences never cut inside P1 and P99.
void kayenta_outliers(struct kayenta_sample sample, double factor, bool guarded, bool *ret_flags);

// The whole path of one metric: gaps, outliers, statistics, class. False with err when the settings cannot be used, which
// fails the whole judgement and not just this metric.
bool kayenta_classify(const char *name, struct kayenta_sample experiment, struct kayenta_sample control,
                      const struct kayenta_settings *settings, struct kayenta_result *ret, struct error *err);

#endif
