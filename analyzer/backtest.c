// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/backtest.h"

#include <math.h>
#include <string.h>

#include "analyzer/judge_settings.h"
#include "analyzer/verdict.h"
#include "history_document.h"
#include "look_schedule.h"
#include "result_number.h"

#ifndef SERIN_VERSION
#error "the build defines SERIN_VERSION"
#endif

struct backtest {
    const struct history *history;
    const struct backtest_options *options;
    struct look_level *levels; // of the looks, when none is skipped
    size_t verdicts[VERDICT_ERROR + 1];
    struct error *err;
};

struct window {               // one of them while it is judged
    int64_t start_ms, end_ms; // warm-up included
    struct look look;         // the last one; planned 0: there is one look alone
    size_t skipped;           // looks that a broken guard made count for nothing
    struct plan plan;
    struct samples samples;
    struct verdict verdict;
    struct arena arena; // of the look
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

static bool judge(struct backtest *b, struct window *w) {
    const struct answer *const *answers = history_window(b->history, &w->plan, &w->arena);
    return samples_build(&w->plan, answers, &w->arena, &w->samples, b->err) &&
           verdict_make(&w->plan, &w->samples, answers, &w->arena, &w->verdict, b->err);
}

static bool guarded(const struct window *w) {
    for (size_t i = 0; i < w->verdict.guard_count; i++) {
        if (w->verdict.guards[i].state == GUARD_BROKEN) return true;
    }
    return false;
}

// The level of a look after `count` that counted, at at[] steps; the next item of at[] is the look's own.
static struct look_level level_of(const struct backtest *b, const struct look_schedule *schedule, const size_t *at, size_t count,
                                  size_t skipped) {
    const struct judge_config *judge = &b->history->config->judge;
    struct arena scratch = {0};
    if (b->levels == NULL) return (struct look_level){.alpha = (double)NAN, .spent = (double)NAN, .fresh = 1};
    if (skipped == 0) return b->levels[count];
    struct look_level *levels = arena_array(&scratch, count + 1, sizeof *levels);
    look_levels(judge->spending, judge_alpha(judge), at, count + 1, schedule->steps, levels);
    struct look_level level = levels[count];
    arena_finish(&scratch);
    return level;
}

// As serin analyze --watch would have done: the first fail is final, else the last look counts.
static bool judge_looks(struct backtest *b, struct window *w) {
    const struct canary_config *config = b->history->config;
    struct look_schedule schedule;
    size_t at[MOST_LOOKS], count = 0;
    if (!look_schedule_make(config, w->start_ms, false, &schedule, b->err)) return false;
    for (size_t number = 1; number <= schedule.planned; number++) {
        arena_finish(&w->arena);
        at[count] = look_schedule_steps(&schedule, number);
        struct look_level level = level_of(b, &schedule, at, count, w->skipped);
        w->look = (struct look){.number = number,
                                .planned = schedule.planned,
                                .start_ms = schedule.start_ms,
                                .end_ms = look_schedule_end_ms(&schedule, number),
                                .horizon_ms = look_schedule_horizon_ms(&schedule),
                                .alpha = level.alpha,
                                .fresh = level.fresh,
                                .beta = (double)NAN};
        if (!plan_build_look(config, &w->look, &w->arena, &w->plan, b->err) || !judge(b, w)) return false;
        bool broken = guarded(w);
        if (w->verdict.kind == VERDICT_FAIL) return true;
        w->skipped += broken;
        count += !broken;
    }
    return true;
}

// The levels when no look is skipped are the same in each window.
static bool prepare_levels(struct backtest *b, struct arena *arena) {
    const struct canary_config *config = b->history->config;
    struct look_schedule schedule;
    if (!b->options->looks || strcmp(config->judge.name, "serin") != 0) return true;
    if (!look_schedule_make(config, b->history->from_ms, false, &schedule, b->err)) return false;
    size_t *at = arena_array(arena, schedule.planned, sizeof *at);
    for (size_t i = 0; i < schedule.planned; i++) at[i] = look_schedule_steps(&schedule, i + 1);
    b->levels = arena_array(arena, schedule.planned, sizeof *b->levels);
    look_levels(config->judge.spending, judge_alpha(&config->judge), at, schedule.planned, schedule.steps, b->levels);
    return true;
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
    const char *others = w->verdict.metric_count > 1 ? ", the others smaller ones" : "";
    if (visible >= 1) return arena_printf(&w->arena, "nothing found; %s shows changes to %.3g times and more%s", name, 1 + visible, others);
    return arena_printf(&w->arena, "nothing found; %s shows changes above %.3g%%%s", name, 100 * visible, others);
}

// What keeps the window open, and how long it would have taken.
static const char *open_reason(struct window *w) {
    for (size_t i = 0; i < w->verdict.metric_count && !guarded(w); i++) {
        const struct metric_result *m = &w->verdict.metrics[i];
        if (m->role != ROLE_HOLDS || m->reason == NULL) continue;
        const char *name = w->plan.config->metrics[m->samples->metric].name;
        if (isnan(m->minutes)) return arena_printf(&w->arena, "%s: %s", name, m->reason);
        return arena_printf(&w->arena, "%s: %s; needs about %.0f more minute%s", name, m->reason, m->minutes, m->minutes > 1 ? "s" : "");
    }
    return w->verdict.missing.count > 0 ? w->verdict.missing.items[0] : "";
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
        return open_reason(w);
    case VERDICT_ERROR:
    case VERDICT_MARGINAL:
        break;
    }
    return v->reasons.count > 0 ? v->reasons.items[0] : "";
}

static const char *outcome_name(enum verdict_kind kind) {
    static const char *const names[] = {"missed", "marginal", "detected", "inconclusive", "error"};
    return names[kind];
}

static json_t *looks_json(const struct window *w) {
    if (w->look.planned == 0) return json_null();
    json_t *item = json_object();
    json_object_set_new(item, "planned", json_integer((json_int_t)w->look.planned));
    json_object_set_new(item, "last", json_integer((json_int_t)w->look.number));
    json_object_set_new(item, "skipped", json_integer((json_int_t)w->skipped));
    json_object_set_new(item, "alpha", result_known(w->look.alpha));
    return item;
}

static json_t *describe(struct window *w) {
    const struct verdict *v = &w->verdict;
    const struct metric_result *failing = v->kind == VERDICT_FAIL ? first_failing(w) : NULL;
    int64_t since_ms = failing != NULL ? since(w, failing) : INT64_MAX;
    json_t *item = json_object();
    json_object_set_new(item, "start", result_instant(w->start_ms));
    json_object_set_new(item, "end", result_instant(w->end_ms));
    json_object_set_new(item, "verdict", json_string(verdict_name(v->kind)));
    json_object_set_new(item, "score", v->has_score ? result_number(v->score) : json_null());
    json_object_set_new(item, "outcome", json_string(outcome_name(v->kind)));
    json_object_set_new(item, "metric",
                        failing != NULL ? json_string(w->plan.config->metrics[failing->samples->metric].name) : json_null());
    json_object_set_new(item, "since", since_ms < INT64_MAX ? result_instant(since_ms) : json_null());
    json_object_set_new(item, "detected", v->kind == VERDICT_FAIL ? result_instant(w->plan.end_ms) : json_null());
    json_object_set_new(item, "looks", looks_json(w));
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
    } else if (b->options->looks ? judge_looks(b, &w)
                                 : plan_build(b->history->config, w.end_ms, &w.arena, &w.plan, b->err) && judge(b, &w)) {
        b->verdicts[w.verdict.kind]++;
        item = describe(&w);
    }
    arena_finish(&w.arena);
    return item;
}

// False after the first window that could not be judged.
static bool judge_windows(struct backtest *b, json_t *windows) {
    struct arena arena = {0};
    bool ok = prepare_levels(b, &arena);
    for (size_t i = 0; i < b->options->count && ok; i++) {
        json_t *item = judge_window(b, b->options->starts_ms[i]);
        ok = item != NULL;
        if (ok) json_array_append_new(windows, item);
    }
    arena_finish(&arena);
    return ok;
}

json_t *backtest_run(const struct history *history, const struct backtest_options *options, struct error *err) {
    struct backtest b = {.history = history, .options = options, .err = err};
    json_t *windows = json_array(), *counts = json_object();
    if (!judge_windows(&b, windows)) {
        json_decref(windows);
        json_decref(counts);
        return NULL;
    }
    for (int kind = VERDICT_PASS; kind < VERDICT_ERROR; kind++)
        json_object_set_new(counts, verdict_name((enum verdict_kind)kind), json_integer((json_int_t)b.verdicts[kind]));
    json_t *root = history_document("serin.backtest/1", b.history);
    json_object_set_new(root, "verdicts", counts);
    json_object_set_new(root, "windows", windows);
    return root;
}
