// SPDX-License-Identifier: GPL-3.0-or-later
#include "parity_layout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "query/decimal.h"
#include "query/histogram.h"

#define MOST_SERIES ((size_t)4096)
#define MOST_TOLD 3

static int compare_doubles(const void *a, const void *b) {
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static size_t sort_unique(double *items, size_t count) {
    size_t kept = 0;
    if (count > 1) qsort(items, count, sizeof *items, compare_doubles);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || items[kept - 1] < items[i]) items[kept++] = items[i];
    }
    return kept;
}

static void keep_bounds(struct parity_layout *layout, double *bounds, size_t count, struct arena *arena) {
    layout->kind = LAYOUT_BOUNDS;
    layout->count = sort_unique(bounds, count);
    layout->bounds = arena_array(arena, layout->count, sizeof *bounds);
    if (layout->count > 0) memcpy(layout->bounds, bounds, layout->count * sizeof *bounds);
}

static bool take_native(const struct series *series, struct arena *arena, struct parity_layout *ret) {
    if (series->histogram_count == 0) return false;
    const struct native_buckets *native = series->histograms[series->histogram_count - 1].native;
    *ret = (struct parity_layout){.kind = LAYOUT_SCHEMA, .known = native != NULL, .schema = native != NULL ? native->schema : 0};
    if (native == NULL || native->schema != HISTOGRAM_CUSTOM) return true;
    double *bounds = arena_array(arena, native->custom_count, sizeof *bounds);
    if (native->custom_count > 0) memcpy(bounds, native->custom, native->custom_count * sizeof *bounds);
    keep_bounds(ret, bounds, native->custom_count, arena);
    return true;
}

void parity_layout_of(const struct series_set *set, struct arena *arena, struct parity_layout *ret) {
    size_t most = set->count < MOST_SERIES ? set->count : MOST_SERIES, count = 0;
    double *bounds = mem_alloc((most + 1) * sizeof *bounds);
    bool classic = false;
    *ret = (struct parity_layout){.kind = LAYOUT_NONE};
    for (size_t i = 0; i < most; i++) {
        const struct label *le = labels_get(&set->items[i].labels, "le");
        double bound;
        if (take_native(&set->items[i], arena, ret)) break;
        if (le == NULL || !decimal_parse(le->value.ptr, le->value.len, &bound)) continue;
        classic = true;
        if (isfinite(bound)) bounds[count++] = bound;
    }
    if (ret->kind == LAYOUT_NONE && classic) keep_bounds(ret, bounds, count, arena);
    free(bounds);
}

// Appends ", le 0.5, 1 on the canary side only"; returns how many there are.
static size_t tell_only(const struct parity_layout *of, const struct parity_layout *other, const char *side, struct buf *out) {
    size_t only = 0;
    for (size_t i = 0; i < of->count; i++) {
        if (other->count > 0 && bsearch(&of->bounds[i], other->bounds, other->count, sizeof *other->bounds, compare_doubles) != NULL)
            continue;
        if (only++ >= MOST_TOLD) continue;
        buf_str(out, only == 1 ? ", le " : ", ");
        buf_double(out, of->bounds[i]);
    }
    if (only > MOST_TOLD) buf_printf(out, " and %zu more", only - MOST_TOLD);
    if (only > 0) buf_printf(out, " on the %s side only", side);
    return only;
}

static double compare_bounds(const struct parity_layout *baseline, const struct parity_layout *canary, struct buf *out) {
    buf_printf(out, "%zu bounds of buckets on the baseline side, %zu on the canary side", baseline->count, canary->count);
    size_t only = tell_only(baseline, canary, "baseline", out), all = canary->count + only;
    only += tell_only(canary, baseline, "canary", out);
    return all > 0 ? (double)(all - only) / (double)all : 1;
}

static void tell_kind(const struct parity_layout *layout, const char *side, struct buf *out) {
    static const char *const kinds[] = {"no buckets", "buckets with listed bounds", "exponential buckets"};
    buf_printf(out, "%s on the %s side", kinds[layout->kind], side);
}

double parity_layout_compare(const struct parity_layout *baseline, const struct parity_layout *canary, struct buf *out) {
    if (baseline->kind == LAYOUT_NONE && canary->kind == LAYOUT_NONE) return (double)NAN;
    if (baseline->kind != canary->kind) {
        tell_kind(baseline, "baseline", out);
        buf_str(out, ", ");
        tell_kind(canary, "canary", out);
        return 0;
    }
    if (baseline->kind == LAYOUT_BOUNDS) return compare_bounds(baseline, canary, out);
    if (!baseline->known || !canary->known || baseline->schema == canary->schema) return 1;
    buf_printf(out, "native histograms of schema %d on the baseline side, %d on the canary side", baseline->schema, canary->schema);
    return 0.5;
}
