// SPDX-License-Identifier: GPL-3.0-or-later
#include "run_series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report_render.h"

#define NAN_BITS UINT64_C(0x7ff8000000000001) // of Prometheus; others could be taken for a stale marker

struct taker {
    const struct name_values *labels;
    struct series_set *set;
    int64_t time_ms;
};

static void add_label(struct series *series, struct arena *arena, const char *name, const char *value) {
    struct label *label = &series->labels.items[series->labels.count++];
    label->name = view_of(arena_strdup(arena, name));
    label->value = view_of(arena_strdup(arena, value));
}

static bool has_label(const struct series *series, const char *name) {
    for (size_t i = 0; i < series->labels.count; i++) {
        if (view_is(series->labels.items[i].name, name)) return true;
    }
    return false;
}

static void take(void *user, enum exported_metric metric, const char *const *values, double value) {
    const struct taker *taker = user;
    const struct exported_metric_row *row = &exported_metrics[metric];
    if (strcmp(row->type, "gauge") != 0) return;
    struct series *series = series_set_add(taker->set);
    struct arena *arena = &taker->set->arena;
    series->labels.items = arena_array(arena, EXPORTED_LABELS + 1 + taker->labels->count, sizeof(struct label));
    add_label(series, arena, "__name__", row->name);
    for (size_t i = 0; i < EXPORTED_LABELS && row->labels[i] != NULL; i++) {
        if (values[i] != NULL && *values[i] != '\0') add_label(series, arena, row->labels[i], values[i]);
    }
    for (size_t i = 0; i < taker->labels->count; i++) {
        const struct name_value *label = &taker->labels->items[i];
        if (!has_label(series, label->name)) add_label(series, arena, label->name, label->value);
    }
    labels_sort(&series->labels);
    if (isnan(value)) memcpy(&value, &(uint64_t){NAN_BITS}, sizeof value);
    series_append(series, taker->time_ms, value);
}

static void take_all(struct run_digest *d, struct taker *taker) {
    struct exposition e;
    struct buf seen; // tells series apart
    buf_init(&seen, (size_t)256 << 20);
    exposition_init(&e, &seen);
    e.sample = take;
    e.user = taker;
    report_prom_samples(&e, &d->to, &d->report, d->result);
    exposition_finish(&e);
    buf_finish(&seen);
}

void run_series(struct run_digest *d, const struct name_values *labels, struct series_set *set) {
    struct taker taker = {labels, set, d->report.end_ms};
    take_all(d, &taker);
}

static int compare_series(const void *a, const void *b) {
    return labels_compare(&(*(const struct series *const *)a)->labels, &(*(const struct series *const *)b)->labels);
}

static void add_marker(struct series_set *set, const struct series *from, int64_t time_ms) {
    struct series *series = series_set_add(set);
    double marker;
    series->labels.items = arena_array(&set->arena, from->labels.count, sizeof *series->labels.items);
    for (size_t i = 0; i < from->labels.count; i++) {
        const struct label *label = &from->labels.items[i];
        series->labels.items[series->labels.count++] =
            (struct label){{arena_strndup(&set->arena, label->name.ptr, label->name.len), label->name.len},
                           {arena_strndup(&set->arena, label->value.ptr, label->value.len), label->value.len}};
    }
    memcpy(&marker, &(uint64_t){STALE_BITS}, sizeof marker);
    series_append(series, time_ms, marker);
}

void run_series_ended(struct run_digest *earlier, const struct name_values *labels, int64_t time_ms, struct series_set *set) {
    struct series_set before;
    struct arena arena = {0};
    struct taker taker = {labels, &before, time_ms};
    series_set_init(&before);
    if (time_ms > earlier->report.end_ms) take_all(earlier, &taker);
    size_t count = set->count;
    const struct series **sorted = series_set_sorted(set, &arena);
    bool *ended = arena_array(&arena, before.count + 1, sizeof *ended);
    for (size_t i = 0; i < before.count; i++) {
        const struct series *key = &before.items[i];
        ended[i] = count == 0 || bsearch(&key, sorted, count, sizeof key, compare_series) == NULL;
    }
    for (size_t i = 0; i < before.count; i++) {
        if (ended[i]) add_marker(set, &before.items[i], time_ms);
    }
    series_set_finish(&before);
    arena_finish(&arena);
}
