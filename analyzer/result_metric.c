// SPDX-License-Identifier: GPL-3.0-or-later
#include "result_metric.h"

#include <math.h>
#include <string.h>

#include "result_evidence.h"
#include "result_number.h"

static json_t *tags(const struct name_values *values) {
    json_t *map = json_object();
    for (size_t i = 0; i < values->count; i++) json_object_set_new(map, values->items[i].name, result_text(values->items[i].value));
    return map;
}

static json_t *summary(const struct summary *s) {
    json_t *item = json_object();
    json_object_set_new(item, "samples", json_integer((json_int_t)s->count));
    json_object_set_new(item, "min", s->count > 0 ? result_number(s->min) : json_null());
    json_object_set_new(item, "max", s->count > 0 ? result_number(s->max) : json_null());
    json_object_set_new(item, "mean", s->count > 0 ? result_number(s->mean) : json_null());
    json_object_set_new(item, "std", s->count > 0 ? result_number(s->std) : json_null());
    return item;
}

static json_t *shift(const struct metric_config *config, const struct kayenta_result *judged) {
    if (!judged->tested) return json_null();
    json_t *item = json_object();
    json_object_set_new(item, "estimate", result_number(judged->estimate));
    json_object_set_new(item, "lower", result_number(judged->lower));
    json_object_set_new(item, "upper", result_number(judged->upper));
    json_object_set_new(item, "confidence", result_number(config->judge.confidence));
    return item;
}

static json_t *effect(const struct metric_config *config, const struct kayenta_result *judged) {
    if (!judged->tested) return json_null();
    json_t *item = json_object();
    json_object_set_new(item, "measure", json_string(config->judge.measure == KAYENTA_CLES ? "cles" : "meanRatio"));
    json_object_set_new(item, "value", result_number(judged->effect));
    return item;
}

static json_t *count_or_null(int64_t count) {
    return count < 0 ? json_null() : json_integer(count);
}

static json_t *limit(const struct metric_config *config, const struct metric_result *metric) {
    if (config->kind != METRIC_THRESHOLD) return json_null();
    json_t *item = json_object();
    result_limits(item, &config->limits);
    json_object_set_new(item, "outside", json_integer(metric->outside));
    json_object_set_new(item, "allowed", count_or_null(config->allowed));
    json_object_set_new(item, "in_a_row", json_integer(metric->in_a_row));
    json_object_set_new(item, "consecutive", count_or_null(config->consecutive));
    return item;
}

static json_t *trend(const struct side_samples *column) {
    json_t *list = json_array();
    for (size_t i = 0; i < TREND_POINTS; i++) {
        json_array_append_new(list, isfinite(column->trend[i]) ? result_number(column->trend[i]) : json_null());
    }
    return list;
}

static json_t *counts(const struct metric_config *config, const struct side_samples *column) {
    json_t *item = json_object();
    json_object_set_new(item, "bad", config->kind == METRIC_COUNTS ? result_number(column->bad) : json_null());
    json_object_set_new(item, "total", result_number(column->total));
    return item;
}

static json_t *sides(json_t *baseline, json_t *canary) {
    json_t *item = json_object();
    json_object_set_new(item, "baseline", baseline);
    json_object_set_new(item, "canary", canary);
    return item;
}

// Of the samples that were compared; the judge serin compares all that are finite.
static struct summary summary_of_side(const struct metric_config *config, const struct metric_result *metric, enum side side) {
    const struct side_samples *column = &metric->samples->sides[side];
    struct summary s = {0};
    if (config->kind == METRIC_THRESHOLD) return metric->summary;
    if (metric->compared) return side == SIDE_BASELINE ? metric->judged.control : metric->judged.experiment;
    struct arena scratch = {0};
    double *values = arena_array(&scratch, column->count, sizeof *values);
    size_t count = 0;
    for (size_t i = 0; i < column->count; i++) {
        if (isfinite(column->values[i])) values[count++] = column->values[i];
    }
    summary_of(values, count, &s);
    arena_finish(&scratch);
    return s;
}

static json_t *ratio(const struct metric_config *config, const struct metric_result *metric, const struct summary *baseline,
                     const struct summary *canary) {
    if (metric->compared) return metric->judged.has_ratio ? result_number(metric->judged.ratio) : json_null();
    bool both = baseline->count > 0 && canary->count > 0 && config->kind != METRIC_THRESHOLD;
    return both ? result_number(canary->mean / baseline->mean) : json_null();
}

// What the judges serin and threshold give beside the classification.
static void add_role(json_t *m, const struct metric_config *config, const struct metric_result *metric) {
    json_object_set_new(m, "required", json_boolean(config->required));
    json_object_set_new(m, "role", json_string(metric_role_name(metric->role)));
    json_object_set_new(m, "weight", result_number(metric->weight));
    json_object_set_new(m, "points", result_number(metric->points));
}

static void add_comparison(json_t *m, const struct plan *plan, const struct metric_config *config, const struct metric_result *metric) {
    const struct kayenta_result *judged = &metric->judged;
    bool serin = strcmp(plan->config->judge.name, "serin") == 0;
    struct summary baseline = summary_of_side(config, metric, SIDE_BASELINE), canary = summary_of_side(config, metric, SIDE_CANARY);
    json_object_set_new(m, "ratio", ratio(config, metric, &baseline, &canary));
    json_object_set_new(m, "shift", metric->compared ? shift(config, judged) : result_ranks_shift(plan, metric));
    json_object_set_new(m, "effect", metric->compared ? effect(config, judged) : result_ranks_effect(metric));
    json_object_set_new(m, "limit", limit(config, metric));
    json_object_set_new(m, "tolerance", serin && config->kind != METRIC_THRESHOLD ? result_tolerance(config) : json_null());
    json_object_set_new(m, "evidence", result_evidence(plan, config, metric));
    json_object_set_new(m, "quantiles", result_quantiles(config, metric));
    json_object_set_new(m, "baseline", config->kind == METRIC_THRESHOLD ? json_null() : summary(&baseline));
    json_object_set_new(m, "canary", summary(&canary));
}

json_t *result_metric(const struct plan *plan, const struct metric_result *metric) {
    const struct metric_samples *samples = metric->samples;
    const struct metric_config *config = &plan->config->metrics[samples->metric];
    const struct side_samples *baseline = &samples->sides[SIDE_BASELINE], *canary = &samples->sides[SIDE_CANARY];
    bool counted = config->kind == METRIC_COUNTS || config->kind == METRIC_HISTOGRAM;
    json_t *m = json_object();
    json_object_set_new(m, "name", json_string(config->name));
    json_object_set_new(m, "tags", tags(&samples->tags));
    json_object_set_new(m, "groups", result_texts(&config->groups));
    json_object_set_new(m, "kind", json_string(metric_kind_name(config->kind)));
    json_object_set_new(m, "unit",
                        config->unit != NULL            ? json_string(config->unit)
                        : config->kind == METRIC_COUNTS ? json_string("ratio")
                                                        : json_null());
    json_object_set_new(m, "critical", json_boolean(config->judge.critical));
    json_object_set_new(m, "muted", json_boolean(config->judge.muted));
    json_object_set_new(m, "direction", json_string(direction_name(config->judge.direction)));
    json_object_set_new(m, "classification", json_string(classification_name(metric->classification)));
    json_object_set_new(m, "reason", metric->reason != NULL ? result_text(metric->reason) : json_null());
    if (strcmp(plan->config->judge.name, "kayenta") != 0) add_role(m, config, metric);
    add_comparison(m, plan, config, metric);
    json_object_set_new(m, "counts", counted ? sides(counts(config, baseline), counts(config, canary)) : json_null());
    json_object_set_new(m, "trend", sides(trend(baseline), trend(canary)));
    json_object_set_new(m, "warnings", result_texts(&samples->warnings));
    return m;
}
