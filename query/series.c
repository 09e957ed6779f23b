// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/series.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void series_set_init(struct series_set *set) {
    *set = (struct series_set){0};
}

void series_set_finish(struct series_set *set) {
    if (set == NULL) return;
    for (size_t i = 0; i < set->count; i++) {
        free(set->items[i].time_ms);
        free(set->items[i].value);
        free(set->items[i].histograms);
    }
    free(set->items);
    free(set->names.items);
    free(set->exemplars);
    free(set->warnings.items);
    free(set->infos.items);
    arena_finish(&set->arena);
    *set = (struct series_set){0};
}

size_t series_set_held(const struct series_set *set) {
    size_t held = arena_held(&set->arena) + set->cap * sizeof *set->items + set->exemplar_cap * sizeof *set->exemplars +
                  (set->names.cap + set->warnings.cap + set->infos.cap) * sizeof(struct view);
    for (size_t i = 0; i < set->count; i++) {
        const struct series *series = &set->items[i];
        held += series->cap * (sizeof *series->time_ms + sizeof *series->value) + series->histogram_cap * sizeof *series->histograms;
    }
    return held;
}

struct series *series_set_add(struct series_set *set) {
    void *items = set->items;
    mem_grow(&items, &set->cap, set->count, sizeof *set->items);
    set->items = items;
    struct series *series = &set->items[set->count++];
    *series = (struct series){0};
    return series;
}

static void resize_columns(struct series *series, size_t cap) {
    series->cap = cap;
    series->time_ms = mem_resize(series->time_ms, cap, sizeof *series->time_ms);
    series->value = mem_resize(series->value, cap, sizeof *series->value);
}

void series_reserve(struct series *series, size_t more) {
    size_t need = series->count + more;
    if (need > series->cap) resize_columns(series, need > series->cap * 2 ? need : series->cap * 2);
}

void series_append_histogram(struct series *series, const struct histogram *histogram) {
    void *items = series->histograms;
    mem_grow(&items, &series->histogram_cap, series->histogram_count, sizeof *series->histograms);
    series->histograms = items;
    series->histograms[series->histogram_count++] = *histogram;
}

void series_append(struct series *series, int64_t time_ms, double value) {
    if (series->count == series->cap) resize_columns(series, series->cap < 16 ? 16 : series->cap * 2);
    series->time_ms[series->count] = time_ms;
    series->value[series->count++] = value;
}

// The first index in [0, count) whose time is not below `time_ms`.
static size_t lower_bound(const int64_t *times, size_t count, int64_t time_ms) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (times[middle] < time_ms) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

void series_clip(struct series *series, int64_t start_ms, int64_t end_ms) {
    size_t from = lower_bound(series->time_ms, series->count, start_ms), to = from;
    if (end_ms >= start_ms) to = end_ms == INT64_MAX ? series->count : lower_bound(series->time_ms, series->count, end_ms + 1);
    if (from > 0 && to > from) {
        memmove(series->time_ms, series->time_ms + from, (to - from) * sizeof *series->time_ms);
        memmove(series->value, series->value + from, (to - from) * sizeof *series->value);
    }
    series->count = to - from;
    size_t kept = 0;
    for (size_t i = 0; i < series->histogram_count; i++) {
        int64_t time_ms = series->histograms[i].time_ms;
        if (time_ms >= start_ms && time_ms <= end_ms) series->histograms[kept++] = series->histograms[i];
    }
    series->histogram_count = kept;
}

static int view_compare(struct view a, struct view b) {
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common > 0 ? memcmp(a.ptr, b.ptr, common) : 0;
    if (order != 0) return order;
    return (a.len > b.len) - (a.len < b.len);
}

static int label_compare(const void *a, const void *b) {
    const struct label *x = a, *y = b;
    return view_compare(x->name, y->name);
}

void labels_sort(struct labels *labels) {
    if (labels->count > 1) qsort(labels->items, labels->count, sizeof *labels->items, label_compare);
}

int labels_compare(const struct labels *a, const struct labels *b) {
    for (size_t i = 0; i < a->count && i < b->count; i++) {
        int order = view_compare(a->items[i].name, b->items[i].name);
        if (order == 0) order = view_compare(a->items[i].value, b->items[i].value);
        if (order != 0) return order;
    }
    return (a->count > b->count) - (a->count < b->count);
}

static int compare_series(const void *a, const void *b) {
    const struct series *const *x = a, *const *y = b;
    return labels_compare(&(*x)->labels, &(*y)->labels);
}

bool series_set_distinct(const struct series_set *set) {
    size_t sorted = 1; // servers sort as a rule
    while (sorted < set->count && labels_compare(&set->items[sorted - 1].labels, &set->items[sorted].labels) < 0) sorted++;
    if (sorted >= set->count) return true;
    const struct series **order = mem_zero(set->count, sizeof(const struct series *));
    for (size_t i = 0; i < set->count; i++) order[i] = &set->items[i];
    qsort(order, set->count, sizeof(const struct series *), compare_series);
    bool distinct = true;
    for (size_t i = 1; i < set->count && distinct; i++) distinct = labels_compare(&order[i - 1]->labels, &order[i]->labels) != 0;
    free(order);
    return distinct;
}

const struct series **series_set_sorted(const struct series_set *set, struct arena *arena) {
    const struct series **order = arena_array(arena, set->count, sizeof(const struct series *));
    for (size_t i = 0; i < set->count; i++) order[i] = &set->items[i];
    if (set->count > 1) qsort(order, set->count, sizeof(const struct series *), compare_series);
    return order;
}

const struct label *labels_get(const struct labels *labels, const char *name) {
    struct view key = view_of(name);
    size_t low = 0, high = labels->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = view_compare(labels->items[middle].name, key);
        if (order == 0) return &labels->items[middle];
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

static void append_escaped(struct buf *buf, struct view text) {
    for (size_t i = 0, start = 0; i <= text.len; i++) {
        bool end = i == text.len;
        if (!end && text.ptr[i] != '\\' && text.ptr[i] != '"' && text.ptr[i] != '\n') continue;
        buf_bytes(buf, text.ptr + start, i - start);
        start = i + 1;
        if (!end) {
            buf_char(buf, '\\');
            buf_char(buf, text.ptr[i] == '\n' ? 'n' : text.ptr[i]);
        }
    }
}

void labels_format(struct buf *buf, const struct labels *labels) {
    buf_char(buf, '{');
    for (size_t i = 0; i < labels->count; i++) {
        if (i > 0) buf_char(buf, ',');
        buf_bytes(buf, labels->items[i].name.ptr, labels->items[i].name.len);
        buf_str(buf, "=\"");
        append_escaped(buf, labels->items[i].value);
        buf_char(buf, '"');
    }
    buf_char(buf, '}');
}

static void append_number(struct buf *buf, double value) {
    if (isnan(value)) {
        buf_str(buf, "nan");
        return;
    }
    char text[40];
    snprintf(text, sizeof text, "%.17g", value);
    char *comma = strchr(text, ','); // the locale's decimal point
    if (comma != NULL) *comma = '.';
    buf_str(buf, text);
}

static void append_histogram(struct buf *buf, const struct histogram *h) {
    buf_printf(buf, "H %" PRId64 " count=", h->time_ms);
    append_number(buf, h->count);
    buf_str(buf, " sum=");
    append_number(buf, h->sum);
    buf_printf(buf, " buckets=%zu\n", h->bucket_count);
    for (size_t i = 0; i < h->bucket_count; i++) {
        const struct bucket *b = &h->buckets[i];
        buf_printf(buf, "B %d ", b->rule);
        append_number(buf, b->left);
        buf_char(buf, ' ');
        append_number(buf, b->right);
        buf_char(buf, ' ');
        append_number(buf, b->count);
        buf_char(buf, '\n');
    }
}

void series_set_canonical(struct buf *buf, const struct series_set *set) {
    if (set->type == RESULT_STRING) {
        buf_printf(buf, "T %" PRId64 " \"", set->string_time_ms);
        append_escaped(buf, set->string);
        buf_str(buf, "\"\n");
        return;
    }
    for (size_t i = 0; i < set->count; i++) {
        const struct series *series = &set->items[i];
        if (set->type != RESULT_SCALAR) {
            buf_str(buf, "S ");
            labels_format(buf, &series->labels);
            buf_char(buf, '\n');
        }
        for (size_t k = 0; k < series->count; k++) {
            buf_printf(buf, "F %" PRId64 " ", series->time_ms[k]);
            append_number(buf, series->value[k]);
            buf_char(buf, '\n');
        }
        for (size_t k = 0; k < series->histogram_count; k++) append_histogram(buf, &series->histograms[k]);
    }
}
