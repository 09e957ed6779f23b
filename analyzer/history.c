// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/history.h"

#include <stdlib.h>

#include "analyzer/verdict.h"
#include "base/mem.h"
#include "plan_answers.h"

#define RAW_PIECE_MS INT64_C(43200000) // few large requests; what a server refuses is halved
#define DEADLINE_MS INT64_C(600000)

struct history_source {
    struct plan_answers answers;
};

int64_t history_window_ms(const struct canary_config *config) {
    const struct window_config *w = &config->window;
    return (w->length_ms - w->warmup_ms) / w->step_ms * w->step_ms + (w->warmup_ms + w->step_ms - 1) / w->step_ms * w->step_ms;
}

bool history_plan(const struct canary_config *config, int64_t from_ms, int64_t to_ms, struct arena *arena, struct history *ret,
                  struct error *err) {
    int64_t step_ms = config->window.step_ms, window_ms = history_window_ms(config);
    struct canary_config *compared = arena_alloc(arena, sizeof *compared);
    *compared = *config;
    compared->objective_count = 0; // a budget is of a period, not of a window
    *ret = (struct history){.config = compared, .from_ms = (from_ms + step_ms - 1) / step_ms * step_ms, .to_ms = to_ms / step_ms * step_ms};
    if (ret->to_ms - ret->from_ms < window_ms)
        return error_set(err, ERROR_USAGE, "the time is shorter than one window of the config (%lld s)", (long long)window_ms / 1000);
    if (!plan_build(compared, ret->to_ms, arena, &ret->plan, err)) return false;
    for (size_t q = 0; q < ret->plan.query_count; q++) ret->plan.queries[q].query.start_ms -= ret->to_ms - ret->from_ms - window_ms;
    return true;
}

// With sources that read raw data in large pieces unless the config says otherwise.
static const struct canary_config *with_large_pieces(const struct canary_config *config, struct arena *arena) {
    struct canary_config *copy = arena_alloc(arena, sizeof *copy);
    *copy = *config;
    copy->sources = arena_array(arena, config->source_count, sizeof *copy->sources);
    for (size_t i = 0; i < config->source_count; i++) {
        copy->sources[i] = config->sources[i];
        if (copy->sources[i].settings.raw_window_ms == 0) copy->sources[i].settings.raw_window_ms = RAW_PIECE_MS;
    }
    return copy;
}

bool history_check(const struct history *history, struct error *err) {
    struct arena scratch = {0};
    struct verdict verdict;
    bool failed = verdict_of_failures(&history->plan, history->answers, &scratch, &verdict);
    if (failed) error_set(err, ERROR_SOURCE, "%s: %s", verdict.reasons.items[0], verdict.missing.items[0]);
    arena_finish(&scratch);
    return !failed;
}

bool history_fetch(struct history *history, const struct history_options *o, struct arena *arena, struct history_source **ret_source,
                   struct error *err) {
    struct fetch_options fetch = {.deadline_ms = o->deadline_ms > 0 ? o->deadline_ms : DEADLINE_MS,
                                  .record_dir = o->record_dir,
                                  .progress = o->progress,
                                  .user = o->user,
                                  .interrupted = o->interrupted};
    struct history_source *source = mem_zero(1, sizeof *source);
    bool ok = plan_answers_open(&source->answers, with_large_pieces(history->config, arena), o->recorded_dir, err) &&
              plan_answers_fetch(&source->answers, &history->plan, &fetch, err);
    if (ok) {
        plan_answers_warn(&source->answers, o->warn, o->user);
        history->answers = plan_answers_list(&source->answers, &history->plan, arena);
        ok = history_check(history, err);
    }
    if (ok) {
        *ret_source = source;
    } else {
        history->answers = NULL;
        history_source_destroy(source);
    }
    return ok;
}

void history_source_destroy(struct history_source *source) {
    if (source == NULL) return;
    plan_answers_finish(&source->answers);
    free(source);
}

// The first of `count` rising times that is not before `at`.
static size_t first_from(const int64_t *times, size_t count, int64_t at) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (times[middle] < at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static size_t first_histogram_from(const struct series *series, int64_t at) {
    size_t low = 0, high = series->histogram_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (series->histograms[middle].time_ms < at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool history_has(const struct series *series, int64_t start_ms, int64_t end_ms) {
    size_t first = first_from(series->time_ms, series->count, start_ms), first_h = first_histogram_from(series, start_ms);
    return (first < series->count && series->time_ms[first] <= end_ms) ||
           (first_h < series->histogram_count && series->histograms[first_h].time_ms <= end_ms);
}

static void move_later(struct series *series, int64_t later_ms, struct arena *arena) {
    int64_t *times = arena_array(arena, series->count, sizeof *times);
    struct histogram *histograms = arena_array(arena, series->histogram_count, sizeof *histograms);
    for (size_t i = 0; i < series->count; i++) times[i] = series->time_ms[i] + later_ms;
    for (size_t i = 0; i < series->histogram_count; i++) {
        histograms[i] = series->histograms[i];
        histograms[i].time_ms += later_ms;
    }
    series->time_ms = times;
    series->histograms = histograms;
}

static struct series slice_of(const struct series *whole, const struct history_slice *slice, struct arena *arena) {
    size_t first = first_from(whole->time_ms, whole->count, slice->start_ms);
    size_t end = first_from(whole->time_ms, whole->count, slice->end_ms + 1);
    size_t first_h = first_histogram_from(whole, slice->start_ms), end_h = first_histogram_from(whole, slice->end_ms + 1);
    struct series series = {.labels = whole->labels, .count = end - first, .histogram_count = end_h - first_h};
    if (series.count > 0) series.time_ms = whole->time_ms + first;
    if (series.count > 0) series.value = whole->value + first;
    if (series.histogram_count > 0) series.histograms = whole->histograms + first_h;
    if (slice->later_ms != 0) move_later(&series, slice->later_ms, arena);
    return series;
}

void history_cut(const struct answer *whole, const struct history_slice *slice, struct arena *arena, struct answer *ret) {
    const struct series_set *set = &whole->set;
    *ret = (struct answer){.result = {.outcome = DECODE_OK}, .http_status = whole->http_status, .protocol = whole->protocol};
    ret->set = (struct series_set){.type = set->type, .warnings = set->warnings, .infos = set->infos, .partial = set->partial};
    ret->set.items = arena_array(arena, set->count, sizeof *ret->set.items);
    for (size_t i = 0; i < set->count; i++) {
        if (slice->keep != NULL && !slice->keep[i]) continue;
        struct series series = slice_of(&set->items[i], slice, arena);
        if (series.count + series.histogram_count > 0) ret->set.items[ret->set.count++] = series;
    }
}

const struct answer *const *history_window(const struct history *history, const struct plan *plan, struct arena *arena) {
    struct answer *answers = arena_array(arena, plan->query_count, sizeof *answers);
    const struct answer **list = arena_array(arena, plan->query_count, sizeof *list);
    for (size_t q = 0; q < plan->query_count; q++) {
        struct history_slice slice = {.start_ms = plan->queries[q].query.start_ms, .end_ms = plan->queries[q].query.end_ms};
        history_cut(history->answers[q], &slice, arena, &answers[q]);
        list[q] = &answers[q];
    }
    return list;
}
