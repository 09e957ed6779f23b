// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/objective_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/timetext.h"

#define MOST_QUERY_BYTES ((size_t)4 << 20)
#define DAY_MS INT64_C(86400000)
#define MOST_DAYS 400
#define PARTS 24 // of a period that is not some days

const char *objective_who_name(enum objective_who who) {
    static const char *const names[] = {"service", "baseline", "canary"};
    return names[who];
}

size_t objective_plan_span(const struct planned_objective *objective, int64_t length_ms) {
    for (size_t i = 0; i < objective->window_count; i++) {
        if (objective->spans[i].end_ms - objective->spans[i].start_ms == length_ms) return i;
    }
    return OBJECTIVE_NONE;
}

const char *objective_span_kind(const struct planned_objective *p, size_t span) {
    if (span < p->window_count) return "window";
    if (span == p->period_span) return "period";
    if (span == p->release_span) return "release";
    return span == p->history_span ? "history" : "past";
}

static int compare_lengths(const void *a, const void *b) { // they all end alike
    const struct objective_span *x = a, *y = b;
    return (x->start_ms < y->start_ms) - (x->start_ms > y->start_ms);
}

static size_t add_span(struct planned_objective *p, int64_t start_ms, int64_t end_ms) {
    p->spans[p->span_count] = (struct objective_span){start_ms, end_ms};
    return p->span_count++;
}

// Days, where the period is some of them; else a few dozen parts.
static void plan_history(struct planned_objective *p, int64_t at_ms) {
    int64_t period_ms = p->config->period_ms;
    bool days = period_ms >= 2 * DAY_MS && period_ms % DAY_MS == 0 && period_ms <= MOST_DAYS * DAY_MS;
    if (p->config->calendar != CALENDAR_NONE || p->period_span == OBJECTIVE_NONE || period_ms < PARTS * OBJECTIVE_SHORTEST_MS) return;
    p->part_count = days ? (size_t)(period_ms / DAY_MS) : PARTS;
    p->part_ms = days ? DAY_MS : (period_ms + PARTS - 1) / PARTS;
    if (p->config->sliced && p->part_ms < p->config->slice_ms) return;
    p->history_span = add_span(p, at_ms - (int64_t)(p->part_count - 1) * p->part_ms, at_ms);
}

static void plan_spans(struct planned_objective *p, int64_t at_ms, int64_t release_start_ms, struct arena *arena) {
    const struct objective_config *o = p->config;
    p->period_span = p->release_span = p->history_span = p->past_span = OBJECTIVE_NONE;
    p->spans = arena_array(arena, 2 * o->tier_count + 3, sizeof *p->spans);
    for (size_t i = 0; i < o->tier_count; i++) {
        const int64_t lengths[] = {o->tiers[i].short_ms, o->tiers[i].long_ms};
        for (size_t k = 0; k < 2; k++) {
            if (objective_plan_span(p, lengths[k]) == OBJECTIVE_NONE) p->window_count = add_span(p, at_ms - lengths[k], at_ms) + 1;
        }
    }
    if (p->span_count > 1) qsort(p->spans, p->span_count, sizeof *p->spans, compare_lengths);
    if (at_ms - p->period.start_ms >= OBJECTIVE_SHORTEST_MS)
        p->period_span = add_span(p, p->period.start_ms, at_ms); // a period that just began has no data
    if (release_start_ms != INT64_MIN) p->release_span = add_span(p, release_start_ms, at_ms);
    plan_history(p, at_ms);
}

// Baseline and canary may be read earlier, and from other sources.
static void place(const struct canary_config *config, const struct objective_config *objective, enum objective_who who,
                  struct objective_view *ret_view, const char **ret_source, int64_t *ret_offset_ms) {
    const struct scope_config *scope = &config->service;
    if (who != WHO_SERVICE) scope = &config->scopes[who == WHO_CANARY ? SIDE_CANARY : SIDE_BASELINE];
    *ret_view = (struct objective_view){scope, ""};
    *ret_source = who == WHO_SERVICE ? objective->source : scope->source;
    *ret_offset_ms = scope->offset_ms;
}

// Both parts of a span. The history is asked for in one range query, whose points are the parts of the period.
static bool plan_pair(struct objective_plan *plan, size_t index, enum objective_who who, size_t span, struct arena *arena,
                      struct error *err) {
    const struct planned_objective *p = &plan->items[index];
    const struct objective_span *times = &p->spans[span];
    bool history = span == p->history_span;
    struct objective_view view;
    const char *source;
    int64_t offset_ms;
    place(plan->config, p->config, who, &view, &source, &offset_ms);
    struct query query = {.mode = history ? QUERY_RANGE : QUERY_INSTANT,
                          .start_ms = (history ? times->start_ms : times->end_ms) - offset_ms,
                          .end_ms = times->end_ms - offset_ms,
                          .step_ms = history ? p->part_ms : 0};
    for (int part = OBJECTIVE_MARKED; part <= OBJECTIVE_TOTAL; part++) {
        struct buf expr;
        buf_init(&expr, MOST_QUERY_BYTES);
        bool ok = objective_query_part(plan->config, p->config, &view, (enum objective_part)part,
                                       history ? p->part_ms : times->end_ms - times->start_ms, &expr, err);
        query.expr = arena_strdup(arena, buf_text(&expr));
        buf_finish(&expr);
        if (!ok) return false;
        plan->queries[plan->query_count++] = (struct objective_query){index, span, who, (enum objective_part)part, source, query};
    }
    return true;
}

static bool plan_queries(struct objective_plan *plan, size_t index, enum objective_who who, struct arena *arena, struct error *err) {
    const struct planned_objective *p = &plan->items[index];
    for (size_t span = 0; span < p->span_count; span++) {
        if (span == p->history_span && who != WHO_SERVICE) continue;
        if (!plan_pair(plan, index, who, span, arena, err)) return false;
    }
    return true;
}

bool objective_plan_build(const struct canary_config *config, int64_t at_ms, int64_t release_start_ms, size_t looks, struct arena *arena,
                          struct objective_plan *ret, struct error *err) {
    *ret = (struct objective_plan){.config = config, .at_ms = at_ms, .count = config->objective_count};
    ret->items = arena_array(arena, config->objective_count, sizeof *ret->items);
    if (release_start_ms != INT64_MIN && at_ms - release_start_ms < OBJECTIVE_SHORTEST_MS)
        return error_set(err, ERROR_USAGE, "the release begins after the time it is to be judged at");
    size_t most = 0;
    for (size_t i = 0; i < ret->count; i++) {
        struct planned_objective *p = &ret->items[i];
        p->config = &config->objectives[i];
        p->alpha = (1 - p->config->confidence / 100) / (double)looks;
        p->asked[WHO_SERVICE] = true;
        p->asked[WHO_BASELINE] = p->config->by_scope && config->scopes[SIDE_BASELINE].source != NULL;
        p->asked[WHO_CANARY] = p->config->by_scope && config->scopes[SIDE_CANARY].source != NULL;
        if (!period_at(p->config, at_ms, &p->period, err)) return false;
        plan_spans(p, at_ms, release_start_ms, arena);
        most += WHO_COUNT * 2 * p->span_count;
    }
    ret->queries = arena_array(arena, most, sizeof *ret->queries);
    for (size_t i = 0; i < ret->count; i++) {
        for (int who = 0; who < WHO_COUNT; who++) {
            if (ret->items[i].asked[who] && !plan_queries(ret, i, (enum objective_who)who, arena, err)) return false;
        }
    }
    return true;
}

// The periods of one objective that are to be asked for, behind its other spans.
static bool plan_past_spans(struct planned_objective *p, int64_t at_ms, struct arena *arena, struct error *err) {
    struct objective_span *spans = arena_array(arena, p->span_count + OBJECTIVE_PAST, sizeof *spans);
    struct period period = p->period;
    memcpy(spans, p->spans, p->span_count * sizeof *spans);
    p->spans = spans;
    p->past_span = p->span_count;
    if (p->config->calendar != CALENDAR_NONE && !period_at(p->config, period.start_ms - 1, &period, err)) return false;
    for (; p->past_count < OBJECTIVE_PAST && period.start_ms >= 0 && period.end_ms <= at_ms; p->past_count++) {
        add_span(p, period.start_ms, period.end_ms);
        int64_t before_ms = period.start_ms - (p->config->calendar != CALENDAR_NONE ? 1 : 0);
        if (!period_at(p->config, before_ms, &period, err)) return false;
    }
    return true;
}

bool objective_plan_past(struct objective_plan *plan, struct arena *arena, struct error *err) {
    struct objective_query *queries = arena_array(arena, plan->query_count + 2 * OBJECTIVE_PAST * plan->count, sizeof *queries);
    memcpy(queries, plan->queries, plan->query_count * sizeof *queries);
    plan->queries = queries;
    for (size_t i = 0; i < plan->count; i++) {
        struct planned_objective *p = &plan->items[i];
        if (!plan_past_spans(p, plan->at_ms, arena, err)) return false;
        for (size_t k = 0; k < p->past_count; k++) {
            if (!plan_pair(plan, i, WHO_SERVICE, p->past_span + k, arena, err)) return false;
        }
    }
    return true;
}

void objective_plan_print(const struct objective_plan *plan, struct buf *out) {
    for (size_t i = 0; i < plan->query_count; i++) {
        const struct objective_query *q = &plan->queries[i];
        const struct planned_objective *p = &plan->items[q->objective];
        buf_printf(out, "\nobjective %s %s, %s, source %s, %s at ", p->config->name, objective_part_name(p->config, q->part),
                   objective_who_name(q->who), q->source, query_mode_name(q->query.mode));
        time_format(out, q->query.end_ms);
        if (q->query.mode == QUERY_RANGE) {
            buf_str(out, ", from ");
            time_format(out, q->query.start_ms);
            buf_str(out, " by ");
            duration_format(out, q->query.step_ms);
        }
        buf_printf(out, "\n  %s\n", q->query.expr);
    }
}
