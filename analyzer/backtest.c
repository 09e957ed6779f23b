// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/backtest.h"

#include <math.h>
#include <string.h>

#include "analyzer/verdict.h"
#include "base/timetext.h"
#include "result_number.h"

#ifndef SERIN_VERSION
#error "the build defines SERIN_VERSION"
#endif

struct backtest {
    const struct history *history;
    const struct backtest_options *options;
    size_t verdicts[VERDICT_ERROR + 1];
    struct error *err;
};

struct window {               // one of them while it is judged
    int64_t start_ms, end_ms; // warm-up included
    struct plan plan;
    struct samples samples;
    struct verdict verdict;
    struct arena arena;
};

bool backtest_every(const struct canary_config *config, int64_t from_ms, int64_t to_ms, int64_t every_ms, struct arena *arena,
                    const int64_t **ret_starts_ms, size_t *ret_count, struct error *err) {
    int64_t window_ms = history_window_ms(config), step_ms = config->window.step_ms;
    int64_t first_ms = (from_ms + step_ms - 1) / step_ms * step_ms, last_ms = to_ms / step_ms * step_ms - window_ms;
    if (every_ms == 0) every_ms = window_ms;
    if (last_ms < first_ms) return error_set(err, ERROR_USAGE, "the time is shorter than one window of the config");
    size_t count = (size_t)((last_ms - first_ms) / every_ms) + 1;
    if (count > BACKTEST_MOST_WINDOWS) return error_set(err, ERROR_USAGE, "more than %zu windows", BACKTEST_MOST_WINDOWS);
    int64_t *starts = arena_array(arena, count, sizeof *starts);
    for (size_t i = 0; i < count; i++) starts[i] = first_ms + (int64_t)i * every_ms;
    *ret_starts_ms = starts;
    *ret_count = count;
    return true;
}

static json_t *instant(int64_t ms) {
    struct buf text;
    buf_init(&text, 64);
    time_format(&text, ms);
    json_t *value = json_string(buf_text(&text));
    buf_finish(&text);
    return value;
}

static bool judge(struct backtest *b, struct window *w) {
    const struct answer *const *answers = history_window(b->history, &w->plan, &w->arena);
    return samples_build(&w->plan, answers, &w->arena, &w->samples, b->err) &&
           verdict_make(&w->plan, &w->samples, answers, &w->arena, &w->verdict, b->err);
}

// When the change of a failing metric began; INT64_MAX where nothing tells.
static int64_t since(const struct window *w, const struct metric_result *m) {
    int64_t start_ms, end_ms;
    if (m->evidence == NULL || !m->evidence->has_onset) return INT64_MAX;
    plan_metric_times(&w->plan, &w->plan.config->metrics[m->samples->metric], SIDE_CANARY, &start_ms, &end_ms);
    return start_ms + (int64_t)m->evidence->onset * m->samples->columns.step_ms;
}

static bool is_failing(const struct window *w, const struct metric_result *m) {
    bool bad = m->classification == CLASS_HIGH || m->classification == CLASS_LOW || (m->classification == CLASS_NODATA && m->fails);
    return bad && !w->plan.config->metrics[m->samples->metric].judge.muted;
}

// Of the metrics that fail, the one that changed first.
static const struct metric_result *first_failing(const struct window *w) {
    const struct metric_result *first = NULL;
    for (size_t i = 0; i < w->verdict.metric_count; i++) {
        const struct metric_result *m = &w->verdict.metrics[i];
        if (is_failing(w, m) && (first == NULL || since(w, m) < since(w, first))) first = m;
    }
    return first;
}

// The metric of which a pass says least.
static const struct metric_result *blindest(const struct window *w) {
    const struct metric_result *found = NULL;
    for (size_t i = 0; i < w->verdict.metric_count; i++) {
        const struct metric_result *m = &w->verdict.metrics[i];
        if (m->evidence == NULL || !isfinite(m->evidence->visible) || m->role == ROLE_INFORMS) continue;
        if (found == NULL || m->evidence->visible > found->evidence->visible) found = m;
    }
    return found;
}

static const char *pass_reason(struct window *w) {
    const struct metric_result *m = blindest(w);
    if (m == NULL) return "nothing found";
    double visible = m->evidence->visible;
    const char *name = w->plan.config->metrics[m->samples->metric].name;
    if (visible >= 1) return arena_printf(&w->arena, "nothing found; %s shows changes to %.3g times and more", name, 1 + visible);
    return arena_printf(&w->arena, "nothing found; %s shows changes above %.3g%%%s", name, 100 * visible,
                        w->verdict.metric_count > 1 ? ", the others smaller ones" : "");
}

static const char *reason(struct window *w, const struct metric_result *failing) {
    const struct verdict *v = &w->verdict;
    switch (v->kind) {
    case VERDICT_PASS:
        return pass_reason(w);
    case VERDICT_FAIL:
        if (failing != NULL && failing->reason != NULL) return failing->reason;
        break;
    case VERDICT_INCONCLUSIVE:
    case VERDICT_ERROR:
        if (v->missing.count > 0) return v->missing.items[0];
        break;
    case VERDICT_MARGINAL:
        break;
    }
    return v->reasons.count > 0 ? v->reasons.items[0] : "";
}

static const char *outcome_name(enum verdict_kind kind) {
    static const char *const names[] = {"missed", "marginal", "detected", "inconclusive", "error"};
    return names[kind];
}

static json_t *describe(struct window *w) {
    const struct verdict *v = &w->verdict;
    const struct metric_result *failing = v->kind == VERDICT_FAIL ? first_failing(w) : NULL;
    int64_t since_ms = failing != NULL ? since(w, failing) : INT64_MAX;
    json_t *item = json_object();
    json_object_set_new(item, "start", instant(w->start_ms));
    json_object_set_new(item, "end", instant(w->end_ms));
    json_object_set_new(item, "verdict", json_string(verdict_name(v->kind)));
    json_object_set_new(item, "score", v->has_score ? result_number(v->score) : json_null());
    json_object_set_new(item, "outcome", json_string(outcome_name(v->kind)));
    json_object_set_new(item, "metric",
                        failing != NULL ? json_string(w->plan.config->metrics[failing->samples->metric].name) : json_null());
    json_object_set_new(item, "since", since_ms < INT64_MAX ? instant(since_ms) : json_null());
    json_object_set_new(item, "detected", v->kind == VERDICT_FAIL ? instant(w->plan.end_ms) : json_null());
    json_object_set_new(item, "reason", result_text(reason(w, failing)));
    json_object_set_new(item, "reasons", result_texts(&v->reasons));
    json_object_set_new(item, "missing", result_texts(&v->missing));
    return item;
}

static bool locate(const struct backtest *b, int64_t start_ms, struct window *w) {
    const struct canary_config *config = b->history->config;
    int64_t step_ms = config->window.step_ms;
    w->start_ms = (start_ms + step_ms - 1) / step_ms * step_ms;
    w->end_ms = w->start_ms + history_window_ms(config);
    return w->start_ms >= b->history->from_ms && w->end_ms <= b->history->to_ms;
}

static json_t *judge_window(struct backtest *b, int64_t start_ms) {
    struct window w = {0};
    json_t *item = NULL;
    if (b->options->interrupted != NULL && *b->options->interrupted) {
        error_set(b->err, ERROR_CANCELLED, "interrupted");
    } else if (!locate(b, start_ms, &w)) {
        error_set(b->err, ERROR_USAGE, "a window lies outside of what was read");
    } else if (plan_build(b->history->config, w.end_ms, &w.arena, &w.plan, b->err) && judge(b, &w)) {
        b->verdicts[w.verdict.kind]++;
        item = describe(&w);
    }
    arena_finish(&w.arena);
    return item;
}

static json_t *window_json(const struct canary_config *config) {
    json_t *item = json_object();
    json_object_set_new(item, "length_s", result_number((double)config->window.length_ms / 1000));
    json_object_set_new(item, "warmup_s", result_number((double)config->window.warmup_ms / 1000));
    json_object_set_new(item, "step_s", result_number((double)config->window.step_ms / 1000));
    return item;
}

static json_t *head(const struct backtest *b) {
    const struct canary_config *config = b->history->config;
    json_t *root = json_object(), *file = json_object(), *time = json_object();
    json_object_set_new(root, "schema", json_string("serin.backtest/1"));
    json_object_set_new(root, "serin", json_string(SERIN_VERSION));
    json_object_set_new(root, "canary", json_string(config->name));
    json_object_set_new(file, "file", json_string(config->file));
    json_object_set_new(file, "sha256", json_string(config->sha256));
    json_object_set_new(root, "config", file);
    json_object_set_new(root, "judge", json_string(config->judge.name));
    json_object_set_new(time, "from", instant(b->history->from_ms));
    json_object_set_new(time, "to", instant(b->history->to_ms));
    json_object_set_new(root, "time", time);
    json_object_set_new(root, "window", window_json(config));
    return root;
}

json_t *backtest_run(const struct history *history, const struct backtest_options *options, struct error *err) {
    struct backtest b = {.history = history, .options = options, .err = err};
    json_t *windows = json_array(), *counts = json_object();
    for (size_t i = 0; i < options->count; i++) {
        json_t *item = judge_window(&b, options->starts_ms[i]);
        if (item == NULL) {
            json_decref(windows);
            json_decref(counts);
            return NULL;
        }
        json_array_append_new(windows, item);
    }
    for (int kind = VERDICT_PASS; kind < VERDICT_ERROR; kind++)
        json_object_set_new(counts, verdict_name((enum verdict_kind)kind), json_integer((json_int_t)b.verdicts[kind]));
    json_t *root = head(&b);
    json_object_set_new(root, "verdicts", counts);
    json_object_set_new(root, "windows", windows);
    return root;
}
