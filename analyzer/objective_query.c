// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/objective_query.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/timetext.h"
#include "placeholder.h"
#include "stats/objective.h"

#define MOST_SELECTOR_BYTES ((size_t)1 << 20)

struct asked { // what one expression is made of
    const struct canary_config *config;
    const struct objective_config *objective;
    const struct objective_view *view;
    struct error *err;
};

bool objective_marks_bad(const struct objective_config *objective) {
    return objective->sliced || objective->kind == OBJECTIVE_BAD;
}

const char *objective_part_name(const struct objective_config *objective, enum objective_part part) {
    if (part == OBJECTIVE_TOTAL) return "total";
    return objective_marks_bad(objective) ? "bad" : "good";
}

// The ways in which programs write a bucket bound: plain, with .0, and with an exponent. As a regular expression inside of PromQL quotes.
static void bound_pattern(struct buf *out, double bound) {
    char e[40];
    int digits = 0;
    do snprintf(e, sizeof e, "%.*e", digits, bound);
    while (strtod(e, NULL) != bound && ++digits < 17); // NOLINT: exact equality is meant
    int exponent = atoi(strchr(e, 'e') + 1), decimals = digits > exponent ? digits - exponent : 0;
    char plain[64];
    snprintf(plain, sizeof plain, "%.*f", decimals, bound);
    for (const char *c = plain; *c != '\0'; c++) buf_str(out, *c == '.' ? "\\\\." : (char[]){*c, '\0'});
    if (decimals == 0) buf_printf(out, "|%s\\\\.0", plain);
    if (exponent >= -4 && exponent < 6) return;
    buf_char(out, '|');
    for (const char *c = e; *c != '\0'; c++) {
        if (*c == '.' || *c == '+') buf_str(out, "\\\\");
        buf_char(out, *c);
    }
}

// Adds a matcher to a plain selector.
static void add_matcher(struct buf *out, const char *selector, const char *matcher) {
    size_t len = strlen(selector);
    while (len > 0 && strchr(" \t\r\n", selector[len - 1]) != NULL) len--;
    if (len == 0 || selector[len - 1] != '}') {
        buf_bytes(out, selector, len);
        buf_printf(out, "{%s}", matcher);
        return;
    }
    len--;
    while (len > 0 && strchr(" \t\r\n", selector[len - 1]) != NULL) len--;
    buf_bytes(out, selector, len);
    buf_printf(out, "%s%s}", len > 0 && strchr("{,", selector[len - 1]) != NULL ? "" : ",", matcher);
}

static const char *selector_of(const struct objective_config *o, enum objective_part part) {
    switch (o->kind) {
    case OBJECTIVE_BAD:
        return part == OBJECTIVE_TOTAL ? o->total : o->bad;
    case OBJECTIVE_GOOD:
        return part == OBJECTIVE_TOTAL ? o->total : o->good;
    case OBJECTIVE_LATENCY:
        return o->histogram;
    case OBJECTIVE_UP:
        break;
    }
    return o->up;
}

static void add_bucket(struct buf *out, const char *selector, const struct objective_config *o, enum objective_part part) {
    struct buf matcher;
    buf_init(&matcher, 256);
    if (part == OBJECTIVE_TOTAL) {
        buf_str(&matcher, "le=\"+Inf\"");
    } else {
        buf_str(&matcher, "le=~\"");
        bound_pattern(&matcher, o->below);
        buf_char(&matcher, '"');
    }
    add_matcher(out, selector, buf_text(&matcher));
    buf_finish(&matcher);
}

static bool add_selector(const struct asked *a, enum objective_part part, int64_t window_ms, struct buf *out) {
    struct buf scope, selector;
    buf_init(&scope, MOST_SELECTOR_BYTES);
    buf_init(&selector, MOST_SELECTOR_BYTES);
    placeholder_scope(&scope, a->view->scope);
    struct placeholder_context context = {buf_text(&scope), window_ms, a->config->window.step_ms};
    bool ok = placeholder_expand(&selector, view_of(selector_of(a->objective, part)), &a->config->vars, &context, a->err);
    if (ok && a->objective->kind == OBJECTIVE_LATENCY && !a->objective->native) {
        add_bucket(out, buf_text(&selector), a->objective, part);
    } else if (ok) {
        buf_str(out, buf_text(&selector));
    }
    buf_finish(&scope);
    buf_finish(&selector);
    return ok;
}

// sum by (labels) (function(selector[window]))
static bool add_sum(const struct asked *a, const char *function, enum objective_part part, int64_t window_ms, struct buf *out) {
    buf_str(out, "sum");
    if (a->view->by[0] != '\0') buf_printf(out, " by (%s) ", a->view->by);
    buf_printf(out, "(%s(", function);
    bool ok = add_selector(a, part, window_ms, out);
    buf_char(out, '[');
    duration_format(out, window_ms);
    buf_str(out, "]))");
    return ok;
}

static bool add_native(const struct asked *a, enum objective_part part, int64_t window_ms, struct buf *out) {
    bool ok = true;
    if (part == OBJECTIVE_MARKED) {
        buf_str(out, "histogram_fraction(-Inf, ");
        buf_double(out, a->objective->below);
        buf_str(out, ", ");
        ok = add_sum(a, "increase", part, window_ms, out);
        buf_str(out, ") * ");
    }
    buf_str(out, "histogram_count(");
    ok = ok && add_sum(a, "increase", part, window_ms, out);
    buf_char(out, ')');
    return ok;
}

static bool add_events(const struct asked *a, enum objective_part part, int64_t window_ms, struct buf *out) {
    if (a->objective->kind == OBJECTIVE_LATENCY && a->objective->native) return add_native(a, part, window_ms, out);
    if (a->objective->kind != OBJECTIVE_UP) return add_sum(a, "increase", part, window_ms, out);
    return add_sum(a, part == OBJECTIVE_TOTAL ? "count_over_time" : "sum_over_time", part, window_ms, out);
}

// The share of bad events in the slice that ends at the time of evaluation. Where ratios are summed up those of no events are left out.
static bool add_slice_ratio(const struct asked *a, struct buf *out) {
    const struct objective_config *o = a->objective;
    bool bad = o->kind == OBJECTIVE_BAD;
    if (!bad) buf_char(out, '(');
    bool ok = add_events(a, bad ? OBJECTIVE_MARKED : OBJECTIVE_TOTAL, o->slice_ms, out);
    if (!bad) {
        buf_str(out, " - ");
        ok = ok && add_events(a, OBJECTIVE_MARKED, o->slice_ms, out);
        buf_char(out, ')');
    }
    buf_str(out, o->slice_method == SLICES_MEAN ? " / (" : " / ");
    ok = ok && add_events(a, OBJECTIVE_TOTAL, o->slice_ms, out);
    if (o->slice_method == SLICES_MEAN) buf_str(out, " > 0)");
    return ok;
}

// Slices end at multiples of their length. A subquery includes its left end in some versions, where a slice outside of the window
// would end: a millisecond less leaves it out everywhere.
static bool add_slices(const struct asked *a, enum objective_part part, int64_t window_ms, struct buf *out) {
    const struct objective_config *o = a->objective;
    bool ok;
    if (part == OBJECTIVE_MARKED) {
        char limit[40];
        snprintf(limit, sizeof limit, "%.14g", objective_budget(o->slice_target));
        buf_str(out, "sum_over_time((");
        ok = add_slice_ratio(a, out);
        if (o->slice_method == SLICES_GOOD) buf_printf(out, " > bool %s", limit);
        buf_str(out, ")[");
    } else {
        buf_str(out, "count_over_time((");
        ok = add_events(a, OBJECTIVE_TOTAL, o->slice_ms, out);
        buf_str(out, " > 0)[");
    }
    duration_format(out, window_ms - 1);
    buf_char(out, ':');
    duration_format(out, o->slice_ms);
    buf_str(out, "])");
    return ok;
}

bool objective_query_part(const struct canary_config *config, const struct objective_config *objective, const struct objective_view *view,
                          enum objective_part part, int64_t window_ms, struct buf *out, struct error *err) {
    struct asked a = {config, objective, view, err};
    bool ok = objective->sliced ? add_slices(&a, part, window_ms, out) : add_events(&a, part, window_ms, out);
    if (ok && out->failed) ok = error_set(err, ERROR_LIMIT, "the query is longer than %zu bytes", out->limit);
    return ok || error_prefix(err, "objective %s", objective->name);
}

bool objective_query_selector(const struct canary_config *config, const struct objective_config *objective,
                              const struct objective_view *view, enum objective_part part, struct buf *out, struct error *err) {
    struct asked a = {config, objective, view, err};
    return add_selector(&a, part, objective->tier_count > 0 ? objective->tiers[0].short_ms : 60000, out) ||
           error_prefix(err, "objective %s", objective->name);
}

static bool is_there(const struct name_values *labels, const char *name) {
    for (size_t i = 0; i < labels->count; i++) {
        if (strcmp(labels->items[i].name, name) == 0) return true;
    }
    return false;
}

static bool has_matcher(const struct texts *matchers, const char *text) {
    for (size_t i = 0; i < matchers->count; i++) {
        if (strcmp(matchers->items[i], text) == 0) return true;
    }
    return false;
}

const char *objective_side_labels(const struct canary_config *config, struct arena *arena) {
    const char *list = "";
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct scope_config *scope = &config->scopes[side], *first = &config->scopes[0];
        for (size_t i = 0; i < scope->matchers.count; i++) {
            if (!has_matcher(&config->service.matchers, scope->matchers.items[i])) return "";
        }
        for (size_t i = 0; i < scope->labels.count; i++) {
            const char *name = scope->labels.items[i].name;
            if (is_there(&config->service.labels, name) || (side > 0 && is_there(&first->labels, name))) continue;
            list = *list == '\0' ? name : arena_printf(arena, "%s, %s", list, name);
        }
    }
    return list;
}
