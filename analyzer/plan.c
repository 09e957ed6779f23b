// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/plan.h"

#include <math.h>
#include <string.h>

#include "analyzer/judge_settings.h"
#include "analyzer/kayenta_query.h"
#include "analyzer/objective_plan.h"
#include "base/timetext.h"
#include "evidence_battery.h"
#include "placeholder.h"
#include "power.h"
#include "query/selector.h"

#define MOST_QUERY_BYTES ((size_t)1 << 20)

struct builder {
    struct plan *plan;
    struct arena *arena;
    struct error *err;
};

const char *query_part_name(enum query_part part) {
    switch (part) {
    case PART_VALUE:
        return "value";
    case PART_BAD:
        return "bad";
    case PART_TOTAL:
        return "total";
    case PART_BUCKETS:
        return "buckets";
    case PART_BEFORE:
        return "before";
    case PART_GUARD:
        return "guard";
    }
    return "";
}

void plan_metric_times(const struct plan *plan, const struct metric_config *metric, enum side side, int64_t *ret_start_ms,
                       int64_t *ret_end_ms) {
    int64_t shift = plan->shift_ms[side];
    if (metric != NULL && metric->offset_ms > 0) shift = plan->shift_ms[SIDE_CANARY] + (side == SIDE_BASELINE ? metric->offset_ms : 0);
    *ret_start_ms = plan->start_ms - shift;
    *ret_end_ms = plan->end_ms - shift;
}

// The scope that a side of a metric is read from: with a temporal baseline both sides are the canary's.
static enum side scope_of(const struct metric_config *metric, enum side side) {
    return metric != NULL && metric->offset_ms > 0 ? SIDE_CANARY : side;
}

static bool expand(struct builder *b, const char *text, enum side scope_side, const char **ret) {
    const struct canary_config *config = b->plan->config;
    struct buf scope, out;
    buf_init(&scope, MOST_QUERY_BYTES);
    buf_init(&out, MOST_QUERY_BYTES);
    placeholder_scope(&scope, &config->scopes[scope_side]);
    struct placeholder_context context = {buf_text(&scope), b->plan->end_ms - b->plan->start_ms, config->window.step_ms};
    bool ok = placeholder_expand(&out, view_of(text), &config->vars, &context, b->err);
    if (ok) *ret = arena_strdup(b->arena, buf_text(&out));
    buf_finish(&scope);
    buf_finish(&out);
    return ok;
}

static struct planned_query *add(struct builder *b, size_t owner, enum query_part part, const struct metric_config *metric, enum side side,
                                 const char *expr) {
    struct planned_query *q = &b->plan->queries[b->plan->query_count++];
    *q = (struct planned_query){
        .owner = owner, .part = part, .side = side, .source = b->plan->config->scopes[scope_of(metric, side)].source};
    q->query.expr = expr;
    q->query.mode = QUERY_RANGE;
    q->query.step_ms = b->plan->config->window.step_ms;
    plan_metric_times(b->plan, metric, side, &q->query.start_ms, &q->query.end_ms);
    return q;
}

static bool add_text(struct builder *b, size_t owner, enum query_part part, const struct metric_config *metric, enum side side,
                     const char *text) {
    const char *expr;
    if (!expand(b, text, scope_of(metric, side), &expr)) return false;
    struct planned_query *q = add(b, owner, part, metric, side, expr);
    bool counter = part == PART_BAD || part == PART_TOTAL || part == PART_BUCKETS;
    if (part == PART_BEFORE) {
        q->query.end_ms = q->query.start_ms;
        q->query.start_ms -= metric->pre_ms;
    }
    if (part == PART_GUARD || (!counter && !selector_is_plain(view_of(expr)))) return true;
    q->query.mode = QUERY_RAW;
    q->query.step_ms = 0;
    if (counter) q->query.start_ms -= PLAN_COUNTER_LOOKBACK_MS;
    return true;
}

static bool add_kayenta(struct builder *b, size_t owner, const struct metric_config *metric, enum side side) {
    struct buf out;
    buf_init(&out, MOST_QUERY_BYTES);
    bool ok = kayenta_query_of(b->plan->config, metric, &b->plan->config->kayenta_scopes[side], &out, b->err);
    if (ok) add(b, owner, PART_VALUE, metric, side, arena_strdup(b->arena, buf_text(&out)));
    buf_finish(&out);
    return ok || error_prefix(b->err, "metric %s, %s side", metric->name, side_name(side));
}

static bool add_metric(struct builder *b, size_t owner, const struct metric_config *metric, enum side side) {
    if (metric->kind == METRIC_THRESHOLD && side == SIDE_BASELINE) return true;
    if (metric->kayenta != NULL) return add_kayenta(b, owner, metric, side);
    switch (metric->kind) {
    case METRIC_COUNTS:
        return add_text(b, owner, PART_BAD, metric, side, metric->bad) && add_text(b, owner, PART_TOTAL, metric, side, metric->total);
    case METRIC_HISTOGRAM:
        return add_text(b, owner, PART_BUCKETS, metric, side, metric->histogram);
    case METRIC_SERIES:
    case METRIC_THRESHOLD:
        break;
    }
    return add_text(b, owner, PART_VALUE, metric, side, metric->query) &&
           (metric->pre_ms <= 0 || add_text(b, owner, PART_BEFORE, metric, side, metric->query));
}

static bool add_guard(struct builder *b, size_t owner, const struct guard_config *guard) {
    if (guard->query == NULL) return true;
    bool both = strstr(guard->query, "${scope}") != NULL && b->plan->config->scopes[SIDE_BASELINE].source != NULL;
    return (!both || add_text(b, owner, PART_GUARD, NULL, SIDE_BASELINE, guard->query)) &&
           add_text(b, owner, PART_GUARD, NULL, SIDE_CANARY, guard->query);
}

// The release is what the window judges.
static bool add_objectives(struct builder *b) {
    struct plan *plan = b->plan;
    if (plan->config->objective_count == 0) return true;
    struct objective_plan *objectives = arena_alloc(b->arena, sizeof *objectives);
    int64_t release_start_ms = plan->end_ms - plan->start_ms >= OBJECTIVE_SHORTEST_MS ? plan->start_ms : INT64_MIN;
    size_t looks = plan->look != NULL ? plan->look->planned : 1;
    if (!objective_plan_build(plan->config, plan->end_ms, release_start_ms, looks, b->arena, objectives, b->err)) return false;
    plan->objectives = objectives;
    return true;
}

static bool check_sources(const struct canary_config *config, struct error *err) {
    if (config->source_count > 0) return true;
    return error_set(err, ERROR_CONFIG, "%s names no server; give one with --url http://HOST:9090", config->file);
}

static bool build(const struct canary_config *config, struct arena *arena, struct plan *ret, struct error *err) {
    if (!check_sources(config, err)) return false;
    if (config->metric_count == 0) return error_set(err, ERROR_CONFIG, "%s has no metrics to compare", config->file);
    ret->config = config;
    for (int side = 0; side < SIDE_COUNT; side++) ret->shift_ms[side] = config->scopes[side].offset_ms;
    size_t most = config->metric_count * 4 + config->guard_count * 2;
    ret->queries = arena_array(arena, most, sizeof *ret->queries);
    struct builder b = {ret, arena, err};
    for (size_t i = 0; i < config->metric_count; i++) {
        if (!add_metric(&b, i, &config->metrics[i], SIDE_BASELINE) || !add_metric(&b, i, &config->metrics[i], SIDE_CANARY)) return false;
    }
    for (size_t i = 0; i < config->guard_count; i++) {
        if (!add_guard(&b, i, &config->guards[i])) return false;
    }
    return add_objectives(&b);
}

bool plan_build(const struct canary_config *config, int64_t end_ms, struct arena *arena, struct plan *ret, struct error *err) {
    int64_t step = config->window.step_ms;
    end_ms = end_ms / step * step;
    int64_t length = (config->window.length_ms - config->window.warmup_ms) / step * step;
    *ret = (struct plan){.start_ms = end_ms - length, .end_ms = end_ms};
    return build(config, arena, ret, err);
}

bool plan_build_look(const struct canary_config *config, const struct look *look, struct arena *arena, struct plan *ret,
                     struct error *err) {
    *ret = (struct plan){.look = look, .start_ms = look->start_ms, .end_ms = look->end_ms};
    return build(config, arena, ret, err);
}

const char *plan_owner_name(const struct plan *plan, const struct planned_query *query) {
    return query->part == PART_GUARD ? plan->config->guards[query->owner].name : plan->config->metrics[query->owner].name;
}

static void print_quantity(struct buf *out, const char *before, double value, const char *after) {
    buf_printf(out, "%s%.6g%s", before, value, after);
}

// What the history of a metric lets expect.
static void print_power(const struct plan *plan, const struct metric_config *metric, struct buf *out) {
    const struct metric_prior *prior = &metric->prior;
    struct evidence_settings settings;
    if (!prior->known) return;
    judge_settings(&plan->config->judge, metric, &settings);
    size_t steps = (size_t)((plan->end_ms - plan->start_ms) / plan->config->window.step_ms);
    double share = metric->kind == METRIC_COUNTS ? SHARE_COUNT : metric->kind == METRIC_HISTOGRAM ? SHARE_HISTOGRAM : SHARE_SERIES;
    double visible = power_visible_in(&settings, steps, prior->sd, prior->rho, share);
    buf_printf(out, "    history: rho %.3g worth %.3g steps", prior->rho, prior->weight);
    if (metric->kind == METRIC_COUNTS) print_quantity(out, ", phi at least ", prior->phi, "");
    if (isfinite(visible)) print_quantity(out, "; this window can see changes above ", round(visible * 1e4) / 100, "%");
    buf_str(out, "\n");
}

// "  latency: histogram, increase is bad, tolerated 10 % and 0.005 s, harm 20 %, 112 steps of 15s"
static void print_judging(const struct plan *plan, const struct metric_config *metric, struct buf *out) {
    const struct tolerance_config *t = &metric->tolerance;
    const char *direction = metric->judge.direction == KAYENTA_EITHER ? "a change either way" : direction_name(metric->judge.direction);
    buf_printf(out, "  %s: %s, %s is bad", metric->name, metric_kind_name(metric->kind), direction);
    buf_str(out, metric->has_direction ? "" : " (by default)");
    print_quantity(out, ", tolerated ", t->relative * 100, "%");
    if (t->absolute > 0) print_quantity(out, " and ", t->absolute, metric->kind == METRIC_COUNTS ? " of the ratio" : "");
    if (t->absolute > 0 && metric->kind != METRIC_COUNTS && metric->unit != NULL) buf_printf(out, " %s", metric->unit);
    print_quantity(out, ", harm ", (isnan(t->harm) ? 2 * t->relative : t->harm) * 100, "%");
    buf_str(out, t->by_default ? " (by default)" : "");
    int64_t step_ms = plan->config->window.step_ms;
    buf_printf(out, ", %lld steps of ", (long long)((plan->end_ms - plan->start_ms) / step_ms));
    duration_format(out, step_ms);
    buf_str(out, metric->required ? "\n" : ", not required\n");
    print_power(plan, metric, out);
}

// How much a window can see depends on how the values vary, which only data or priors tell; how many pairs it holds is known before.
static void print_judge(const struct plan *plan, struct buf *out) {
    const struct canary_config *config = plan->config;
    if (strcmp(config->judge.name, "serin") != 0) return;
    buf_printf(out, "judge serin, %.6g%% sure to fail, %.6g%% sure to pass, at least %.6g pairs of steps a metric\n",
               config->judge.confidence, config->judge.pass_confidence, config->judge.min_samples);
    for (size_t i = 0; i < config->metric_count; i++) {
        if (config->metrics[i].kind != METRIC_THRESHOLD) print_judging(plan, &config->metrics[i], out);
    }
}

void plan_print(const struct plan *plan, struct buf *out) {
    const struct canary_config *config = plan->config;
    buf_printf(out, "canary %s, window ", config->name);
    time_format(out, plan->start_ms);
    buf_str(out, " to ");
    time_format(out, plan->end_ms);
    buf_printf(out, ", %zu queries\n", plan->query_count + (plan->objectives != NULL ? plan->objectives->query_count : 0));
    print_judge(plan, out);
    for (size_t i = 0; i < plan->query_count; i++) {
        const struct planned_query *q = &plan->queries[i];
        buf_printf(out, "\n%s %s, %s side, source %s, %s ", plan_owner_name(plan, q), query_part_name(q->part), side_name(q->side),
                   q->source, query_mode_name(q->query.mode));
        time_format(out, q->query.start_ms);
        buf_str(out, " to ");
        time_format(out, q->query.end_ms);
        if (q->query.mode == QUERY_RANGE) {
            buf_str(out, " step ");
            duration_format(out, q->query.step_ms);
        }
        buf_printf(out, "\n  %s\n", q->query.expr);
    }
    if (plan->objectives != NULL) objective_plan_print(plan->objectives, out);
}
