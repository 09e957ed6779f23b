// SPDX-License-Identifier: GPL-3.0-or-later
#include "result_metric.h"

#include <math.h>
#include <string.h>

#include "result_evidence.h"
#include "result_number.h"

static json_t *tags(struct result_nodes *nodes, const struct name_values *values) {
    json_t *map = json_object();
    for (size_t i = 0; i < values->count; i++)
        json_object_set_new(map, values->items[i].name, result_nodes_text(nodes, values->items[i].value));
    return map;
}

static json_t *summary(struct result_nodes *nodes, const struct summary *s) {
    json_t *item = json_object();
    json_object_set_new_nocheck(item, "samples", result_nodes_count(nodes, (int64_t)s->count));
    json_object_set_new_nocheck(item, "min", s->count > 0 ? result_nodes_number(nodes, s->min) : json_null());
    json_object_set_new_nocheck(item, "max", s->count > 0 ? result_nodes_number(nodes, s->max) : json_null());
    json_object_set_new_nocheck(item, "mean", s->count > 0 ? result_nodes_number(nodes, s->mean) : json_null());
    json_object_set_new_nocheck(item, "std", s->count > 0 ? result_nodes_number(nodes, s->std) : json_null());
    return item;
}

static json_t *shift(struct result_nodes *nodes, const struct metric_config *config, const struct kayenta_result *judged) {
    if (!judged->tested) return json_null();
    json_t *item = json_object();
    json_object_set_new_nocheck(item, "estimate", result_nodes_number(nodes, judged->estimate));
    json_object_set_new_nocheck(item, "lower", result_nodes_number(nodes, judged->lower));
    json_object_set_new_nocheck(item, "upper", result_nodes_number(nodes, judged->upper));
    json_object_set_new_nocheck(item, "confidence", result_nodes_number(nodes, config->judge.confidence));
    return item;
}

static json_t *effect(struct result_nodes *nodes, const struct metric_config *config, const struct kayenta_result *judged) {
    if (!judged->tested) return json_null();
    json_t *item = json_object();
    json_object_set_new_nocheck(item, "measure", result_nodes_text(nodes, config->judge.measure == KAYENTA_CLES ? "cles" : "meanRatio"));
    json_object_set_new_nocheck(item, "value", result_nodes_number(nodes, judged->effect));
    return item;
}

static json_t *count_or_null(struct result_nodes *nodes, int64_t count) {
    return count < 0 ? json_null() : result_nodes_count(nodes, count);
}

static json_t *limit(struct result_nodes *nodes, const struct metric_config *config, const struct metric_result *metric) {
    if (config->kind != METRIC_THRESHOLD) return json_null();
    json_t *item = json_object();
    result_limits(item, &config->limits);
    json_object_set_new_nocheck(item, "outside", result_nodes_count(nodes, metric->outside));
    json_object_set_new_nocheck(item, "allowed", count_or_null(nodes, config->allowed));
    json_object_set_new_nocheck(item, "in_a_row", result_nodes_count(nodes, metric->in_a_row));
    json_object_set_new_nocheck(item, "consecutive", count_or_null(nodes, config->consecutive));
    return item;
}

static json_t *trend(struct result_nodes *nodes, const struct side_samples *column) {
    json_t *list = json_array();
    for (size_t i = 0; i < TREND_POINTS; i++) {
        json_array_append_new(list, isfinite(column->trend[i]) ? result_nodes_number(nodes, column->trend[i]) : json_null());
    }
    return list;
}

static json_t *counts(struct result_nodes *nodes, const struct metric_config *config, const struct side_samples *column) {
    json_t *item = json_object();
    json_object_set_new_nocheck(item, "bad", config->kind == METRIC_COUNTS ? result_nodes_number(nodes, column->bad) : json_null());
    json_object_set_new_nocheck(item, "total", result_nodes_number(nodes, column->total));
    return item;
}

static json_t *sides(json_t *baseline, json_t *canary) {
    json_t *item = json_object();
    json_object_set_new_nocheck(item, "baseline", baseline);
    json_object_set_new_nocheck(item, "canary", canary);
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

static json_t *ratio(struct result_nodes *nodes, const struct metric_config *config, const struct metric_result *metric,
                     const struct summary *baseline, const struct summary *canary) {
    if (metric->compared) return metric->judged.has_ratio ? result_nodes_number(nodes, metric->judged.ratio) : json_null();
    bool both = baseline->count > 0 && canary->count > 0 && config->kind != METRIC_THRESHOLD;
    return both ? result_nodes_number(nodes, canary->mean / baseline->mean) : json_null();
}

// What the judges serin and threshold give beside the classification.
static void add_role(struct result_nodes *nodes, json_t *m, const struct metric_config *config, const struct metric_result *metric) {
    json_object_set_new_nocheck(m, "required", json_boolean(config->required));
    json_object_set_new_nocheck(m, "role", result_nodes_text(nodes, metric_role_name(metric->role)));
    json_object_set_new_nocheck(m, "weight", result_nodes_number(nodes, metric->weight));
    json_object_set_new_nocheck(m, "points", result_nodes_number(nodes, metric->points));
}

static void add_comparison(struct result_nodes *nodes, json_t *m, const struct plan *plan, const struct metric_config *config,
                           const struct metric_result *metric) {
    const struct kayenta_result *judged = &metric->judged;
    bool serin = strcmp(plan->config->judge.name, "serin") == 0;
    struct summary baseline = summary_of_side(config, metric, SIDE_BASELINE), canary = summary_of_side(config, metric, SIDE_CANARY);
    json_object_set_new_nocheck(m, "ratio", ratio(nodes, config, metric, &baseline, &canary));
    json_object_set_new_nocheck(m, "shift", metric->compared ? shift(nodes, config, judged) : result_ranks_shift(nodes, plan, metric));
    json_object_set_new_nocheck(m, "effect", metric->compared ? effect(nodes, config, judged) : result_ranks_effect(nodes, metric));
    json_object_set_new_nocheck(m, "limit", limit(nodes, config, metric));
    json_object_set_new_nocheck(m, "tolerance", serin && config->kind != METRIC_THRESHOLD ? result_tolerance(nodes, config) : json_null());
    json_object_set_new_nocheck(m, "evidence", result_evidence(nodes, plan, config, metric));
    json_object_set_new_nocheck(m, "quantiles", result_quantiles(nodes, config, metric));
    json_object_set_new_nocheck(m, "baseline", config->kind == METRIC_THRESHOLD ? json_null() : summary(nodes, &baseline));
    json_object_set_new_nocheck(m, "canary", summary(nodes, &canary));
}

json_t *result_metric(struct result_nodes *nodes, const struct plan *plan, const struct metric_result *metric) {
    const struct metric_samples *samples = metric->samples;
    const struct metric_config *config = &plan->config->metrics[samples->metric];
    const struct side_samples *baseline = &samples->sides[SIDE_BASELINE], *canary = &samples->sides[SIDE_CANARY];
    bool counted = config->kind == METRIC_COUNTS || config->kind == METRIC_HISTOGRAM;
    json_t *m = json_object();
    json_object_set_new_nocheck(m, "name", result_nodes_text(nodes, config->name));
    json_object_set_new_nocheck(m, "tags", tags(nodes, &samples->tags));
    json_object_set_new_nocheck(m, "groups", result_texts(&config->groups));
    json_object_set_new_nocheck(m, "kind", result_nodes_text(nodes, metric_kind_name(config->kind)));
    json_object_set_new_nocheck(m, "unit",
                                config->unit != NULL            ? result_nodes_text(nodes, config->unit)
                                : config->kind == METRIC_COUNTS ? result_nodes_text(nodes, "ratio")
                                                                : json_null());
    json_object_set_new_nocheck(m, "critical", json_boolean(config->judge.critical));
    json_object_set_new_nocheck(m, "muted", json_boolean(config->judge.muted));
    json_object_set_new_nocheck(m, "direction", result_nodes_text(nodes, direction_name(config->judge.direction)));
    json_object_set_new_nocheck(m, "classification", result_nodes_text(nodes, classification_name(metric->classification)));
    json_object_set_new_nocheck(m, "reason", metric->reason != NULL ? result_nodes_text(nodes, metric->reason) : json_null());
    if (strcmp(plan->config->judge.name, "kayenta") != 0) add_role(nodes, m, config, metric);
    add_comparison(nodes, m, plan, config, metric);
    json_object_set_new_nocheck(m, "counts", counted ? sides(counts(nodes, config, baseline), counts(nodes, config, canary)) : json_null());
    json_object_set_new_nocheck(m, "trend", sides(trend(nodes, baseline), trend(nodes, canary)));
    json_object_set_new_nocheck(m, "warnings", result_texts(&samples->warnings));
    return m;
}
