// SPDX-License-Identifier: GPL-3.0-or-later
#include "bucket_stream.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "query/decimal.h"

struct member { // a series with a label `le`
    const struct series *series;
    struct labels others;
    double upper;
};

static bool is_le(const struct label *label) {
    return view_is(label->name, "le");
}

static struct labels without_le(const struct labels *labels, struct arena *arena) {
    struct labels others = {arena_array(arena, labels->count, sizeof *others.items), 0};
    for (size_t i = 0; i < labels->count; i++) {
        if (!is_le(&labels->items[i])) others.items[others.count++] = labels->items[i];
    }
    return others;
}

static int compare_members(const void *a, const void *b) {
    const struct member *x = a, *y = b;
    int order = labels_compare(&x->others, &y->others);
    if (order == 0) order = (x->upper > y->upper) - (x->upper < y->upper);
    return order != 0 ? order : labels_compare(&x->series->labels, &y->series->labels);
}

// One stream per run of members with the same other labels.
static size_t add_classic(struct member *members, size_t count, struct arena *arena, struct bucket_stream *streams) {
    size_t streams_count = 0;
    struct bucket_series *items = arena_array(arena, count, sizeof *items);
    if (count > 1) qsort(members, count, sizeof *members, compare_members);
    for (size_t i = 0; i < count; i++) {
        items[i] = (struct bucket_series){members[i].upper, members[i].series, 0};
        if (i == 0 || labels_compare(&members[i - 1].others, &members[i].others) != 0)
            streams[streams_count++] = (struct bucket_stream){.classic = &items[i]};
        streams[streams_count - 1].classic_count++;
    }
    return streams_count;
}

struct bucket_stream *bucket_streams(const struct series *const *series, size_t count, struct arena *arena, size_t *ret_count,
                                     size_t *ret_strangers) {
    struct bucket_stream *streams = arena_array(arena, 2 * count, sizeof *streams);
    struct member *members = arena_array(arena, count, sizeof *members);
    size_t streams_count = 0, members_count = 0;
    *ret_strangers = 0;
    for (size_t i = 0; i < count; i++) {
        const struct label *le = labels_get(&series[i]->labels, "le");
        double upper;
        bool classic = le != NULL && decimal_parse(le->value.ptr, le->value.len, &upper) && !isnan(upper);
        if (classic) members[members_count++] = (struct member){series[i], without_le(&series[i]->labels, arena), upper};
        if (series[i]->histogram_count > 0) streams[streams_count++] = (struct bucket_stream){.native = series[i]};
        if (!classic && series[i]->histogram_count == 0) ++*ret_strangers;
    }
    *ret_count = streams_count + add_classic(members, members_count, arena, streams + streams_count);
    return streams;
}

void bucket_stream_rewind(struct bucket_stream *stream) {
    stream->at = 0;
    for (size_t i = 0; i < stream->classic_count; i++) stream->classic[i].at = 0;
}

void bucket_row_finish(struct bucket_row *row) {
    free(row->spans);
    free(row->values);
    *row = (struct bucket_row){0};
}

static void add_value(struct bucket_row *row, double left, double right, double value) {
    if (row->count == row->cap) {
        row->cap = row->cap < 16 ? 16 : row->cap * 2;
        row->spans = mem_resize(row->spans, row->cap, sizeof *row->spans);
        row->values = mem_resize(row->values, row->cap, sizeof *row->values);
    }
    if (!(left <= right) || !isfinite(value) || value < 0) row->kind = BUCKET_ROW_BAD;
    row->spans[row->count] = (struct bucket_span){left, right};
    row->values[row->count++] = value;
}

static bool next_native(struct bucket_stream *stream, struct bucket_row *row) {
    if (stream->at == stream->native->histogram_count) return false;
    const struct histogram *h = &stream->native->histograms[stream->at++];
    row->time_ms = h->time_ms;
    row->kind = series_is_stale(&h->sum) ? BUCKET_ROW_MARKER : BUCKET_ROW;
    for (size_t i = 0; i < h->bucket_count && row->kind == BUCKET_ROW; i++)
        add_value(row, h->buckets[i].left, h->buckets[i].right, h->buckets[i].count);
    return true;
}

// The earliest time that a bucket has a sample at and that was not taken yet.
static bool next_classic_time(const struct bucket_stream *stream, int64_t *ret_ms) {
    bool any = false;
    for (size_t i = 0; i < stream->classic_count; i++) {
        const struct bucket_series *b = &stream->classic[i];
        if (b->at == b->series->count || (any && b->series->time_ms[b->at] >= *ret_ms)) continue;
        *ret_ms = b->series->time_ms[b->at];
        any = true;
    }
    return any;
}

static bool next_classic(struct bucket_stream *stream, struct bucket_row *row) {
    if (!next_classic_time(stream, &row->time_ms)) return false;
    bool ended = false;
    for (size_t i = 0; i < stream->classic_count; i++) {
        struct bucket_series *b = &stream->classic[i];
        if (b->at == b->series->count || b->series->time_ms[b->at] != row->time_ms) continue;
        const double *value = &b->series->value[b->at++];
        if (series_is_stale(value)) {
            ended = true;
        } else if (row->count == 0 || row->spans[row->count - 1].right < b->upper) {
            add_value(row, row->count > 0 ? row->spans[row->count - 1].right : -(double)INFINITY, b->upper, *value);
        }
    }
    bool whole = row->count > 0 && row->spans[row->count - 1].right == (double)INFINITY;
    if (row->count > 0 && !whole) row->kind = BUCKET_ROW_BAD;
    if (row->count == 0 && ended) row->kind = BUCKET_ROW_MARKER;
    return true;
}

bool bucket_stream_next(struct bucket_stream *stream, struct bucket_row *row) {
    row->kind = BUCKET_ROW;
    row->count = 0;
    return stream->native != NULL ? next_native(stream, row) : next_classic(stream, row);
}
