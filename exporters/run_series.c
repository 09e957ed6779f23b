// SPDX-License-Identifier: GPL-3.0-or-later
#include "run_series.h"

#include <math.h>
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

void run_series(struct run_digest *d, const struct name_values *labels, struct series_set *set) {
    struct taker taker = {labels, set, d->report.end_ms};
    struct exposition e;
    struct buf seen; // tells series apart
    buf_init(&seen, (size_t)256 << 20);
    exposition_init(&e, &seen);
    e.sample = take;
    e.user = &taker;
    report_prom_samples(&e, &d->to, &d->report, d->result);
    exposition_finish(&e);
    buf_finish(&seen);
}
