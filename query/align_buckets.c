// SPDX-License-Identifier: GPL-3.0-or-later
// Buckets of histograms on a grid: first the layouts of all sides are looked through for the borders they share, then every histogram
// is counted between these. The buckets of one histogram are counters that start again together.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "align_private.h"
#include "base/mem.h"
#include "bucket_bounds.h"

struct side_streams {
    struct bucket_stream *items;
    size_t count;
};

static bool add_layouts(struct bucket_bounds *bounds, struct bucket_stream *stream, struct bucket_row *row) {
    struct bucket_span *before = NULL;
    size_t before_count = 0, before_cap = 0;
    bool ok = true;
    bucket_stream_rewind(stream);
    while (ok && bucket_stream_next(stream, row)) {
        if (row->kind != BUCKET_ROW || row->count == 0) continue;
        bool same = row->count == before_count && memcmp(row->spans, before, before_count * sizeof *before) == 0;
        if (same) continue;
        ok = bucket_bounds_add(bounds, row->spans, row->count);
        if (row->count > before_cap) {
            before_cap = row->cap;
            before = mem_resize(before, before_cap, sizeof *before);
        }
        memcpy(before, row->spans, row->count * sizeof *before);
        before_count = row->count;
    }
    free(before);
    return ok;
}

static bool find_bounds(const struct side_streams *sides, size_t count, struct arena *arena, double **ret, size_t *ret_count) {
    struct bucket_bounds bounds = {0};
    struct bucket_row row = {0};
    bool ok = true;
    for (size_t s = 0; s < count; s++) {
        for (size_t i = 0; ok && i < sides[s].count; i++) ok = add_layouts(&bounds, &sides[s].items[i], &row);
    }
    if (ok) *ret = bucket_bounds_common(&bounds, arena, ret_count);
    bucket_bounds_finish(&bounds);
    bucket_row_finish(&row);
    return ok && *ret_count <= ALIGN_MOST_BUCKETS;
}

// The first bucket that ends at `border` or after it.
static size_t bucket_at(const struct aligned_buckets *b, double border) {
    size_t low = 0, high = b->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (b->upper[middle] < border) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

// The row's values in the common buckets: cumulative for a classic histogram, so that its counters are what is compared.
static void regroup(const struct bucket_row *row, bool cumulative, const struct aligned_buckets *b, double *values) {
    for (size_t i = 0; i < b->count; i++) values[i] = 0;
    for (size_t i = 0; i < row->count; i++) {
        size_t at = bucket_at(b, row->spans[i].right);
        if (!cumulative) {
            values[at] += row->values[i];
        } else if (b->upper[at] == row->spans[i].right) {
            values[at] = row->values[i];
        }
    }
}

// Cumulative counters of one scrape may be a little out of step. The last one, which counts everything, is believed most: no bucket
// reaches beyond it, and an increase below that of the bucket before counts as none.
static void uncumulate(double *increase, size_t count) {
    double reached = 0, total = count > 0 ? increase[count - 1] : 0;
    for (size_t i = 0; i < count; i++) {
        double here = increase[i] > reached ? increase[i] : reached;
        if (here > total) here = total;
        increase[i] = here - reached;
        reached = here;
    }
}

struct tally { // one histogram while it is counted
    const struct align_side *side;
    struct aligned_buckets *ret;
    struct counter counter;
    double *values, *increase;
    bool cumulative;
    size_t told;
};

static void take_row(struct tally *t, const struct bucket_row *row) {
    struct aligned_buckets *b = t->ret;
    size_t step = grid_step(&t->side->grid, row->time_ms);
    bool inside = step < b->steps;
    struct counter_step added;
    if (row->kind == BUCKET_ROW_MARKER) counter_marker(&t->counter, row->time_ms);
    if (row->kind == BUCKET_ROW_BAD) b->passed_over += inside;
    if (row->kind != BUCKET_ROW) return;
    regroup(row, t->cumulative, b, t->values);
    if (!counter_sample(&t->counter, row->time_ms, t->values, t->increase, &added) || !inside) return;
    if (t->cumulative) uncumulate(t->increase, b->count);
    for (size_t i = 0; i < b->count; i++) align_add(&b->counts[step * b->count + i], t->increase[i]);
    align_tell(&added, step, &t->told, b->series, b->watched_s);
    b->resets += added.reset;
    b->appeared += added.appeared;
}

static void count_side(const struct align_side *side, const struct side_streams *streams, struct arena *arena, struct aligned_buckets *b) {
    struct tally t = {.side = side, .ret = b};
    double *last = align_column(arena, b->count, 0);
    t.values = align_column(arena, b->count, 0);
    t.increase = align_column(arena, b->count, 0);
    struct bucket_row row = {0};
    int64_t usual_ms = align_usual_interval(side);
    for (size_t i = 0; i < streams->count; i++) {
        struct bucket_stream *stream = &streams->items[i];
        t.cumulative = stream->native == NULL;
        t.told = SIZE_MAX;
        const struct series *clock = t.cumulative ? stream->classic[stream->classic_count - 1].series : stream->native;
        counter_init(&t.counter, last, b->count, side->since_ms, align_interval(clock, usual_ms));
        bucket_stream_rewind(stream);
        while (bucket_stream_next(stream, &row)) take_row(&t, &row);
    }
    bucket_row_finish(&row);
}

bool align_buckets(const struct align_side *sides, size_t side_count, struct arena *arena, struct aligned_buckets *ret, struct error *err) {
    struct side_streams *streams = arena_array(arena, side_count, sizeof *streams);
    double *upper = NULL;
    size_t count = 0;
    for (size_t s = 0; s < side_count; s++) {
        ret[s] = (struct aligned_buckets){.steps = sides[s].grid.steps};
        streams[s].items = bucket_streams(sides[s].series, sides[s].count, arena, &streams[s].count, &ret[s].strangers);
    }
    if (!find_bounds(streams, side_count, arena, &upper, &count))
        return error_set(err, ERROR_LIMIT, "histograms of more than %d different buckets", ALIGN_MOST_BUCKETS);
    for (size_t s = 0; s < side_count; s++) {
        if (count > 0 && ret[s].steps > ALIGN_MOST_COUNTS / count)
            return error_set(err, ERROR_LIMIT, "histograms of %zu buckets over %zu steps are too many counts; take a longer step", count,
                             ret[s].steps);
        ret[s].upper = upper;
        ret[s].count = count;
        ret[s].counts = align_column(arena, ret[s].steps * count, (double)NAN);
        ret[s].watched_s = align_column(arena, ret[s].steps, 0);
        ret[s].series = arena_array(arena, ret[s].steps, sizeof *ret[s].series);
        count_side(&sides[s], &streams[s], arena, &ret[s]);
    }
    return true;
}
