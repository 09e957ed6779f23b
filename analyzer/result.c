// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/result.h"

#include <string.h>

#include "base/digest.h"
#include "result_metric.h"
#include "result_nodes.h"
#include "result_number.h"
#include "result_objective.h"
#include "source_facts.h"

#ifndef SERIN_VERSION
#error "the build defines SERIN_VERSION"
#endif

static json_t *text_or_null(const char *text) {
    return text != NULL ? json_string(text) : json_null();
}

static json_t *pairs(const struct name_values *values) {
    json_t *map = json_object();
    for (size_t i = 0; i < values->count; i++) json_object_set_new(map, values->items[i].name, json_string(values->items[i].value));
    return map;
}

// Names a run by what it judged, and by what: config, priors, variables, window.
static json_t *run_id(const struct plan *plan) {
    struct buf text;
    char hex[DIGEST_HEX_LEN + 1];
    buf_init(&text, (size_t)1 << 20);
    buf_printf(&text, "%s %lld %lld", plan->config->sha256, (long long)plan->start_ms, (long long)plan->end_ms);
    for (size_t i = 0; i < plan->config->vars.count; i++) {
        buf_printf(&text, " %s=%s", plan->config->vars.items[i].name, plan->config->vars.items[i].value);
    }
    if (plan->config->judge.priors_sha256[0] != '\0') buf_printf(&text, " %s", plan->config->judge.priors_sha256);
    digest_hex((struct view){buf_text(&text), text.len}, hex);
    buf_finish(&text);
    hex[16] = '\0';
    return json_string(hex);
}

static json_t *window(const struct plan *plan) {
    json_t *w = json_object();
    json_object_set_new_nocheck(w, "start", result_instant(plan->start_ms));
    json_object_set_new_nocheck(w, "end", result_instant(plan->end_ms));
    json_object_set_new_nocheck(w, "length_s", result_seconds(plan->end_ms - plan->start_ms));
    json_object_set_new_nocheck(w, "warmup_s", result_seconds(plan->config->window.warmup_ms));
    json_object_set_new_nocheck(w, "step_s", result_seconds(plan->config->window.step_ms));
    return w;
}

static json_t *scope_side(const struct canary_config *config, enum side side) {
    const struct scope_config *scope = &config->scopes[side];
    json_t *s = json_object();
    json_object_set_new_nocheck(s, "source", text_or_null(scope->source));
    json_t *labels = pairs(&scope->labels);
    const struct kayenta_scope *k = &config->kayenta_scopes[side];
    if (k->scope != NULL) json_object_set_new_nocheck(labels, "scope", json_string(k->scope));
    if (k->location != NULL) json_object_set_new_nocheck(labels, "location", json_string(k->location));
    for (size_t i = 0; i < k->params.count; i++)
        json_object_set_new(labels, k->params.items[i].name, json_string(k->params.items[i].value));
    json_object_set_new_nocheck(s, "labels", labels);
    if (scope->matchers.count > 0) json_object_set_new_nocheck(s, "matchers", result_texts(&scope->matchers));
    json_object_set_new_nocheck(s, "offset_s", result_seconds(scope->offset_ms));
    return s;
}

static json_t *scopes(const struct canary_config *config) {
    json_t *list = json_array(), *s = json_object();
    json_object_set_new_nocheck(s, "name", json_string("default"));
    json_object_set_new_nocheck(s, "baseline", scope_side(config, SIDE_BASELINE));
    json_object_set_new_nocheck(s, "canary", scope_side(config, SIDE_CANARY));
    json_array_append_new(list, s);
    return list;
}

// Of a failure by chance excluded; the judge threshold has none.
static json_t *confidence(const struct canary_config *config) {
    const struct judge *judge = judge_find(config->judge.name);
    if (judge->confidence > 0) return result_number(judge->confidence);
    return strcmp(judge->name, "serin") == 0 ? result_number(config->judge.confidence / 100) : json_null();
}

static json_t *judge(const struct canary_config *config) {
    json_t *j = json_object();
    json_object_set_new_nocheck(j, "name", json_string(config->judge.name));
    json_object_set_new_nocheck(j, "pass", result_known(config->judge.pass));
    json_object_set_new_nocheck(j, "marginal", result_known(config->judge.marginal));
    json_object_set_new_nocheck(j, "confidence", confidence(config));
    bool serin = strcmp(config->judge.name, "serin") == 0;
    json_object_set_new_nocheck(j, "pass_confidence", serin ? result_number(config->judge.pass_confidence / 100) : json_null());
    json_object_set_new_nocheck(j, "min_samples", result_number(config->judge.min_samples));
    json_object_set_new_nocheck(j, "priors", text_or_null(config->judge.priors));
    return j;
}

static json_t *groups(const struct verdict *verdict) {
    json_t *list = json_array();
    for (size_t i = 0; i < verdict->group_count; i++) {
        const struct group_result *g = &verdict->groups[i];
        json_t *item = json_object();
        json_object_set_new_nocheck(item, "name", json_string(g->name));
        json_object_set_new_nocheck(item, "weight", result_number(g->weight));
        json_object_set_new_nocheck(item, "score", g->has_data ? result_number(g->score) : json_null());
        json_object_set_new_nocheck(item, "metrics", json_integer((json_int_t)g->metrics));
        json_object_set_new_nocheck(item, "has_data", json_boolean(g->has_data));
        json_array_append_new(list, item);
    }
    return list;
}

static json_t *where(const struct plan *plan, const struct verdict *verdict) {
    json_t *list = json_array();
    for (size_t i = 0; i < verdict->where_count; i++) {
        const struct where_result *w = &verdict->where[i];
        json_t *item = json_object();
        json_object_set_new_nocheck(item, "metric", json_string(plan->config->metrics[w->metric].name));
        json_object_set_new_nocheck(item, "label", json_string(w->label));
        json_object_set_new_nocheck(item, "value", result_text(w->value));
        json_object_set_new_nocheck(item, "share", result_number(w->share));
        json_array_append_new(list, item);
    }
    return list;
}

static json_t *guards(const struct verdict *verdict) {
    json_t *list = json_array();
    for (size_t i = 0; i < verdict->guard_count; i++) {
        const struct guard_result *g = &verdict->guards[i];
        json_t *item = json_object();
        json_object_set_new_nocheck(item, "name", json_string(g->guard->name));
        json_object_set_new_nocheck(item, "side", json_string(side_name(g->side)));
        json_object_set_new_nocheck(item, "state", json_string(guard_state_name(g->state)));
        json_object_set_new_nocheck(item, "text", json_string(g->text));
        json_object_set_new_nocheck(item, "value", result_known(g->value));
        result_limits(item, &g->guard->limits);
        json_array_append_new(list, item);
    }
    return list;
}

// Whose query it is, as the document says it.
struct asked {
    const char *owner, *part, *side, *source;
};

static json_t *query(struct result_nodes *nodes, struct asked asked, const struct query *q, const struct answer *answer) {
    json_t *item = json_object();
    bool ok = answer->result.outcome == DECODE_OK && answer->http_status != 0;
    size_t samples = 0;
    for (size_t i = 0; ok && i < answer->set.count; i++) samples += answer->set.items[i].count + answer->set.items[i].histogram_count;
    json_object_set_new_nocheck(item, "metric", result_nodes_text(nodes, asked.owner));
    json_object_set_new_nocheck(item, "part", result_nodes_text(nodes, asked.part));
    json_object_set_new_nocheck(item, "side", result_nodes_text(nodes, asked.side));
    json_object_set_new_nocheck(item, "source", result_nodes_text(nodes, asked.source));
    json_object_set_new_nocheck(item, "mode", result_nodes_text(nodes, query_mode_name(q->mode)));
    const char *protocol = answer->protocol != PROTOCOL_AUTO ? source_protocol_name(answer->protocol) : NULL;
    json_object_set_new_nocheck(item, "protocol", protocol != NULL ? result_nodes_text(nodes, protocol) : json_null());
    json_object_set_new_nocheck(item, "expr", result_nodes_text(nodes, q->expr));
    json_object_set_new_nocheck(item, "start", result_nodes_instant(nodes, q->start_ms));
    json_object_set_new_nocheck(item, "end", result_nodes_instant(nodes, q->end_ms));
    json_object_set_new_nocheck(item, "step_s", q->mode == QUERY_RANGE ? result_seconds(q->step_ms) : json_null());
    json_object_set_new_nocheck(item, "outcome", result_nodes_text(nodes, answer_outcome(answer)));
    json_object_set_new_nocheck(item, "error", ok ? json_null() : result_nodes_text(nodes, answer->result.err.text));
    json_object_set_new_nocheck(item, "http_status", result_nodes_count(nodes, answer->http_status));
    json_object_set_new_nocheck(item, "tries", result_nodes_count(nodes, answer->tries));
    json_object_set_new_nocheck(item, "pieces", result_nodes_count(nodes, answer->pieces));
    json_object_set_new_nocheck(item, "bytes", result_nodes_count(nodes, (int64_t)answer->bytes));
    json_object_set_new_nocheck(item, "duration_ms", result_nodes_count(nodes, answer->duration_ms));
    json_object_set_new_nocheck(item, "series", result_nodes_count(nodes, ok ? (json_int_t)answer->set.count : 0));
    json_object_set_new_nocheck(item, "samples", result_nodes_count(nodes, (int64_t)samples));
    return item;
}

static json_t *queries(struct result_nodes *nodes, const struct result_input *in, int64_t *ret_longest_ms) {
    json_t *list = json_array();
    *ret_longest_ms = 0;
    for (size_t i = 0; i < in->plan->query_count; i++) {
        if (in->answers[i]->duration_ms > *ret_longest_ms) *ret_longest_ms = in->answers[i]->duration_ms;
        const struct planned_query *q = &in->plan->queries[i];
        struct asked asked = {plan_owner_name(in->plan, q), query_part_name(q->part), side_name(q->side), q->source};
        json_array_append_new(list, query(nodes, asked, &q->query, in->answers[i]));
    }
    const struct objective_plan *objectives = in->plan->objectives;
    for (size_t i = 0; objectives != NULL && i < objectives->query_count; i++) {
        const struct objective_query *q = &objectives->queries[i];
        const struct answer *answer = in->objective_answers[i];
        const struct objective_config *config = objectives->items[q->objective].config;
        struct asked asked = {config->name, objective_part_name(config, q->part), objective_who_name(q->who), q->source};
        if (answer->duration_ms > *ret_longest_ms) *ret_longest_ms = answer->duration_ms;
        json_array_append_new(list, query(nodes, asked, &q->query, answer));
    }
    return list;
}

static json_t *counters(const struct source_counters *c) {
    json_t *item = json_object();
    json_object_set_new_nocheck(item, "queries", json_integer((json_int_t)c->queries));
    json_object_set_new_nocheck(item, "tries", json_integer((json_int_t)c->tries));
    json_object_set_new_nocheck(item, "retries", json_integer((json_int_t)c->retries));
    json_object_set_new_nocheck(item, "hedged", json_integer((json_int_t)c->hedged));
    json_object_set_new_nocheck(item, "shared", json_integer((json_int_t)c->shared));
    json_object_set_new_nocheck(item, "refused", json_integer((json_int_t)c->refused));
    json_object_set_new_nocheck(item, "throttled", json_integer((json_int_t)c->throttled));
    json_object_set_new_nocheck(item, "bytes", json_integer((json_int_t)c->bytes));
    return item;
}

static json_t *sources(const struct result_input *in) {
    json_t *list = json_array();
    for (size_t i = 0; i < in->plan->config->source_count; i++) {
        json_t *item = json_object();
        json_object_set_new_nocheck(item, "name", json_string(in->plan->config->sources[i].name));
        json_object_set_new_nocheck(item, "kind", json_string(source_kind_name(in->plan->config->sources[i].settings.kind)));
        json_object_set_new_nocheck(item, "version", result_text(in->sources[i].version));
        json_object_set_new_nocheck(item, "detected", result_text(in->sources[i].detected));
        json_object_set_new_nocheck(item, "counters", counters(&in->sources[i].counters));
        json_array_append_new(list, item);
    }
    return list;
}

json_t *result_build(const struct result_input *in) {
    const struct canary_config *config = in->plan->config;
    const struct verdict *v = in->verdict;
    json_t *r = json_object(), *file = json_object(), *timings = json_object(), *metrics = json_array();
    struct result_nodes nodes = {0};
    int64_t longest_ms;
    json_object_set_new_nocheck(file, "file", json_string(config->file));
    json_object_set_new_nocheck(file, "sha256", json_string(config->sha256));
    for (size_t i = 0; i < v->metric_count; i++) json_array_append_new(metrics, result_metric(&nodes, in->plan, &v->metrics[i]));
    json_object_set_new_nocheck(r, "schema", json_string("serin.result/1"));
    json_object_set_new_nocheck(r, "serin", json_string(SERIN_VERSION));
    json_object_set_new_nocheck(r, "id", run_id(in->plan));
    json_object_set_new_nocheck(r, "canary", json_string(config->name));
    json_object_set_new_nocheck(r, "owner", text_or_null(config->owner));
    json_object_set_new_nocheck(r, "runbook", text_or_null(config->runbook));
    json_object_set_new_nocheck(r, "config", file);
    json_object_set_new_nocheck(r, "window", window(in->plan));
    json_object_set_new_nocheck(r, "scopes", scopes(config));
    json_object_set_new_nocheck(r, "variables", pairs(&config->vars));
    json_object_set_new_nocheck(r, "judge", judge(config));
    json_object_set_new_nocheck(r, "verdict", json_string(verdict_name(v->kind)));
    json_object_set_new_nocheck(r, "exit_code", json_integer(verdict_exit_code(v->kind)));
    json_object_set_new_nocheck(r, "score", v->has_score ? result_number(v->score) : json_null());
    json_object_set_new_nocheck(r, "reasons", result_texts(&v->reasons));
    json_object_set_new_nocheck(r, "missing", result_texts(&v->missing));
    json_object_set_new_nocheck(r, "next", result_texts(&v->next));
    json_object_set_new_nocheck(r, "groups", groups(v));
    json_object_set_new_nocheck(r, "metrics", metrics);
    json_object_set_new_nocheck(r, "where", where(in->plan, v));
    json_object_set_new_nocheck(r, "guards", guards(v));
    json_object_set_new_nocheck(r, "trust", trust_json(v->trust));
    json_object_set_new_nocheck(r, "objectives", result_objectives(in->objectives));
    json_object_set_new_nocheck(r, "notices", result_texts(&config->notices));
    json_object_set_new_nocheck(r, "queries", queries(&nodes, in, &longest_ms));
    json_object_set_new_nocheck(r, "sources", sources(in));
    json_object_set_new_nocheck(timings, "fetch_ms", json_integer(longest_ms));
    json_object_set_new_nocheck(r, "timings", timings);
    result_nodes_finish(&nodes);
    return r;
}
