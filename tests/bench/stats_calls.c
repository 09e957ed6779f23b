// SPDX-License-Identifier: GPL-3.0-or-later
// The statistics as plain functions of two unsorted samples of one size, for tests/bench/stats to call in its own process. Each
// includes the sort, writes up to three numbers to `ret` and returns a status, 0 when all is well.
#include <stddef.h>
#include <string.h>

#include "stats/column.h"
#include "stats/errors.h"
#include "stats/hodges_lehmann.h"
#include "stats/mann_whitney.h"
#include "stats/mann_whitney_exact.h"
#include "stats/mann_whitney_null.h"
#include "stats/rank.h"
#include "stats/shift_interval.h"

#define EXPORT __attribute__((visibility("default")))
#define CONFIDENCE 0.98

void calls_start(void);
size_t calls_scratch(size_t size);
int calls_sort(const double *x, const double *y, size_t size, double *scratch, double *ret);
int calls_mann_whitney(const double *x, const double *y, size_t size, double *scratch, double *ret);
int calls_mann_whitney_exact(const double *x, const double *y, size_t size, double *scratch, double *ret);
int calls_hodges_lehmann(const double *x, const double *y, size_t size, double *scratch, double *ret);
int calls_shift_interval(const double *x, const double *y, size_t size, double *scratch, double *ret);

EXPORT void calls_start(void) {
    stats_errors_off();
}

// Doubles of scratch that are enough for any of the functions below.
EXPORT size_t calls_scratch(size_t size) {
    size_t pairs = hodges_lehmann_scratch(size, size), exact = mann_whitney_null_size(size, size), keys = 2 * size;
    size_t most = pairs > exact ? pairs : exact;
    return 2 * size + (most > keys ? most : keys);
}

EXPORT int calls_sort(const double *x, const double *y, size_t size, double *scratch, double *ret) {
    struct column a = column_sort(x, size, scratch), b = column_sort(y, size, scratch + size);
    *ret = a.values[0] + b.values[0];
    return 0;
}

EXPORT int calls_mann_whitney(const double *x, const double *y, size_t size, double *scratch, double *ret) {
    struct column a = column_sort(x, size, scratch), b = column_sort(y, size, scratch + size);
    struct mann_whitney test;
    enum stats_status status = mann_whitney_test(a, b, true, &test);
    ret[0] = test.u;
    ret[1] = test.p.two_sided;
    return (int)status;
}

EXPORT int calls_mann_whitney_exact(const double *x, const double *y, size_t size, double *scratch, double *ret) {
    struct column a = column_sort(x, size, scratch), b = column_sort(y, size, scratch + size);
    struct mann_whitney_exact test;
    double *table = scratch + 2 * size;
    enum stats_status status = mann_whitney_null(size, size, table);
    if (status == STATS_OK) status = mann_whitney_exact(a, b, table, &test);
    if (status == STATS_OK) *ret = test.p.two_sided;
    return (int)status;
}

EXPORT int calls_hodges_lehmann(const double *x, const double *y, size_t size, double *scratch, double *ret) {
    struct column a = column_sort(x, size, scratch), b = column_sort(y, size, scratch + size);
    return (int)hodges_lehmann_estimate(a, b, scratch + 2 * size, ret);
}

EXPORT int calls_shift_interval(const double *x, const double *y, size_t size, double *scratch, double *ret) {
    double *a = scratch, *b = scratch + size;
    memcpy(a, x, size * sizeof *a);
    memcpy(b, y, size * sizeof *b);
    rank_sort(a, size);
    rank_sort(b, size);
    struct shift_samples samples = {.x = a, .y = b, .x_count = size, .y_count = size, .scratch = scratch + 2 * size};
    struct shift_interval interval = {0};
    shift_samples_prepare(&samples);
    enum shift_status status = shift_interval(&samples, CONFIDENCE, &interval);
    ret[0] = interval.lower;
    ret[1] = interval.upper;
    ret[2] = interval.estimate;
    return (int)status;
}
