// SPDX-License-Identifier: GPL-3.0-or-later
// Quicksort (Lomuto's partition without branches, after Edelkamp and Weiss 2016) above merge sort of small parts, in which
// eight values are sorted by a network and runs are merged from both ends at once. No step depends on a comparison by a
// branch, so that random data costs no mispredictions. Where pivots are bad too often, GSL's heapsort takes over.
#include "sort.h"

#include <gsl/gsl_sort_double.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define BLOCK ((size_t)8)
#define SMALL ((size_t)64)
#define NINTHER_FROM ((size_t)256)

// Integers in the order of the values; the function is its own inverse.
static inline int64_t key_of(int64_t bits) {
    return bits ^ ((bits >> 63) & INT64_MAX);
}

// By masks, as compilers make branches of two conditional moves that share a condition.
static inline void order(int64_t *a, int64_t *b) {
    int64_t swap = (*a ^ *b) & -(int64_t)(*b < *a);
    *a ^= swap;
    *b ^= swap;
}

// Batcher's merge exchange for eight keys: 19 exchanges, depth 6.
static void sort_block(int64_t *v) {
    int64_t a = v[0], b = v[1], c = v[2], d = v[3], e = v[4], f = v[5], g = v[6], h = v[7];
    order(&a, &e), order(&b, &f), order(&c, &g), order(&d, &h);
    order(&a, &c), order(&b, &d), order(&e, &g), order(&f, &h);
    order(&c, &e), order(&d, &f), order(&a, &b), order(&g, &h);
    order(&c, &d), order(&e, &f), order(&b, &e), order(&d, &g);
    order(&b, &c), order(&d, &e), order(&f, &g);
    v[0] = a, v[1] = b, v[2] = c, v[3] = d, v[4] = e, v[5] = f, v[6] = g, v[7] = h;
}

// Two runs on their way into one. Each end yields `size` keys when both runs have as many, so neither side of a run can be
// passed whatever the keys are.
struct merge {
    const int64_t *low_a, *low_b, *high_a, *high_b;
    int64_t *low, *high;
};

static inline struct merge merge_of(const int64_t *a, const int64_t *b, size_t size, int64_t *ret) {
    return (struct merge){a, b, a + size - 1, b + size - 1, ret, ret + 2 * size - 1};
}

static inline void merge_step(struct merge *m) {
    int64_t a = *m->low_a, b = *m->low_b, c = *m->high_a, d = *m->high_b;
    bool from_b = b < a, from_a = d < c;
    *m->low++ = from_b ? b : a;
    m->low_a += !from_b;
    m->low_b += from_b;
    *m->high-- = from_a ? c : d;
    m->high_a -= from_a;
    m->high_b -= !from_a;
}

// Merges neighbours among `runs` runs of `size` keys that begin every `stride` keys; two merges advance side by side.
static void merge_level(const int64_t *from, size_t runs, size_t stride, size_t size, int64_t *ret) {
    if (runs == 2) {
        struct merge one = merge_of(from, from + stride, size, ret);
        for (size_t i = 0; i < size; i++) merge_step(&one);
        return;
    }
    for (; runs > 0; runs -= 4, from += 4 * stride, ret += 4 * size) {
        struct merge one = merge_of(from, from + stride, size, ret);
        struct merge other = merge_of(from + 2 * stride, from + 3 * stride, size, ret + 2 * size);
        for (size_t i = 0; i < size; i++) {
            merge_step(&one);
            merge_step(&other);
        }
    }
}

// The keys of `count` values, filled up to a block with the largest key.
static void load_block(const double *values, size_t count, int64_t *ret) {
    for (size_t i = 0; i < count; i++) {
        int64_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        ret[i] = key_of(bits);
    }
    for (size_t i = count; i < BLOCK; i++) ret[i] = INT64_MAX;
}

// Up to SMALL values, as 1, 2, 4 or 8 runs of equal size.
static void sort_small(double *values, size_t count) {
    int64_t room[2][1 + SMALL]; // a merge may come to point before its first key
    size_t doublings = 0;
    while (BLOCK << doublings < count) doublings++;
    size_t runs = (size_t)1 << doublings, size = (count + runs - 1) >> doublings;
    for (size_t i = 0, at = 0; i < runs; i++, at += size) {
        size_t left = at < count ? count - at : 0;
        load_block(values + (at < count ? at : count), left < size ? left : size, room[0] + 1 + i * BLOCK);
        sort_block(room[0] + 1 + i * BLOCK);
    }
    size_t stride = BLOCK, now = 0;
    for (; runs > 1; runs /= 2, now = !now) {
        merge_level(room[now] + 1, runs, stride, size, room[!now] + 1);
        stride = size *= 2;
    }
    for (size_t i = 0; i < count; i++) {
        int64_t bits = key_of(room[now][1 + i]);
        memcpy(&values[i], &bits, sizeof bits);
    }
}

static double choose_pivot(const double *v, size_t count) {
    size_t step = count / 8;
    double middle = middle_of_three(v[count / 2 - 1], v[count / 2], v[count / 2 + 1]);
    if (count < NINTHER_FROM) return middle_of_three(v[step], middle, v[count - 1 - step]);
    return middle_of_three(middle_of_three(v[0], v[step], v[2 * step]), middle,
                           middle_of_three(v[count - 1 - 2 * step], v[count - 1 - step], v[count - 1]));
}

// Moves what lies below the pivot (or, with `or_equal`, not above it) to the front and returns how many that are.
static inline size_t partition(double *v, size_t count, double pivot, bool or_equal) {
    size_t front = 0;
    for (size_t i = 0; i < count; i++) {
        double value = v[i];
        v[i] = v[front];
        v[front] = value;
        front += or_equal ? value <= pivot : value < pivot;
    }
    return front;
}

// A pivot equal to `least`, below which no value lies, is a sign of many equal values: they are then split off at once.
static void sort_part(double *values, size_t count, double least, unsigned depth) {
    while (count > SMALL) {
        if (depth-- == 0) {
            gsl_sort(values, 1, count);
            return;
        }
        double pivot = choose_pivot(values, count);
        if (pivot == least) {
            size_t equal = partition(values, count, pivot, true);
            values += equal;
            count -= equal;
            continue;
        }
        size_t below = partition(values, count, pivot, false);
        if (below < count - below) {
            sort_part(values, below, least, depth);
            values += below;
            count -= below;
            least = pivot;
        } else {
            sort_part(values + below, count - below, pivot, depth);
            count = below;
        }
    }
    sort_small(values, count);
}

void sort_doubles(double *values, size_t count) {
    if (count < 2) return;
    unsigned depth = 8;
    for (size_t left = count; left > 1; left /= 2) depth += 2;
    sort_part(values, count, -(double)INFINITY, depth);
}
