// SPDX-License-Identifier: GPL-3.0-or-later
// The tests put recorded counts in place of what Prometheus would record, one event a window: then the count of errors is the ratio,
// and a ratio exactly at a threshold is the same double as the threshold.

#include "query/selector.h"
#include "rules_private.h"
#include "text_time.h"
#include "text_value.h"
#include "yaml_text.h"

struct scene { // error ratio of each window
    const char *title;
    double ratios[RULES_MOST_WINDOWS];
    bool traffic;
};

struct writer {
    const struct objective_config *objective;
    struct rules_windows windows;
    struct arena arena;
    struct buf *out;
    int64_t eval_ms; // late enough for every hold time
};

// name{slo="..."}
static const char *series(struct writer *w, const char *name, const char *more) {
    struct buf text;
    buf_init(&text, (size_t)1 << 16);
    buf_printf(&text, "%s{%s", name, more);
    selector_matcher(&text, "slo", "=", w->objective->id);
    buf_char(&text, '}');
    return arena_take(&w->arena, &text);
}

static size_t window_index(const struct rules_windows *windows, int64_t ms) {
    size_t i = 0;
    while (i + 1 < windows->count && windows->ms[i] != ms) i++;
    return i;
}

static void write_series(struct writer *w, const char *name, const char *value) {
    buf_str(w->out, "      - series: ");
    yaml_text(w->out, series(w, name, ""));
    buf_printf(w->out, "\n        values: '%s+0x%lld'\n", value, (long long)(w->eval_ms / 60000));
}

static bool expects(const struct writer *w, const struct scene *scene, const struct objective_tier *tier) {
    double limit = objective_threshold(w->objective, tier->factor);
    return scene->traffic && objective_can_fire(w->objective, tier) && scene->ratios[window_index(&w->windows, tier->long_ms)] > limit &&
           scene->ratios[window_index(&w->windows, tier->short_ms)] > limit;
}

static void write_expected(struct writer *w, const struct scene *scene) {
    const struct objective_config *o = w->objective;
    bool any = false;
    buf_str(w->out, "    promql_expr_test:\n      - expr: ");
    const char *firing = series(w, "ALERTS", "alertname=\"SLOErrorBudgetBurn\",alertstate=\"firing\",");
    yaml_text(w->out, arena_printf(&w->arena, "count by (tier) (%s)", firing));
    buf_printf(w->out, "\n        eval_time: %s\n", text_duration(&w->arena, w->eval_ms));
    for (size_t i = 0; i < o->tier_count; i++) {
        if (!expects(w, scene, &o->tiers[i])) continue;
        if (!any) buf_str(w->out, "        exp_samples:\n");
        any = true;
        buf_printf(w->out, "          - {labels: '{tier=\"%s\"}', value: 1}\n", o->tiers[i].name);
    }
    if (!any) buf_str(w->out, "        exp_samples: []\n");
}

static void write_scene(struct writer *w, const struct scene *scene) {
    buf_str(w->out, "  - name: ");
    yaml_text(w->out, arena_printf(&w->arena, "%s: %s", w->objective->id, scene->title));
    buf_str(w->out, "\n    interval: 1m\n    input_series:\n");
    for (size_t i = 0; i < w->windows.count; i++) {
        const char *window = text_duration(&w->arena, w->windows.ms[i]);
        write_series(w, arena_printf(&w->arena, "slo_service:errors:increase%s", window), text_exact(&w->arena, scene->ratios[i]));
        write_series(w, arena_printf(&w->arena, "slo_service:events:increase%s", window), scene->traffic ? "1" : "0");
    }
    write_expected(w, scene);
}

static void write_tier(struct writer *w, const struct objective_tier *tier) {
    double limit = objective_threshold(w->objective, tier->factor), over = limit + (1 - limit) / 100;
    size_t at_long = window_index(&w->windows, tier->long_ms), at_short = window_index(&w->windows, tier->short_ms);
    struct scene scene = {.traffic = true, .title = arena_printf(&w->arena, "%s over its factor in both windows", tier->name)};
    scene.ratios[at_long] = scene.ratios[at_short] = over;
    write_scene(w, &scene);
    scene.title = arena_printf(&w->arena, "%s exactly at its factor", tier->name);
    scene.ratios[at_long] = scene.ratios[at_short] = limit;
    write_scene(w, &scene);
    scene.title = arena_printf(&w->arena, "%s over its factor in the long window alone", tier->name);
    scene.ratios[at_long] = over;
    scene.ratios[at_short] = at_long == at_short ? over : 0;
    write_scene(w, &scene);
    scene.title = arena_printf(&w->arena, "%s over its factor in the short window alone", tier->name);
    scene.ratios[at_short] = over;
    scene.ratios[at_long] = at_long == at_short ? over : 0;
    write_scene(w, &scene);
}

static void write_absent(struct writer *w) {
    buf_str(w->out, "  - name: ");
    yaml_text(w->out, arena_printf(&w->arena, "%s: no data at all", w->objective->id));
    buf_str(w->out, "\n    interval: 1m\n    promql_expr_test:\n      - expr: ");
    yaml_text(w->out, arena_printf(&w->arena, "count by (tier) (%s)", series(w, "ALERTS", "alertstate=\"firing\",")));
    buf_printf(w->out, "\n        eval_time: %s\n        exp_samples:\n          - {labels: '{tier=\"absent\"}', value: 1}\n",
               text_duration(&w->arena, w->eval_ms));
}

static void write_objective(struct writer *w) {
    const struct objective_config *o = w->objective;
    struct scene healthy = {.title = "no errors", .traffic = true}, idle = {.title = "no traffic", .traffic = false};
    int64_t hold_ms = o->absent_ms;
    for (size_t i = 0; i < o->tier_count; i++) {
        if (o->tiers[i].hold_ms > hold_ms) hold_ms = o->tiers[i].hold_ms;
    }
    w->windows = rules_windows_of(o, false);
    w->eval_ms = (hold_ms + 59999) / 60000 * 60000 + 120000;
    write_scene(w, &healthy);
    write_scene(w, &idle);
    for (size_t i = 0; i < o->tier_count; i++) {
        if (objective_can_fire(o, &o->tiers[i])) write_tier(w, &o->tiers[i]);
    }
    write_absent(w);
}

bool rules_test_yaml(const struct canary_config *config, const char *rule_file, struct buf *out, struct error *err) {
    struct writer w = {.out = out};
    if (!rules_check(config, err)) return false;
    buf_str(
        out,
        "# promtool test rules, made by serin rules. They hold whatever the objectives select: recorded counts are given.\nrule_files: [");
    yaml_text(out, rule_file);
    buf_str(out, "]\nevaluation_interval: 1m\ntests:\n");
    for (size_t i = 0; i < config->objective_count; i++) {
        w.objective = &config->objectives[i];
        write_objective(&w);
    }
    arena_finish(&w.arena);
    return !out->failed || error_set(err, ERROR_LIMIT, "the tests are larger than %zu bytes", out->limit);
}
