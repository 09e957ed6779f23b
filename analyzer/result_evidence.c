// SPDX-License-Identifier: GPL-3.0-or-later
#include "result_evidence.h"

#include <math.h>

#include "analyzer/judge_settings.h"
#include "base/timetext.h"
#include "bucket_summary.h"
#include "evidence_json.h"
#include "result_number.h"

static json_t *known(double value) {
    return isnan(value) ? json_null() : result_number(value);
}

json_t *result_tolerance(const struct metric_config *metric) {
    const struct tolerance_config *t = &metric->tolerance;
    json_t *item = json_object();
    json_object_set_new(item, "relative", result_number(t->relative));
    json_object_set_new(item, "absolute", result_number(t->absolute));
    json_object_set_new(item, "harm", result_number(isnan(t->harm) ? 2 * t->relative : t->harm));
    json_object_set_new(item, "default", json_boolean(t->by_default));
    return item;
}

static json_t *onset(const struct plan *plan, const struct metric_config *metric, const struct metric_result *result) {
    int64_t start_ms, end_ms;
    struct buf text;
    if (!result->evidence->has_onset) return json_null();
    plan_metric_times(plan, metric, SIDE_CANARY, &start_ms, &end_ms);
    buf_init(&text, 64);
    time_format(&text, start_ms + (int64_t)result->evidence->onset * result->samples->columns.step_ms);
    json_t *time = json_string(buf_text(&text));
    buf_finish(&text);
    return time;
}

// What was believed of the noise before the data.
static json_t *prior(const struct plan *plan, const struct metric_config *metric) {
    struct evidence_settings settings;
    judge_settings(&plan->config->judge, metric, &settings);
    json_t *item = json_object();
    json_object_set_new(item, "from", json_string(metric->prior.known ? "history" : "default"));
    json_object_set_new(item, "rho", result_number(settings.prior.rho));
    json_object_set_new(item, "weight", result_number(settings.prior.weight));
    json_object_set_new(item, "phi", metric->kind == METRIC_COUNTS ? result_number(settings.phi_least) : json_null());
    return item;
}

json_t *result_evidence(const struct plan *plan, const struct metric_config *metric, const struct metric_result *result) {
    if (result->evidence == NULL) return json_null();
    const struct step_columns *c = &result->samples->columns;
    json_t *item = json_object();
    evidence_json(item, result->evidence);
    json_object_set_new(item, "p_adjusted", known(result->p_adjusted));
    json_object_set_new(item, "family", json_integer((json_int_t)result->family));
    json_object_set_new(item, "alpha", result_number(judge_plan_alpha(plan)));
    json_object_set_new(item, "beta", result_number((100 - plan->config->judge.pass_confidence) / 100));
    json_object_set_new(item, "steps", json_integer((json_int_t)c->steps));
    json_object_set_new(item, "step_s", result_number((double)c->step_ms / 1000));
    json_object_set_new(item, "since", onset(plan, metric, result));
    json_object_set_new(item, "minutes_left", known(result->minutes));
    json_object_set_new(item, "visible", known(result->evidence->visible));
    json_object_set_new(item, "prior", prior(plan, metric));
    return item;
}

json_t *result_ranks_shift(const struct plan *plan, const struct metric_result *result) {
    const struct evidence *e = result->evidence;
    if (e == NULL || isnan(e->ranks.shift)) return json_null();
    json_t *item = json_object();
    json_object_set_new(item, "estimate", result_number(e->ranks.shift));
    json_object_set_new(item, "lower", result_number(e->ranks.low));
    json_object_set_new(item, "upper", result_number(e->ranks.high));
    json_object_set_new(item, "confidence", result_number(1 - 2 * (100 - plan->config->judge.pass_confidence) / 100));
    return item;
}

json_t *result_ranks_effect(const struct metric_result *result) {
    const struct evidence *e = result->evidence;
    if (e == NULL || isnan(e->ranks.a12)) return json_null();
    json_t *item = json_object();
    json_object_set_new(item, "measure", json_string("a12"));
    json_object_set_new(item, "value", result_number(e->ranks.a12));
    return item;
}

static json_t *side_quantiles(const struct metric_config *metric, const struct step_columns *c, enum side side, double *sums) {
    json_t *list = json_array();
    for (size_t k = 0; k < c->buckets; k++) sums[k] = 0;
    for (size_t i = 0; i < c->steps * c->buckets; i++) {
        if (isfinite(c->rows[side][i])) sums[i % c->buckets] += c->rows[side][i];
    }
    struct bucket_counts counts = {c->bounds, sums, c->buckets};
    for (size_t i = 0; i < metric->quantiles.count; i++) {
        json_t *item = json_object();
        json_object_set_new(item, "quantile", result_number(metric->quantiles.items[i]));
        json_object_set_new(item, "value", known(bucket_quantile(&counts, metric->quantiles.items[i])));
        json_array_append_new(list, item);
    }
    return list;
}

json_t *result_quantiles(const struct metric_config *metric, const struct metric_result *result) {
    const struct step_columns *c = &result->samples->columns;
    if (metric->quantiles.count == 0 || c->buckets < 2) return json_null();
    struct arena scratch = {0};
    double *sums = arena_array(&scratch, c->buckets, sizeof *sums);
    json_t *item = json_object();
    json_object_set_new(item, "baseline", side_quantiles(metric, c, SIDE_BASELINE, sums));
    json_object_set_new(item, "canary", side_quantiles(metric, c, SIDE_CANARY, sums));
    arena_finish(&scratch);
    return item;
}
