// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdlib.h>
#include <string.h>

#include "analyzer/objective_query.h"
#include "query/selector.h"
#include "rules_private.h"
#include "text_time.h"
#include "yaml_text.h"

#define MOST_EXPR_BYTES ((size_t)4 << 20)
#define DAY_MS INT64_C(86400000)

struct writer {
    const struct canary_config *config;
    const struct objective_config *objective;
    struct arena arena;
    struct buf *out;
    struct error *err;
    bool bare, ok;
};

static int compare_times(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void add_window(struct rules_windows *windows, int64_t ms) {
    for (size_t i = 0; i < windows->count; i++) {
        if (windows->ms[i] == ms) return;
    }
    if (windows->count < RULES_MOST_WINDOWS) windows->ms[windows->count++] = ms;
}

struct rules_windows rules_windows_of(const struct objective_config *objective, bool page_only) {
    struct rules_windows windows = {.count = 0};
    for (size_t i = 0; i < objective->tier_count; i++) {
        const struct objective_tier *tier = &objective->tiers[i];
        if (!objective_can_fire(objective, tier) || (page_only && tier->severity != SEVERITY_PAGE)) continue;
        add_window(&windows, tier->short_ms);
        add_window(&windows, tier->long_ms);
    }
    qsort(windows.ms, windows.count, sizeof windows.ms[0], compare_times);
    return windows;
}

const struct objective_tier *rules_first_page(const struct objective_config *objective) {
    for (size_t i = 0; i < objective->tier_count; i++) {
        const struct objective_tier *tier = &objective->tiers[i];
        if (tier->severity == SEVERITY_PAGE && objective_can_fire(objective, tier)) return tier;
    }
    return NULL;
}

bool rules_check(const struct canary_config *config, struct error *err) {
    return config->objective_count > 0 || error_set(err, ERROR_CONFIG, "%s has no objectives", config->file);
}

static const char *number(struct writer *w, double value) {
    struct buf text;
    buf_init(&text, 64);
    buf_double(&text, strtod(arena_printf(&w->arena, "%.14g", value), NULL));
    return arena_take(&w->arena, &text);
}

static void line(struct writer *w, const char *indent, const char *key, const char *value) {
    buf_printf(w->out, "%s%s: ", indent, key);
    yaml_text(w->out, value);
    buf_char(w->out, '\n');
}

static const char *query(struct writer *w, const struct objective_view *view, enum objective_part part, int64_t window_ms) {
    struct buf expr;
    buf_init(&expr, MOST_EXPR_BYTES);
    if (!objective_query_part(w->config, w->objective, view, part, window_ms, &expr, w->err)) w->ok = false;
    return arena_take(&w->arena, &expr);
}

static void record(struct writer *w, const char *name, const char *expr) {
    line(w, "      - ", "record", name);
    line(w, "        ", "expr", expr);
    buf_str(w->out, "        labels: {slo: ");
    yaml_text(w->out, w->objective->id);
    buf_str(w->out, "}\n");
}

// slo="checkout-availability", to choose the recorded series of the objective.
static const char *own_matcher(struct writer *w) {
    struct buf text;
    buf_init(&text, 4096);
    selector_matcher(&text, "slo", "=", w->objective->id);
    return arena_take(&w->arena, &text);
}

// Counts of a window, then their ratio. An error series that was never made is no error, as long as there is traffic.
static void record_window(struct writer *w, const char *level, const struct objective_view *view, int64_t window_ms) {
    const char *window = text_duration(&w->arena, window_ms), *slo = own_matcher(w);
    const char *errors = arena_printf(&w->arena, "%s:errors:increase%s", level, window);
    const char *events = arena_printf(&w->arena, "%s:events:increase%s", level, window);
    const char *marked = query(w, view, OBJECTIVE_MARKED, window_ms), *total = query(w, view, OBJECTIVE_TOTAL, window_ms);
    record(w, errors,
           objective_marks_bad(w->objective) ? arena_printf(&w->arena, "%s or 0 * %s", marked, total)
                                             : arena_printf(&w->arena, "clamp_min(%s - %s, 0)", total, marked));
    record(w, events, total);
    record(w, arena_printf(&w->arena, "%s:error_ratio:rate%s", level, window),
           arena_printf(&w->arena, "%s{%s} / %s{%s}", errors, slo, events, slo));
}

static void record_constants(struct writer *w, const struct rules_windows *windows) {
    const struct objective_config *o = w->objective;
    record(w, "slo:objective:ratio", arena_printf(&w->arena, "vector(%s)", number(w, 1 - o->budget)));
    record(w, "slo:error_budget:ratio", arena_printf(&w->arena, "vector(%s)", number(w, o->budget)));
    record(w, "slo:time_period:days", arena_printf(&w->arena, "vector(%s)", number(w, (double)o->period_ms / (double)DAY_MS)));
    for (size_t i = 0; i < o->tier_count; i++) {
        line(w, "      - ", "record", "slo:tier_factor:ratio");
        line(w, "        ", "expr", arena_printf(&w->arena, "vector(%s)", number(w, o->tiers[i].factor)));
        buf_str(w->out, "        labels: {slo: ");
        yaml_text(w->out, o->id);
        buf_printf(w->out, ", tier: %s}\n", o->tiers[i].name);
    }
    if (windows->count == 0) return;
    record(w, "slo:current_burn_rate:ratio",
           arena_printf(&w->arena, "slo_service:error_ratio:rate%s{%s} / %s", text_duration(&w->arena, windows->ms[0]), own_matcher(w),
                        number(w, o->budget)));
}

static bool is_set(const struct name_values *labels, const char *name) {
    for (size_t i = 0; i < labels->count; i++) {
        if (strcmp(labels->items[i].name, name) == 0) return true;
    }
    return false;
}

static void alert_labels(struct writer *w, const char *severity, const char *tier) {
    const struct name_values *labels = &w->objective->labels;
    buf_str(w->out, "        labels:\n");
    line(w, "          ", "severity", severity);
    line(w, "          ", "tier", tier);
    if (w->config->owner != NULL && !is_set(labels, "owner")) line(w, "          ", "owner", w->config->owner);
    for (size_t i = 0; i < labels->count; i++) line(w, "          ", labels->items[i].name, labels->items[i].value);
}

static void alert_annotations(struct writer *w, const char *summary, const char *description) {
    if (w->bare) return;
    buf_str(w->out, "        annotations:\n");
    line(w, "          ", "summary", summary);
    line(w, "          ", "description", description);
    if (w->objective->runbook != NULL) line(w, "          ", "runbook_url", w->objective->runbook);
}

// An id is shown in texts that are templates.
static const char *shown_id(struct writer *w) {
    return strstr(w->objective->id, "{{") == NULL ? w->objective->id : "the objective";
}

static void alert_head(struct writer *w, const char *name, const char *expr, int64_t hold_ms) {
    line(w, "      - ", "alert", name);
    line(w, "        ", "expr", expr);
    if (hold_ms > 0) buf_printf(w->out, "        for: %s\n", text_duration(&w->arena, hold_ms));
}

static const char *tier_expr(struct writer *w, const char *level, const char *matchers, const struct objective_tier *tier) {
    const char *limit = number(w, objective_threshold(w->objective, tier->factor));
    return arena_printf(&w->arena, "%s:error_ratio:rate%s{%s} > %s and %s:error_ratio:rate%s{%s} > %s", level,
                        text_duration(&w->arena, tier->long_ms), matchers, limit, level, text_duration(&w->arena, tier->short_ms), matchers,
                        limit);
}

static void alert_tier(struct writer *w, const struct objective_tier *tier) {
    const struct objective_config *o = w->objective;
    const char *long_window = text_duration(&w->arena, tier->long_ms), *short_window = text_duration(&w->arena, tier->short_ms);
    alert_head(w, "SLOErrorBudgetBurn", tier_expr(w, "slo_service", own_matcher(w), tier), tier->hold_ms);
    alert_labels(w, o->severities[tier->severity], tier->name);
    line(w, "          ", "long_window", long_window);
    line(w, "          ", "short_window", short_window);
    alert_annotations(
        w,
        arena_printf(&w->arena, "%s: {{ $value | humanizePercentage }} of events failed in %s, the error budget burns", shown_id(w),
                     long_window),
        arena_printf(&w->arena,
                     "Over %s and still over %s the budget burns more than %s times as fast as the target of %s%% allows. At %s times "
                     "a whole budget lasts %s.",
                     long_window, short_window, number(w, tier->factor), number(w, o->target), number(w, tier->factor),
                     text_duration(&w->arena, (int64_t)((double)o->period_ms / tier->factor) / 60000 * 60000)));
}

// The recorded series of the canary alone: its labels among those that tell the sides apart.
static const char *canary_matchers(struct writer *w) {
    struct buf text;
    buf_init(&text, (size_t)1 << 16);
    buf_str(&text, own_matcher(w));
    const struct name_values *labels = &w->config->scopes[SIDE_CANARY].labels;
    for (size_t i = 0; i < labels->count; i++) {
        if (is_set(&w->config->service.labels, labels->items[i].name)) continue;
        buf_char(&text, ',');
        selector_matcher(&text, labels->items[i].name, "=", labels->items[i].value);
    }
    return arena_take(&w->arena, &text);
}

static void alert_canary(struct writer *w) {
    const struct objective_tier *tier = rules_first_page(w->objective);
    if (tier == NULL) return;
    alert_head(w, "SLOCanaryBurn", tier_expr(w, "slo", canary_matchers(w), tier), tier->hold_ms);
    alert_labels(w, w->objective->severities[SEVERITY_PAGE], tier->name);
    alert_annotations(w,
                      arena_printf(&w->arena, "%s: {{ $value | humanizePercentage }} of the canary's events failed in %s", shown_id(w),
                                   text_duration(&w->arena, tier->long_ms)),
                      arena_printf(&w->arena,
                                   "The canary alone burns more than %s times what the target of %s%% allows; the service as a whole may "
                                   "not show it while the canary has little traffic.",
                                   number(w, tier->factor), number(w, w->objective->target)));
}

static const char *absent(struct writer *w, const struct objective_view *view, enum objective_part part) {
    struct buf text;
    buf_init(&text, MOST_EXPR_BYTES);
    buf_str(&text, "absent(count(");
    if (!objective_query_selector(w->config, w->objective, view, part, &text, w->err)) w->ok = false;
    buf_str(&text, "))");
    return arena_take(&w->arena, &text);
}

// Good events that are nowhere cannot be told from a mistake in their selector; bad events that are nowhere are the usual case.
static void alert_absent(struct writer *w, const struct objective_view *view) {
    const struct objective_config *o = w->objective;
    bool both = o->kind == OBJECTIVE_GOOD || (o->kind == OBJECTIVE_LATENCY && !o->native);
    const char *expr = absent(w, view, OBJECTIVE_TOTAL);
    if (both) expr = arena_printf(&w->arena, "%s or %s", expr, absent(w, view, OBJECTIVE_MARKED));
    alert_head(w, "SLOMetricAbsent", expr, o->absent_ms);
    alert_labels(w, o->severities[SEVERITY_PAGE], "absent");
    line(w, "          ", "slo", o->id);
    alert_annotations(w, arena_printf(&w->arena, "%s cannot be measured: its series are gone", shown_id(w)),
                      "No series match the selectors of the objective. No burn rate can be told, so no other alert of it can fire.");
}

static void write_period(struct writer *w, const struct objective_view *service) {
    const char *window = text_duration(&w->arena, w->objective->period_ms), *slo = own_matcher(w);
    buf_str(w->out, "  - name: ");
    yaml_text(w->out, arena_printf(&w->arena, "serin-%s-period", w->objective->id));
    buf_str(w->out, "\n    interval: 5m\n    rules:\n");
    record_window(w, "slo_service", service, w->objective->period_ms);
    record(w, "slo:period_burn_rate:ratio",
           arena_printf(&w->arena, "slo_service:error_ratio:rate%s{%s} / %s", window, slo, number(w, w->objective->budget)));
    record(w, "slo:period_error_budget_remaining:ratio", arena_printf(&w->arena, "1 - slo:period_burn_rate:ratio{%s}", slo));
}

static void write_objective(struct writer *w) {
    const struct objective_config *o = w->objective;
    const char *by = o->by_scope ? objective_side_labels(w->config, &w->arena) : "";
    struct objective_view service = {&w->config->service, ""}, sides = {&w->config->service, by};
    struct rules_windows all = rules_windows_of(o, false), paging = rules_windows_of(o, true);
    buf_str(w->out, "  - name: ");
    yaml_text(w->out, arena_printf(&w->arena, "serin-%s", o->id));
    buf_str(w->out, "\n    rules:\n");
    for (size_t i = 0; i < all.count; i++) record_window(w, "slo_service", &service, all.ms[i]);
    for (size_t i = 0; i < paging.count && by[0] != '\0'; i++) record_window(w, "slo", &sides, paging.ms[i]);
    record_constants(w, &all);
    for (size_t i = 0; i < o->tier_count; i++) {
        if (objective_can_fire(o, &o->tiers[i])) alert_tier(w, &o->tiers[i]);
    }
    if (by[0] != '\0') alert_canary(w);
    alert_absent(w, &service);
    if (o->calendar == CALENDAR_NONE) write_period(w, &service);
}

bool rules_yaml(const struct canary_config *config, bool bare, struct buf *out, struct error *err) {
    struct writer w = {.config = config, .bare = bare, .out = out, .err = err, .ok = true};
    if (!rules_check(config, err)) return false;
    buf_str(out, "# Rules for the objectives of ");
    yaml_text(out, config->name);
    buf_str(out, ", made by serin rules. Counts of errors and events are recorded beside their ratio,\n"
                 "# so that ratios of longer times or of several services can be made of them by dividing last.\ngroups:\n");
    for (size_t i = 0; i < config->objective_count && w.ok; i++) {
        w.objective = &config->objectives[i];
        write_objective(&w);
    }
    arena_finish(&w.arena);
    if (w.ok && out->failed) return error_set(err, ERROR_LIMIT, "the rules are larger than %zu bytes", out->limit);
    return w.ok;
}
