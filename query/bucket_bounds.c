// SPDX-License-Identifier: GPL-3.0-or-later
#include "bucket_bounds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define MOST_SPANS ((size_t)65536)

void bucket_bounds_finish(struct bucket_bounds *bounds) {
    free(bounds->spans);
    *bounds = (struct bucket_bounds){0};
}

static int compare_spans(const void *a, const void *b) {
    const struct bucket_span *x = a, *y = b;
    int order = (x->left > y->left) - (x->left < y->left);
    return order != 0 ? order : (x->right > y->right) - (x->right < y->right);
}

static void sort_unique(struct bucket_bounds *bounds) {
    if (bounds->count < 2) return;
    qsort(bounds->spans, bounds->count, sizeof *bounds->spans, compare_spans);
    size_t kept = 1;
    for (size_t i = 1; i < bounds->count; i++) {
        if (compare_spans(&bounds->spans[kept - 1], &bounds->spans[i]) != 0) bounds->spans[kept++] = bounds->spans[i];
    }
    bounds->count = kept;
}

bool bucket_bounds_add(struct bucket_bounds *bounds, const struct bucket_span *spans, size_t count) {
    if (count > MOST_SPANS) return false;
    if (bounds->count + count > bounds->cap) {
        sort_unique(bounds);
        size_t need = bounds->count + count;
        if (need > MOST_SPANS) return false;
        if (need > bounds->cap / 2) bounds->cap = need < 512 ? 1024 : 2 * need; // half of it free, so that sorting pays
        bounds->spans = mem_resize(bounds->spans, bounds->cap, sizeof *spans);
    }
    if (count > 0) memcpy(bounds->spans + bounds->count, spans, count * sizeof *spans);
    bounds->count += count;
    return true;
}

static int compare_doubles(const void *a, const void *b) {
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

double *bucket_bounds_common(struct bucket_bounds *bounds, struct arena *arena, size_t *ret_count) {
    sort_unique(bounds);
    double *ends = arena_array(arena, 2 * bounds->count, sizeof *ends), reach = -(double)INFINITY;
    size_t count = 0, kept = 0, opened = 0;
    for (size_t i = 0; i < bounds->count; i++) {
        if (bounds->spans[i].left > -(double)INFINITY) ends[count++] = bounds->spans[i].left;
        ends[count++] = bounds->spans[i].right;
    }
    if (count > 1) qsort(ends, count, sizeof *ends, compare_doubles);
    for (size_t i = 0; i < count; i++) {
        for (; opened < bounds->count && bounds->spans[opened].left < ends[i]; opened++) {
            if (bounds->spans[opened].right > reach) reach = bounds->spans[opened].right;
        }
        bool cut_through = reach > ends[i];
        if (!cut_through && (kept == 0 || ends[kept - 1] < ends[i])) ends[kept++] = ends[i];
    }
    *ret_count = kept;
    return ends;
}
