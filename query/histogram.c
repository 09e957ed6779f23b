// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/histogram.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define MOST_EXPONENT 1024 // of a double; its greatest value takes the place of 2^1024

bool histogram_is_schema(int64_t schema) {
    return (schema >= HISTOGRAM_COARSEST && schema <= HISTOGRAM_FINEST) || schema == HISTOGRAM_CUSTOM;
}

// 2^(place * 2^-schema) / 2 for a place within its power of two. A border that the schema below has too is the same there; the others
// are their neighbour times 2^(2^-schema), each product rounded: so the borders came to be that all Prometheus servers print, and the
// first factor is one unit in the last place below the nearest double.
static double fraction(unsigned place, int schema) {
    static const double factors[] = {1,
                                     0x1.6a09e667f3bccp+0,
                                     0x1.306fe0a31b715p+0,
                                     0x1.172b83c7d517bp+0,
                                     0x1.0b5586cf9890fp+0,
                                     0x1.059b0d3158574p+0,
                                     0x1.02c9a3e778061p+0,
                                     0x1.0163da9fb3335p+0,
                                     0x1.00b1afa5abcbfp+0};
    if (place == 0) return 0.5;
    return (place & 1) == 0 ? fraction(place / 2, schema - 1) : fraction(place - 1, schema) * factors[schema];
}

static double exponential_border(int64_t index, int schema) {
    int64_t exponent = schema < 0 ? index * (INT64_C(1) << -schema) : (index >> schema) + 1;
    unsigned place = schema < 0 ? 0 : (unsigned)index & ((1u << schema) - 1);
    double part = schema < 0 ? 1 : fraction(place, schema);
    if (exponent == (schema < 0 ? MOST_EXPONENT : MOST_EXPONENT + 1) && place == 0) return DBL_MAX;
    if (exponent > 2 * MOST_EXPONENT) return (double)INFINITY;
    return exponent < -2 * MOST_EXPONENT ? 0 : ldexp(part, (int)exponent);
}

static double border(const struct native_buckets *native, int64_t index) {
    if (native->schema != HISTOGRAM_CUSTOM) return exponential_border(index, native->schema);
    if (index < 0) return -(double)INFINITY;
    return (uint64_t)index < native->custom_count ? native->custom[index] : (double)INFINITY;
}

double histogram_border(const struct native_buckets *native, int32_t index) {
    return border(native, index);
}

// A bucket that the zero bucket reaches into begins where that one ends.
static double inner_border(const struct native_buckets *native, int64_t index) {
    double inner = border(native, index - 1);
    return native->schema != HISTOGRAM_CUSTOM && inner < native->zero_threshold ? native->zero_threshold : inner;
}

void histogram_set_borders(struct histogram *histogram, struct arena *arena) {
    const struct native_buckets *n = histogram->native;
    struct bucket *b = arena_array(arena, n->negative_count + n->positive_count + 1, sizeof *b);
    histogram->buckets = b;
    for (size_t i = n->negative_count; i-- > 0; b++) {
        int64_t index = n->negative[i].index;
        *b = (struct bucket){1, -border(n, index), -inner_border(n, index), n->negative[i].count};
    }
    if (n->zero_count > 0) *b++ = (struct bucket){3, -n->zero_threshold, n->zero_threshold, n->zero_count};
    for (size_t i = 0; i < n->positive_count; i++, b++) {
        int64_t index = n->positive[i].index;
        *b = (struct bucket){0, inner_border(n, index), border(n, index), n->positive[i].count};
    }
    histogram->bucket_count = (size_t)(b - histogram->buckets);
}

static void *copy_array(struct arena *arena, const void *from, size_t count, size_t size) {
    void *copy = arena_array(arena, count, size);
    if (count > 0) memcpy(copy, from, count * size);
    return copy;
}

struct histogram histogram_copy(const struct histogram *from, struct arena *arena) {
    struct histogram copy = *from;
    copy.buckets = copy_array(arena, from->buckets, from->bucket_count, sizeof *copy.buckets);
    if (from->native == NULL) return copy;
    struct native_buckets *native = copy_array(arena, from->native, 1, sizeof *native);
    native->positive = copy_array(arena, native->positive, native->positive_count, sizeof *native->positive);
    native->negative = copy_array(arena, native->negative, native->negative_count, sizeof *native->negative);
    native->custom = copy_array(arena, native->custom, native->custom_count, sizeof *native->custom);
    copy.native = native;
    return copy;
}
