// SPDX-License-Identifier: GPL-3.0-or-later
// What every benchmark measures with: seconds of two clocks, and medians of rounds.
#ifndef TESTS_BENCH_STOPWATCH_H
#define TESTS_BENCH_STOPWATCH_H

#include <stdlib.h>
#include <time.h>

static inline double seconds_of(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static inline double seconds(void) {
    return seconds_of(CLOCK_MONOTONIC);
}

static inline double cpu_seconds(void) { // of this process alone: others may run beside it
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

static inline int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static inline double median(double *values, size_t count) { // sorts them
    qsort(values, count, sizeof *values, compare_doubles);
    return values[count / 2];
}

#endif
