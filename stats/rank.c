// SPDX-License-Identifier: GPL-3.0-or-later
// Sums of ranks are kept doubled in integers, so they are exact as long as the pooled sample has under 2^31 values.
#include "stats/rank.h"

#include <gsl/gsl_sort_double.h>
#include <math.h>
#include <string.h>

static int64_t key_of(double value) {
    int64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits < 0 ? bits ^ INT64_MAX : bits;
}

// Behind gsl_sort: moves NaN to the end and puts -0.0 before 0.0 where both occur.
void rank_sort(double *values, size_t count) {
    size_t numbers = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(values[i])) continue;
        double number = values[i];
        values[i] = values[numbers];
        values[numbers++] = number;
    }
    gsl_sort(values, 1, numbers);
    size_t from = 0, negative = 0;
    while (from < numbers && values[from] < 0) from++;
    size_t to = from;
    for (; to < numbers && values[to] == 0; to++) negative += signbit(values[to]) != 0;
    for (size_t i = from; i < to; i++) values[i] = i - from < negative ? -0.0 : 0.0;
}

void rank_keys(const double *sorted, size_t count, double shift, int64_t *ret_keys) {
    for (size_t i = 0; i < count; i++) {
        double value = sorted[i] - shift;
        ret_keys[i] = key_of(isnan(value) ? (double)INFINITY : value);
    }
}

static size_t run_length(const int64_t *keys, size_t from, size_t count, int64_t key) {
    size_t end = from;
    while (end < count && keys[end] == key) end++;
    return end - from;
}

static double tie_term(size_t size) {
    return pow((double)size, 3) - (double)size;
}

struct rank_sums rank_merge(const int64_t *x, size_t x_count, const int64_t *y, size_t y_count) {
    uint64_t doubled = 0;
    double ties = 0;
    size_t i = 0, j = 0;
    while (i < x_count) {
        int64_t key = j < y_count && y[j] < x[i] ? y[j] : x[i];
        size_t in_x = run_length(x, i, x_count, key), in_y = run_length(y, j, y_count, key);
        size_t size = in_x + in_y;
        doubled += (uint64_t)in_x * (2 * (uint64_t)(i + j) + size + 1);
        if (size > 1) ties += tie_term(size);
        i += in_x;
        j += in_y;
    }
    while (j < y_count) { // above all of x: only ties count
        size_t size = run_length(y, j, y_count, y[j]);
        if (size > 1) ties += tie_term(size);
        j += size;
    }
    return (struct rank_sums){(double)doubled / 2, ties};
}
