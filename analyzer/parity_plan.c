// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/parity_plan.h"

#include <string.h>

#include "placeholder.h"
#include "query/selector.h"
#include "texts.h"

#define MOST_SELECTORS ((size_t)32) // of one expression
#define MOST_SCOPE_BYTES ((size_t)1 << 20)

static bool is_compared(const struct plan *plan, const struct planned_query *q) {
    return q->part != PART_GUARD && q->part != PART_BEFORE && plan->config->metrics[q->owner].kind != METRIC_THRESHOLD;
}

static struct planned_query selector_query(const struct plan *plan, const struct planned_query *from, const char *selector) {
    struct planned_query q = *from;
    q.query = (struct query){.expr = selector, .mode = QUERY_RAW};
    plan_metric_times(plan, &plan->config->metrics[q.owner], q.side, &q.query.start_ms, &q.query.end_ms);
    return q;
}

void parity_plan_build(const struct plan *from, struct arena *arena, struct plan *ret) {
    *ret = *from;
    ret->objectives = NULL;
    ret->queries = arena_array(arena, from->query_count * MOST_SELECTORS, sizeof *ret->queries);
    ret->query_count = 0;
    for (size_t i = 0; i < from->query_count; i++) {
        const struct planned_query *q = &from->queries[i];
        struct view expr = view_of(q->query.expr), selector;
        size_t found = 0;
        if (!is_compared(from, q)) continue;
        for (size_t at = 0; q->query.mode == QUERY_RANGE && found < MOST_SELECTORS && selector_next(expr, &at, &selector); found++)
            ret->queries[ret->query_count++] = selector_query(from, q, arena_strndup(arena, selector.ptr, selector.len));
        if (found == 0) ret->queries[ret->query_count++] = *q;
    }
}

// Names of the labels that the scopes tell the sides apart by.
static struct texts scope_labels(const struct canary_config *config, struct arena *arena) {
    struct texts names = {0};
    for (int side = 0; side < SIDE_COUNT; side++) {
        struct matcher *matchers;
        size_t count;
        struct buf scope;
        buf_init(&scope, MOST_SCOPE_BYTES);
        placeholder_scope(&scope, &config->scopes[side]);
        const char *selector = arena_printf(arena, "{%s}", buf_text(&scope));
        if (selector_matchers(view_of(selector), arena, &matchers, &count)) {
            for (size_t i = 0; i < count; i++) texts_add(&names, arena, arena_strndup(arena, matchers[i].name.ptr, matchers[i].name.len));
        }
        buf_finish(&scope);
    }
    return names;
}

struct selector { // of a probe; name NULL: an expression
    const char *text, *name;
    struct matcher *matchers;
    size_t count;
};

static struct selector selector_of(const struct query *query, struct arena *arena) {
    struct selector s = {.text = query->expr};
    if (query->mode != QUERY_RAW || !selector_matchers(view_of(query->expr), arena, &s.matchers, &s.count)) return s;
    s.name = query->expr;
    for (size_t i = 0; i < s.count; i++) {
        const struct matcher *m = &s.matchers[i];
        if (m->type == MATCHER_EQUAL && view_is(m->name, "__name__")) s.name = arena_strndup(arena, m->value.ptr, m->value.len);
    }
    return s;
}

static bool asks(const struct selector *s, const struct matcher *matcher) {
    for (size_t i = 0; i < s->count; i++) {
        const struct matcher *m = &s->matchers[i];
        if (m->type == matcher->type && view_same(m->name, matcher->name) && view_same(m->value, matcher->value)) return true;
    }
    return false;
}

// Whether every series that `s` finds is one of those that `other` finds.
static bool is_part_of(const struct selector *s, const struct selector *other) {
    if (s->name == NULL || other->name == NULL) return false;
    for (size_t i = 0; i < other->count; i++) {
        if (!asks(s, &other->matchers[i])) return false;
    }
    return true;
}

// A part tells nothing that the whole does not, and may rightly be empty on one side: bad requests among all. Of equal ones the first
// stays.
static bool is_told(const struct selector *selectors, size_t count, size_t at) {
    for (size_t i = 0; i < count; i++) {
        if (i != at && is_part_of(&selectors[at], &selectors[i]) && (i < at || !is_part_of(&selectors[i], &selectors[at]))) return true;
    }
    return false;
}

struct gather {
    const struct plan *plan;
    const struct answer *const *answers;
    struct arena *arena;
    struct parity_probe *probes;
    size_t count;
};

static struct parity_side side_of(const struct gather *g, size_t query) {
    const struct planned_query *q = &g->plan->queries[query];
    struct parity_side side = {.set = &g->answers[query]->set};
    plan_metric_times(g->plan, &g->plan->config->metrics[q->owner], q->side, &side.start_ms, &side.end_ms);
    return side;
}

// The k-th query of one side goes with the k-th of the other: both come from the same text.
static void add_metric(struct gather *g, const size_t *const sides[SIDE_COUNT], size_t count) {
    struct selector *selectors = arena_array(g->arena, count, sizeof *selectors);
    for (size_t k = 0; k < count; k++) selectors[k] = selector_of(&g->plan->queries[sides[SIDE_CANARY][k]].query, g->arena);
    for (size_t k = 0; k < count; k++) {
        const struct planned_query *q = &g->plan->queries[sides[SIDE_CANARY][k]];
        if (is_told(selectors, count, k)) continue;
        struct parity_probe *probe = &g->probes[g->count++];
        *probe = (struct parity_probe){.metric = g->plan->config->metrics[q->owner].name, .series = selectors[k].name};
        if (q->query.mode == QUERY_RANGE) probe->step_ms = q->query.step_ms;
        for (int side = 0; side < SIDE_COUNT; side++) probe->sides[side] = side_of(g, sides[side][k]);
    }
}

void parity_plan_compare(const struct plan *plan, const struct answer *const *answers, struct arena *arena, struct parity *ret) {
    struct gather g = {plan, answers, arena, arena_array(arena, plan->query_count, sizeof *g.probes), 0};
    size_t *sides[SIDE_COUNT], counts[SIDE_COUNT] = {0};
    for (int side = 0; side < SIDE_COUNT; side++) sides[side] = arena_array(arena, plan->query_count, sizeof *sides[side]);
    for (size_t i = 0; i < plan->query_count; i++) {
        const struct planned_query *q = &plan->queries[i];
        if (is_compared(plan, q)) sides[q->side][counts[q->side]++] = i;
        bool last = i + 1 == plan->query_count || plan->queries[i + 1].owner != q->owner || plan->queries[i + 1].part == PART_GUARD;
        if (!last || q->part == PART_GUARD) continue;
        size_t count = counts[SIDE_BASELINE] < counts[SIDE_CANARY] ? counts[SIDE_BASELINE] : counts[SIDE_CANARY];
        if (count > 0) add_metric(&g, (const size_t *const *)sides, count);
        counts[SIDE_BASELINE] = counts[SIDE_CANARY] = 0;
    }
    struct texts apart = scope_labels(plan->config, arena);
    parity_compare(g.probes, g.count, &apart, arena, ret);
}
