// SPDX-License-Identifier: GPL-3.0-or-later
// Cases of the Kayenta-compatible judge: classes and scores.
#include <stdlib.h>
#include <string.h>

#include "analyzer/kayenta_metric.h"
#include "analyzer/kayenta_score.h"
#include "conform.h"

struct sides {
    struct conform_numbers x, y; // experiment, control
};

static bool read_sides(const json_t *inputs, struct sides *ret, struct error *err) {
    bool good = conform_numbers(json_object_get(inputs, "experiment"), &ret->x);
    return (conform_numbers(json_object_get(inputs, "control"), &ret->y) && good) || error_set(err, ERROR_DATA, "a sample is not a number");
}

static void free_sides(struct sides *sides) {
    free(sides->x.values);
    free(sides->y.values);
}

static bool text_is(const json_t *object, const char *name, const char *text) {
    const char *found = conform_text(object, name);
    return found != NULL && strcmp(found, text) == 0;
}

// As the reference casts them: doubles, or integers of 32 bits.
static bool is_setting_number(const json_t *value) {
    if (json_is_integer(value)) return json_integer_value(value) >= INT32_MIN && json_integer_value(value) <= INT32_MAX;
    return json_is_real(value) || value == NULL || json_is_null(value);
}

// A number or a boolean where the settings want one; the reference aborts the judgement otherwise.
static bool check_kinds(const json_t *settings, struct error *err) {
    static const char *const flags[] = {"critical", "mustHaveData", "muted"};
    static const char *const numbers[] = {"allowedIncrease", "allowedDecrease", "criticalIncrease", "criticalDecrease"};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        const json_t *value = json_object_get(settings, flags[i]);
        if (value != NULL && !json_is_null(value) && !json_is_boolean(value))
            return error_set(err, ERROR_CONFIG, "%s must be true or false", flags[i]);
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const json_t *value = json_object_get(json_object_get(settings, "effectSize"), numbers[i]);
        if (!is_setting_number(value)) return error_set(err, ERROR_CONFIG, "effectSize.%s must be a number", numbers[i]);
    }
    const json_t *factor = json_object_get(json_object_get(settings, "outliers"), "outlierFactor");
    if (!is_setting_number(factor)) return error_set(err, ERROR_CONFIG, "outliers.outlierFactor must be a number");
    return true;
}

static bool read_settings(const json_t *json, struct kayenta_settings *ret, struct error *err) {
    kayenta_settings_default(ret);
    if (text_is(json, "direction", "increase")) ret->direction = KAYENTA_INCREASE;
    if (text_is(json, "direction", "decrease")) ret->direction = KAYENTA_DECREASE;
    if (text_is(json, "nanStrategy", "replace")) ret->nan_strategy = KAYENTA_NAN_REPLACE;
    const json_t *outliers = json_object_get(json, "outliers"), *effect = json_object_get(json, "effectSize");
    ret->remove_outliers = text_is(outliers, "strategy", "remove");
    ret->outlier_factor = conform_double(outliers, "outlierFactor", ret->outlier_factor);
    ret->critical = conform_bool(json, "critical", false);
    ret->must_have_data = conform_bool(json, "mustHaveData", false);
    ret->muted = conform_bool(json, "muted", false);
    if (text_is(effect, "measure", "cles")) ret->measure = KAYENTA_CLES;
    ret->limits = kayenta_limits_default(ret->measure);
    ret->limits.allowed_increase = conform_double(effect, "allowedIncrease", ret->limits.allowed_increase);
    ret->limits.allowed_decrease = conform_double(effect, "allowedDecrease", ret->limits.allowed_decrease);
    ret->limits.critical_increase = conform_double(effect, "criticalIncrease", ret->limits.critical_increase);
    ret->limits.critical_decrease = conform_double(effect, "criticalDecrease", ret->limits.critical_decrease);
    return check_kinds(json, err);
}

static json_t *summary_json(const struct summary *s) {
    return json_pack("{s:o, s:o, s:o, s:o, s:I}", "min", conform_real(s->min), "max", conform_real(s->max), "mean", conform_real(s->mean),
                     "std", conform_real(s->std), "count", (json_int_t)s->count);
}

static json_t *result_json(const struct kayenta_result *r) {
    json_t *out =
        json_pack("{s:s, s:o, s:b, s:o, s:o, s:o}", "classification", kayenta_class_name(r->class), "classificationReason",
                  conform_text_or_null(r->reason), "critical", r->critical, "ratio", r->has_ratio ? conform_real(r->ratio) : json_null(),
                  "experimentStats", summary_json(&r->experiment), "controlStats", summary_json(&r->control));
    if (r->tested) {
        json_object_set_new(out, "internals",
                            json_pack("{s:o, s:o, s:o, s:o}", "ciLower", conform_real(r->lower), "ciUpper", conform_real(r->upper),
                                      "estimate", conform_real(r->estimate), "effectSize", conform_real(r->effect)));
    }
    return out;
}

static json_t *classify(const json_t *inputs, const struct kayenta_settings *settings, struct error *err) {
    static const char *const names[] = {"metricName", "name", NULL};
    const char *name = json_string_value(conform_any(inputs, names));
    struct sides sides;
    struct kayenta_result result;
    bool ok = read_sides(inputs, &sides, err);
    struct kayenta_sample x = {sides.x.values, sides.x.count}, y = {sides.y.values, sides.y.count};
    ok = ok && kayenta_classify(name != NULL ? name : "", x, y, settings, &result, err);
    free_sides(&sides);
    return ok ? result_json(&result) : NULL;
}

static json_t *judge_metric(const json_t *inputs, struct error *err) {
    struct kayenta_settings settings;
    return read_settings(json_object_get(inputs, "canary"), &settings, err) ? classify(inputs, &settings, err) : NULL;
}

static json_t *classify_default(const json_t *inputs, struct error *err) {
    struct kayenta_settings settings;
    if (!read_settings(inputs, &settings, err)) return NULL;
    settings.tolerance = conform_double(inputs, "tolerance", settings.tolerance);
    settings.confidence = conform_double(inputs, "confidenceLevel", settings.confidence);
    json_t *out = classify(inputs, &settings, err);
    if (out != NULL) json_object_set(out, "deviation", json_object_get(out, "ratio"));
    return out;
}

static bool read_result(const json_t *json, struct arena *arena, struct kayenta_scored *ret, struct error *err) {
    static const char *const reasons[] = {"reason", "classificationReason", NULL};
    const char *class = conform_text(json, "classification");
    if (class == NULL || !kayenta_class_parse(class, &ret->class)) return error_set(err, ERROR_DATA, "unknown class");
    const json_t *groups = json_object_get(json, "groups");
    const char **names = arena_array(arena, json_array_size(groups) + 1, sizeof *names);
    for (size_t i = 0; i < json_array_size(groups); i++) names[i] = json_string_value(json_array_get(groups, i));
    ret->groups = names;
    ret->group_count = json_array_size(groups);
    ret->reason = json_string_value(conform_any(json, reasons));
    ret->critical = conform_bool(json, "critical", false);
    ret->muted = conform_bool(json, "muted", false);
    return true;
}

static bool read_score_input(const json_t *inputs, struct arena *arena, struct kayenta_score_input *ret, struct error *err) {
    const json_t *results = json_object_get(inputs, "results"), *thresholds = json_object_get(inputs, "thresholds");
    json_t *weights = json_object_get(inputs, "groupWeights");
    struct kayenta_scored *scored = arena_array(arena, json_array_size(results) + 1, sizeof *scored);
    struct kayenta_weight *given = arena_array(arena, json_object_size(weights) + 1, sizeof *given);
    *ret = (struct kayenta_score_input){.results = scored, .weights = given};
    for (size_t i = 0; i < json_array_size(results); i++) {
        if (!read_result(json_array_get(results, i), arena, &scored[ret->result_count++], err)) return false;
    }
    const char *group;
    json_t *weight;
    json_object_foreach(weights, group, weight) {
        struct kayenta_weight *one = &given[ret->weight_count++];
        one->group = group;
        if (!conform_number(weight, &one->weight)) return error_set(err, ERROR_DATA, "the weight of group %s is no number", group);
    }
    ret->pass = conform_double(thresholds, "pass", 0);
    ret->marginal = conform_double(thresholds, "marginal", 0);
    return true;
}

static json_t *score_json(const struct kayenta_score *score) {
    json_t *groups = json_object();
    for (size_t i = 0; i < score->group_count; i++)
        json_object_set_new(groups, score->groups[i].name, conform_real(score->groups[i].score));
    return json_pack("{s:o, s:s, s:s, s:o}", "score", conform_real(score->score), "classification", kayenta_score_class_name(score->class),
                     "classificationReason", score->reason, "groupScores", groups);
}

static json_t *judge_score(const json_t *inputs, struct error *err) {
    struct arena arena = {0};
    struct kayenta_score_input input;
    struct kayenta_score score;
    json_t *out = NULL;
    if (read_score_input(inputs, &arena, &input, err)) {
        kayenta_score(&input, &arena, &score);
        out = score_json(&score);
    }
    arena_finish(&arena);
    return out;
}

const struct conform_kind conform_kayenta_judge[] = {
    {"judge.metric", judge_metric},
    {"judge.score", judge_score},
    {"score.weighted_sum", judge_score},
    {"classify.mann_whitney", classify_default},
    {NULL, NULL},
};
