// SPDX-License-Identifier: GPL-3.0-or-later
#include "result_evidence.h"

#include <math.h>

#include "analyzer/judge_settings.h"
#include "base/timetext.h"
#include "bucket_summary.h"
#include "evidence_json.h"

json_t *result_tolerance(struct result_nodes *nodes, const struct metric_config *metric) {
    const struct tolerance_config *t = &metric->tolerance;
    json_t *item = json_object();
    json_object_set_new_nocheck(item, "relative", result_nodes_number(nodes, t->relative));
    json_object_set_new_nocheck(item, "absolute", result_nodes_number(nodes, t->absolute));
    json_object_set_new_nocheck(item, "harm", result_nodes_number(nodes, isnan(t->harm) ? 2 * t->relative : t->harm));
    json_object_set_new_nocheck(item, "default", json_boolean(t->by_default));
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
static json_t *prior(struct result_nodes *nodes, const struct plan *plan, const struct metric_config *metric) {
    struct evidence_settings settings;
    judge_settings(&plan->config->judge, metric, &settings);
    json_t *item = json_object();
    json_object_set_new_nocheck(item, "from", result_nodes_text(nodes, metric->prior.known ? "history" : "default"));
    json_object_set_new_nocheck(item, "rho", result_nodes_number(nodes, settings.prior.rho));
    json_object_set_new_nocheck(item, "weight", result_nodes_number(nodes, settings.prior.weight));
    json_object_set_new_nocheck(item, "phi", metric->kind == METRIC_COUNTS ? result_nodes_number(nodes, settings.phi_least) : json_null());
    return item;
}

json_t *result_evidence(struct result_nodes *nodes, const struct plan *plan, const struct metric_config *metric,
                        const struct metric_result *result) {
    if (result->evidence == NULL) return json_null();
    const struct step_columns *c = &result->samples->columns;
    json_t *item = json_object();
    evidence_json(nodes, item, result->evidence);
    json_object_set_new_nocheck(item, "p_adjusted", result_nodes_known(nodes, result->p_adjusted));
    json_object_set_new_nocheck(item, "family", result_nodes_count(nodes, (int64_t)result->family));
    json_object_set_new_nocheck(item, "alpha", result_nodes_number(nodes, judge_plan_alpha(plan)));
    json_object_set_new_nocheck(item, "beta", result_nodes_number(nodes, (100 - plan->config->judge.pass_confidence) / 100));
    json_object_set_new_nocheck(item, "steps", result_nodes_count(nodes, (int64_t)c->steps));
    json_object_set_new_nocheck(item, "step_s", result_nodes_number(nodes, (double)c->step_ms / 1000));
    json_object_set_new_nocheck(item, "since", onset(plan, metric, result));
    json_object_set_new_nocheck(item, "minutes_left", result_nodes_known(nodes, result->minutes));
    json_object_set_new_nocheck(item, "visible", result_nodes_known(nodes, result->evidence->visible));
    json_object_set_new_nocheck(item, "prior", prior(nodes, plan, metric));
    return item;
}

json_t *result_ranks_shift(struct result_nodes *nodes, const struct plan *plan, const struct metric_result *result) {
    const struct evidence *e = result->evidence;
    if (e == NULL || isnan(e->ranks.shift)) return json_null();
    json_t *item = json_object();
    json_object_set_new_nocheck(item, "estimate", result_nodes_number(nodes, e->ranks.shift));
    json_object_set_new_nocheck(item, "lower", result_nodes_number(nodes, e->ranks.low));
    json_object_set_new_nocheck(item, "upper", result_nodes_number(nodes, e->ranks.high));
    json_object_set_new_nocheck(item, "confidence", result_nodes_number(nodes, 1 - 2 * (100 - plan->config->judge.pass_confidence) / 100));
    return item;
}

json_t *result_ranks_effect(struct result_nodes *nodes, const struct metric_result *result) {
    const struct evidence *e = result->evidence;
    if (e == NULL || isnan(e->ranks.a12)) return json_null();
    json_t *item = json_object();
    json_object_set_new_nocheck(item, "measure", result_nodes_text(nodes, "a12"));
    json_object_set_new_nocheck(item, "value", result_nodes_number(nodes, e->ranks.a12));
    return item;
}

static json_t *side_quantiles(struct result_nodes *nodes, const struct metric_config *metric, const struct step_columns *c, enum side side,
                              double *sums) {
    json_t *list = json_array();
    for (size_t k = 0; k < c->buckets; k++) sums[k] = 0;
    for (size_t i = 0; i < c->steps * c->buckets; i++) {
        if (isfinite(c->rows[side][i])) sums[i % c->buckets] += c->rows[side][i];
    }
    struct bucket_counts counts = {c->bounds, sums, c->buckets};
    for (size_t i = 0; i < metric->quantiles.count; i++) {
        json_t *item = json_object();
        json_object_set_new_nocheck(item, "quantile", result_nodes_number(nodes, metric->quantiles.items[i]));
        json_object_set_new_nocheck(item, "value", result_nodes_known(nodes, bucket_quantile(&counts, metric->quantiles.items[i])));
        json_array_append_new(list, item);
    }
    return list;
}

json_t *result_quantiles(struct result_nodes *nodes, const struct metric_config *metric, const struct metric_result *result) {
    const struct step_columns *c = &result->samples->columns;
    if (metric->quantiles.count == 0 || c->buckets < 2) return json_null();
    struct arena scratch = {0};
    double *sums = arena_array(&scratch, c->buckets, sizeof *sums);
    json_t *item = json_object();
    json_object_set_new_nocheck(item, "baseline", side_quantiles(nodes, metric, c, SIDE_BASELINE, sums));
    json_object_set_new_nocheck(item, "canary", side_quantiles(nodes, metric, c, SIDE_CANARY, sums));
    arena_finish(&scratch);
    return item;
}
