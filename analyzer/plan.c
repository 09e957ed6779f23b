// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/plan.h"

#include <string.h>

#include "analyzer/kayenta_query.h"
#include "base/timetext.h"
#include "placeholder.h"
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
    bool counter = part == PART_BAD || part == PART_TOTAL;
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
    if (metric->kind != METRIC_COUNTS) return add_text(b, owner, PART_VALUE, metric, side, metric->query);
    return add_text(b, owner, PART_BAD, metric, side, metric->bad) && add_text(b, owner, PART_TOTAL, metric, side, metric->total);
}

static bool add_guard(struct builder *b, size_t owner, const struct guard_config *guard) {
    bool both = strstr(guard->query, "${scope}") != NULL && b->plan->config->scopes[SIDE_BASELINE].source != NULL;
    return (!both || add_text(b, owner, PART_GUARD, NULL, SIDE_BASELINE, guard->query)) &&
           add_text(b, owner, PART_GUARD, NULL, SIDE_CANARY, guard->query);
}

static bool check_sources(const struct canary_config *config, struct error *err) {
    if (config->source_count > 0) return true;
    return error_set(err, ERROR_CONFIG, "%s names no server; give one with --url http://HOST:9090", config->file);
}

bool plan_build(const struct canary_config *config, int64_t end_ms, struct arena *arena, struct plan *ret, struct error *err) {
    if (!check_sources(config, err)) return false;
    if (config->metric_count == 0) return error_set(err, ERROR_CONFIG, "%s has no metrics to compare", config->file);
    int64_t step = config->window.step_ms;
    end_ms = end_ms / step * step;
    int64_t length = (config->window.length_ms - config->window.warmup_ms) / step * step;
    *ret = (struct plan){.config = config, .start_ms = end_ms - length, .end_ms = end_ms};
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
    return true;
}

const char *plan_owner_name(const struct plan *plan, const struct planned_query *query) {
    return query->part == PART_GUARD ? plan->config->guards[query->owner].name : plan->config->metrics[query->owner].name;
}

void plan_print(const struct plan *plan, struct buf *out) {
    const struct canary_config *config = plan->config;
    buf_printf(out, "canary %s, window ", config->name);
    time_format(out, plan->start_ms);
    buf_str(out, " to ");
    time_format(out, plan->end_ms);
    buf_printf(out, ", %zu queries\n", plan->query_count);
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
}
