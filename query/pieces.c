// SPDX-License-Identifier: GPL-3.0-or-later
#include "pieces.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "query/histogram.h"
#include "query/selector.h"

#define DEFAULT_SAMPLES UINT64_C(50000000) // of an answer, as the decoder has it

static int64_t points_of(const struct query *query) {
    return (query->end_ms - query->start_ms) / query->step_ms + 1;
}

// How many pieces, and how far the start of one is from the start of the next.
static int64_t count_pieces(const struct query *query, int64_t raw_window_ms, int64_t *ret_stride_ms) {
    int64_t length = query->end_ms - query->start_ms;
    *ret_stride_ms = length + 1;
    bool whole = query->mode != QUERY_RAW && query->mode != QUERY_RANGE;
    if (length < 0 || whole || (query->mode == QUERY_RANGE && query->step_ms <= 0)) return 1; // told later
    if (query->mode == QUERY_RAW) {
        if (length < raw_window_ms) return 1;
        *ret_stride_ms = raw_window_ms;
        return length / raw_window_ms + 1;
    }
    int64_t points = points_of(query);
    if (points <= PIECES_POINTS + 1) return 1;
    *ret_stride_ms = PIECES_POINTS * query->step_ms;
    return (points + PIECES_POINTS - 1) / PIECES_POINTS;
}

bool pieces_cut(const struct query *query, int64_t raw_window_ms, struct query **ret_pieces, size_t *ret_count, struct error *err) {
    int64_t stride;
    int64_t count = count_pieces(query, raw_window_ms > 0 ? raw_window_ms : PIECES_RAW_MS, &stride);
    if (count > (int64_t)PIECES_MOST) {
        return error_set(err, ERROR_LIMIT, "would take %" PRId64 " requests, more than %zu; take a longer step or a shorter window", count,
                         PIECES_MOST);
    }
    if (count > 1 && query->mode == QUERY_RANGE && selector_sees_window(view_of(query->expr))) {
        return error_set(err, ERROR_LIMIT,
                         "%" PRId64 " points are more than the 11,000 a server gives at once, and the expression cannot be asked for in "
                         "pieces, as it looks at the window itself (@ start(), @ end(), range()); take a longer step",
                         points_of(query));
    }
    struct query *pieces = mem_zero((size_t)count, sizeof *pieces);
    for (int64_t k = 0; k < count; k++) {
        pieces[k] = *query;
        pieces[k].start_ms = query->start_ms + k * stride;
        if (k + 1 == count) break;
        pieces[k].end_ms = pieces[k].start_ms + stride - (query->mode == QUERY_RAW ? 1 : query->step_ms);
    }
    *ret_pieces = pieces;
    *ret_count = (size_t)count;
    return true;
}

int64_t pieces_next_ms(const struct query *piece) {
    if (piece->mode != QUERY_RANGE) return piece->end_ms + 1;
    return piece->start_ms + points_of(piece) * piece->step_ms;
}

bool pieces_halve(struct query *piece, struct query *ret_later) {
    int64_t middle;
    if (piece->mode == QUERY_RAW) {
        int64_t length = piece->end_ms - piece->start_ms + 1;
        if (length < 2 * PIECES_SHORTEST_MS) return false;
        middle = piece->start_ms + (length / 2 + 999) / 1000 * 1000;
    } else if (piece->mode == QUERY_RANGE && points_of(piece) > 1 && !selector_sees_window(view_of(piece->expr))) {
        middle = piece->start_ms + points_of(piece) / 2 * piece->step_ms;
    } else {
        return false;
    }
    *ret_later = *piece;
    ret_later->start_ms = middle;
    piece->end_ms = middle - (piece->mode == QUERY_RAW ? 1 : piece->step_ms);
    return true;
}

struct member { // a series and the piece it came with
    const struct series *series;
    size_t piece;
};

static int compare_members(const void *a, const void *b) {
    const struct member *x = a, *y = b;
    int order = labels_compare(&x->series->labels, &y->series->labels);
    return order != 0 ? order : (x->piece > y->piece) - (x->piece < y->piece);
}

static struct view copy_text(struct arena *arena, struct view text) {
    return (struct view){arena_strndup(arena, text.ptr, text.len), text.len};
}

static void copy_labels(struct arena *arena, const struct labels *from, struct labels *ret) {
    *ret = (struct labels){arena_array(arena, from->count, sizeof *ret->items), from->count};
    for (size_t i = 0; i < from->count; i++) {
        ret->items[i] = (struct label){copy_text(arena, from->items[i].name), copy_text(arena, from->items[i].value)};
    }
}

static void add_samples(struct arena *arena, struct series *to, const struct series *from) {
    if (from->count > 0) {
        memcpy(to->time_ms + to->count, from->time_ms, from->count * sizeof *to->time_ms);
        memcpy(to->value + to->count, from->value, from->count * sizeof *to->value);
        to->count += from->count;
    }
    for (size_t i = 0; i < from->histogram_count; i++) {
        to->histograms[to->histogram_count++] = histogram_copy(&from->histograms[i], arena);
    }
}

static void join_members(struct series_set *set, const struct member *members, size_t count) {
    struct series *to = series_set_add(set);
    copy_labels(&set->arena, &members[0].series->labels, &to->labels);
    for (size_t i = 0; i < count; i++) {
        to->cap += members[i].series->count;
        to->histogram_cap += members[i].series->histogram_count;
    }
    if (to->cap > 0) {
        to->time_ms = mem_resize(NULL, to->cap, sizeof *to->time_ms);
        to->value = mem_resize(NULL, to->cap, sizeof *to->value);
    }
    if (to->histogram_cap > 0) to->histograms = mem_resize(NULL, to->histogram_cap, sizeof *to->histograms);
    for (size_t i = 0; i < count; i++) add_samples(&set->arena, to, members[i].series);
}

static void join_texts(struct arena *arena, const struct text_list *from, struct text_list *to) {
    for (size_t i = 0; i < from->count; i++) {
        size_t at = 0;
        while (at < to->count &&
               (to->items[at].len != from->items[i].len || memcmp(to->items[at].ptr, from->items[i].ptr, from->items[i].len) != 0)) {
            at++;
        }
        if (at < to->count) continue;
        void *items = to->items;
        mem_grow(&items, &to->cap, to->count, sizeof *to->items);
        to->items = items;
        to->items[to->count++] = copy_text(arena, from->items[i]);
    }
}

static void join_sets(struct answer *const *pieces, size_t count, struct series_set *ret) {
    size_t total = 0, used = 0;
    for (size_t i = 0; i < count; i++) total += pieces[i]->set.count;
    struct member *members = mem_zero(total + 1, sizeof *members);
    for (size_t i = 0; i < count; i++) {
        const struct series_set *set = &pieces[i]->set;
        for (size_t k = 0; k < set->count; k++) members[used++] = (struct member){&set->items[k], i};
        join_texts(&ret->arena, &set->warnings, &ret->warnings);
        join_texts(&ret->arena, &set->infos, &ret->infos);
        ret->partial = ret->partial || set->partial;
    }
    qsort(members, total, sizeof *members, compare_members);
    for (size_t from = 0, to; from < total; from = to) {
        to = from + 1;
        while (to < total && labels_compare(&members[from].series->labels, &members[to].series->labels) == 0) to++;
        join_members(ret, members + from, to - from);
    }
    ret->type = pieces[0]->set.type;
    free(members);
}

static uint64_t count_samples(const struct series_set *set) {
    uint64_t samples = 0;
    for (size_t i = 0; i < set->count; i++) samples += set->items[i].count + set->items[i].histogram_count;
    return samples;
}

void pieces_join(struct answer *const *pieces, size_t count, const struct decode_limits *limits, struct answer *ret) {
    const struct answer *failed = NULL;
    ret->pieces = (int)count;
    uint64_t samples = 0, most = limits->samples > 0 ? limits->samples : DEFAULT_SAMPLES;
    for (size_t i = 0; i < count; i++) {
        const struct answer *piece = pieces[i];
        if (piece->protocol > ret->protocol) ret->protocol = piece->protocol; // the one furthest down
        if (piece->tries > ret->tries) ret->tries = piece->tries;
        if (piece->duration_ms > ret->duration_ms) ret->duration_ms = piece->duration_ms;
        ret->requests += piece->requests;
        ret->hedged += piece->hedged;
        ret->throttled += piece->throttled;
        ret->refused = ret->refused || piece->refused;
        ret->bytes += piece->bytes;
        ret->clipped += piece->clipped;
        samples += count_samples(&piece->set);
        if (failed == NULL && piece->result.outcome != DECODE_OK) failed = piece;
    }
    ret->http_status = failed != NULL ? failed->http_status : pieces[0]->http_status;
    ret->result = failed != NULL ? failed->result : pieces[0]->result;
    if (failed != NULL) return;
    if (samples > most) {
        ret->result.outcome = DECODE_BROKEN;
        error_set(&ret->result.err, ERROR_LIMIT, "%" PRIu64 " samples in all pieces of the answer are more than the limit", samples);
        return;
    }
    join_sets(pieces, count, &ret->set);
}
