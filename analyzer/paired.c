// SPDX-License-Identifier: GPL-3.0-or-later
#include "paired.h"

#include <math.h>

#include "stats/column.h"
#include "stats/hodges_lehmann_one.h"

#define EXTREME_EXPONENT 300 // beyond 2^300 products and sums of values are at risk

static double *room_for(struct arena *arena, size_t count) {
    return arena_array(arena, count, sizeof(double));
}

// Keeps the finite values in their order.
static size_t keep_finite(const double *values, size_t count, double *ret) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (isfinite(values[i])) ret[kept++] = values[i];
    }
    return kept;
}

// Reads `count` values at even distances over the whole length, between neighbours by a straight line.
static void stretch(const double *values, size_t length, size_t count, double *ret) {
    for (size_t i = 0; i < count; i++) {
        double at = count == length ? (double)i : (double)i * (double)(length - 1) / (double)(count - 1);
        size_t left = (size_t)at < length - 1 ? (size_t)at : length - 1, right = left + 1 < length ? left + 1 : left;
        ret[i] = values[left] + (values[right] - values[left]) * (at - (double)left);
    }
}

static void match_by_order(const struct series_columns *c, struct arena *arena, struct paired *p) {
    double *b = room_for(arena, c->count), *k = room_for(arena, c->count);
    size_t b_count = keep_finite(c->baseline, c->count, b), k_count = keep_finite(c->canary, c->count, k);
    p->count = b_count < k_count ? b_count : k_count;
    stretch(b, b_count, p->count, p->baseline);
    stretch(k, k_count, p->count, p->canary);
    for (size_t i = 0; i < p->count; i++) p->steps[i] = (double)i * (double)c->count / (double)p->count;
}

static bool match(const struct series_columns *c, size_t least, struct arena *arena, struct paired *p) {
    size_t b_count = 0, k_count = 0;
    for (size_t i = 0; i < c->count; i++) {
        bool has_b = isfinite(c->baseline[i]), has_k = isfinite(c->canary[i]);
        b_count += has_b;
        k_count += has_k;
        if (!has_b || !has_k) continue;
        p->baseline[p->count] = c->baseline[i];
        p->canary[p->count] = c->canary[i];
        p->steps[p->count++] = (double)i;
    }
    size_t smaller = b_count < k_count ? b_count : k_count;
    if (smaller < least) return false;
    if (p->count < least || 2 * p->count < smaller) match_by_order(c, arena, p);
    return true;
}

static double largest_of(const double *values, size_t count, double largest) {
    for (size_t i = 0; i < count; i++) largest = fmax(largest, fabs(values[i]));
    return largest;
}

// Sizes so extreme that sums would overflow, or squares vanish, are scaled: no ratio changes.
static void tame(struct paired *p) {
    int exponent;
    frexp(largest_of(p->canary, p->count, largest_of(p->baseline, p->count, 0)), &exponent);
    if (exponent < EXTREME_EXPONENT && exponent > -EXTREME_EXPONENT) return;
    p->exponent = exponent;
    for (size_t i = 0; i < p->count; i++) {
        p->baseline[i] = ldexp(p->baseline[i], -exponent);
        p->canary[i] = ldexp(p->canary[i], -exponent);
    }
}

static double mean_size(const double *values, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += fabs(values[i]);
    return sum / (double)count;
}

static void difference(struct paired *p) {
    double level = mean_size(p->baseline, p->count);
    if (!(level > 0)) level = mean_size(p->canary, p->count);
    p->level = ldexp(level, p->exponent);
    p->log_scale = true;
    for (size_t i = 0; i < p->count; i++) p->log_scale = p->log_scale && p->baseline[i] > 0 && p->canary[i] > 0;
    for (size_t i = 0; i < p->count; i++) {
        double b = p->baseline[i], c = p->canary[i];
        if (p->log_scale) {
            p->logs[0][i] = log(b);
            p->logs[1][i] = log(c);
        }
        p->differences[i] = p->log_scale ? p->logs[1][i] - p->logs[0][i] : level > 0 ? (c - b) / level : 0;
    }
}

// Difference in differences: what set the instances apart before the change does not count.
static void take_out_offset(const struct series_columns *c, const struct evidence_settings *settings, struct arena *arena,
                            struct paired *p) {
    double *before = room_for(arena, c->before_count), *room, offset;
    size_t count = 0;
    for (size_t i = 0; i < c->before_count; i++) {
        double b = c->baseline_before[i], k = c->canary_before[i];
        if (isfinite(b) && isfinite(k) && b > 0 && k > 0) before[count++] = log(k) - log(b);
    }
    if (count < settings->least) return;
    struct ar1_mean error;
    room = room_for(arena, count);
    ar1_mean_estimate(before, count, (double)NAN, settings->prior, room, &error);
    hodges_lehmann_one_estimate(column_sort(before, count, room), room_for(arena, hodges_lehmann_one_scratch(count)), &offset);
    for (size_t i = 0; i < p->count; i++) p->differences[i] -= offset;
    p->offset_known = true;
    p->offset_se = error.se;
}

bool paired_build(const struct series_columns *c, const struct evidence_settings *settings, struct arena *arena, struct paired *ret) {
    *ret = (struct paired){.baseline = room_for(arena, c->count),
                           .canary = room_for(arena, c->count),
                           .steps = room_for(arena, c->count),
                           .differences = room_for(arena, c->count),
                           .logs = {room_for(arena, c->count), room_for(arena, c->count)},
                           .span = c->count};
    if (!match(c, settings->least, arena, ret)) return false;
    tame(ret);
    difference(ret);
    if (ret->log_scale && c->baseline_before != NULL && c->canary_before != NULL) take_out_offset(c, settings, arena, ret);
    return true;
}

bool paired_identical(const struct paired *p) {
    for (size_t i = 0; i < p->count; i++) {
        if (p->baseline[i] != p->canary[i]) return false;
    }
    return true;
}

bool paired_constant(const struct paired *p) {
    for (size_t i = 1; i < p->count; i++) {
        if (p->differences[i] != p->differences[0]) return false;
    }
    return true;
}
