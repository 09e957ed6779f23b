// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/config_view.h"

#include "analyzer/objective.h"
#include "analyzer/plan.h"
#include "api/view_value.h"
#include "base/timetext.h"

static json_t *duration_view(int64_t ms) {
    struct buf text;
    if (ms == 0) return json_null();
    buf_init(&text, 64);
    duration_format(&text, ms);
    json_t *value = json_string(buf_text(&text));
    buf_finish(&text);
    return value;
}

static json_t *values_view(const struct name_values *values) {
    json_t *object = json_object();
    for (size_t i = 0; i < values->count; i++) json_object_set_new(object, values->items[i].name, view_text(values->items[i].value));
    return object;
}

static json_t *texts_view(const struct texts *texts) {
    json_t *list = json_array();
    for (size_t i = 0; i < texts->count; i++) json_array_append_new(list, view_text(texts->items[i]));
    return list;
}

static json_t *sources_view(const struct canary_config *config) {
    json_t *list = json_array();
    for (size_t i = 0; i < config->source_count; i++) {
        const struct source_config *s = &config->sources[i];
        json_array_append_new(list, json_pack("{s:o,s:o,s:s}", "name", view_text(s->name), "url", view_text(s->settings.url), "kind",
                                              source_kind_name(s->settings.kind)));
    }
    return list;
}

static json_t *scope_view(const struct scope_config *scope) {
    return json_pack("{s:o,s:o,s:o,s:o}", "source", view_text(scope->source), "labels", values_view(&scope->labels), "matchers",
                     texts_view(&scope->matchers), "offset", duration_view(scope->offset_ms));
}

static json_t *window_view(const struct window_config *window) {
    return json_pack("{s:o,s:o,s:o,s:o}", "length", duration_view(window->length_ms), "warmup", duration_view(window->warmup_ms),
                     "interval", duration_view(window->interval_ms), "step", duration_view(window->step_ms));
}

static json_t *judge_view(const struct judge_config *judge) {
    return json_pack("{s:o,s:o,s:o,s:o,s:o}", "name", view_text(judge->name), "pass", view_number(judge->pass), "marginal",
                     view_number(judge->marginal), "confidence", view_number(judge->confidence), "pass_confidence",
                     view_number(judge->pass_confidence));
}

static json_t *metrics_view(const struct canary_config *config) {
    json_t *list = json_array();
    for (size_t i = 0; i < config->metric_count; i++) {
        const struct metric_config *m = &config->metrics[i];
        json_array_append_new(list,
                              json_pack("{s:o,s:s,s:s,s:o,s:o,s:b,s:b}", "name", view_text(m->name), "kind", metric_kind_name(m->kind),
                                        "direction", direction_name(m->judge.direction), "unit", view_text(m->unit), "groups",
                                        texts_view(&m->groups), "critical", m->judge.critical, "required", m->required));
    }
    return list;
}

static json_t *objectives_view(const struct canary_config *config) {
    json_t *list = json_array();
    for (size_t i = 0; i < config->objective_count; i++) {
        const struct objective_config *o = &config->objectives[i];
        json_array_append_new(list, json_pack("{s:o,s:s,s:o,s:o}", "name", view_text(o->name), "kind", objective_kind_name(o->kind),
                                              "target", view_number(o->target), "period", duration_view(o->period_ms)));
    }
    return list;
}

static json_t *groups_view(const struct canary_config *config) {
    json_t *object = json_object();
    for (size_t i = 0; i < config->group_count; i++)
        json_object_set_new(object, config->groups[i].name, view_number(config->groups[i].weight));
    return object;
}

static json_t *plan_view(const struct plan *plan) {
    json_t *list = json_array();
    for (size_t i = 0; i < plan->query_count; i++) {
        const struct planned_query *q = &plan->queries[i];
        json_array_append_new(list, json_pack("{s:o,s:s,s:s,s:o,s:s,s:o,s:o,s:o,s:o}", "metric", view_text(plan_owner_name(plan, q)),
                                              "part", query_part_name(q->part), "side", side_name(q->side), "source", view_text(q->source),
                                              "mode", query_mode_name(q->query.mode), "query", view_text(q->query.expr), "start",
                                              view_time(q->query.start_ms), "end", view_time(q->query.end_ms), "step",
                                              duration_view(q->query.mode == QUERY_RANGE ? q->query.step_ms : 0)));
    }
    return list;
}

json_t *config_view(const struct canary_config *config, int64_t end_ms, struct arena *arena, struct error *err) {
    struct plan plan = {0};
    if (config->metric_count > 0 && !plan_build(config, end_ms, arena, &plan, err)) return NULL;
    json_t *root = json_object();
    json_object_set_new(root, "name", view_text(config->name));
    json_object_set_new(root, "sha256", view_text(config->sha256));
    json_object_set_new(root, "owner", view_text(config->owner));
    json_object_set_new(root, "runbook", view_text(config->runbook));
    json_object_set_new(root, "vars", values_view(&config->vars));
    json_object_set_new(root, "sources", sources_view(config));
    json_object_set_new(root, "baseline", scope_view(&config->scopes[SIDE_BASELINE]));
    json_object_set_new(root, "canary", scope_view(&config->scopes[SIDE_CANARY]));
    json_object_set_new(root, "window", window_view(&config->window));
    json_object_set_new(root, "judge", judge_view(&config->judge));
    json_object_set_new(root, "groups", groups_view(config));
    json_object_set_new(root, "metrics", metrics_view(config));
    json_object_set_new(root, "objectives", objectives_view(config));
    json_object_set_new(root, "plan", plan_view(&plan));
    return root;
}
