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

// Merges two runs of `size` keys that lie one after the other. Each end yields `size` keys, so that neither side of a run
// can be passed whatever the keys are.
static void merge_runs(const int64_t *runs, size_t size, int64_t *ret) {
    const int64_t *a = runs, *b = runs + size;
    const int64_t *last_a = b - 1, *last_b = last_a + size;
    int64_t *end = ret + 2 * size - 1;
    for (size_t i = 0; i < size; i++) {
        int64_t x = *a, y = *b, u = *last_a, w = *last_b;
        bool second = y < x, first = w < u;
        ret[i] = second ? y : x;
        a += !second;
        b += second;
        *end-- = first ? u : w;
        last_a -= first;
        last_b -= !first;
    }
}

// Up to SMALL values, as 1, 2, 4 or 8 blocks of equal size, filled up with the largest key.
static void sort_small(double *values, size_t count) {
    int64_t keys[SMALL + BLOCK], room[SMALL];
    size_t doublings = 0;
    while (BLOCK << doublings < count) doublings++;
    size_t blocks = (size_t)1 << doublings, size = (count + blocks - 1) >> doublings, total = blocks * size;
    memcpy(keys, values, count * sizeof *keys);
    for (size_t i = 0; i < count; i++) keys[i] = key_of(keys[i]);
    for (size_t i = count; i < total; i++) keys[i] = INT64_MAX;
    for (size_t at = 0; at < total; at += size) {
        int64_t block[BLOCK];
        for (size_t j = 0; j < BLOCK; j++) block[j] = j < size ? keys[at + j] : INT64_MAX;
        sort_block(block);
        for (size_t j = 0; j < size; j++) keys[at + j] = block[j];
    }
    int64_t *from = keys, *to = room;
    for (; size < total; size *= 2) {
        for (size_t at = 0; at < total; at += 2 * size) merge_runs(from + at, size, to + at);
        int64_t *swap = from;
        from = to;
        to = swap;
    }
    for (size_t i = 0; i < count; i++) from[i] = key_of(from[i]);
    memcpy(values, from, count * sizeof *keys);
}

static inline double median_of(double a, double b, double c) {
    double low = a < b ? a : b, high = a > b ? a : b;
    double middle = c < high ? c : high;
    return middle > low ? middle : low;
}

static double choose_pivot(const double *v, size_t count) {
    size_t step = count / 8;
    double middle = median_of(v[count / 2 - 1], v[count / 2], v[count / 2 + 1]);
    if (count < NINTHER_FROM) return median_of(v[step], middle, v[count - 1 - step]);
    return median_of(median_of(v[0], v[step], v[2 * step]), middle, median_of(v[count - 1 - 2 * step], v[count - 1 - step], v[count - 1]));
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
    unsigned depth = 8;
    for (size_t left = count; left > 1; left /= 2) depth += 2;
    sort_part(values, count, -(double)INFINITY, depth);
}
