// SPDX-License-Identifier: GPL-3.0-or-later
// Random data for tests of what must hold whatever the data. They are new in each run; SERIN_SEED=N in the environment repeats the
// run that printed N. main() begins with draws_start().
#ifndef TESTS_STATS_DRAWS_H
#define TESTS_STATS_DRAWS_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "check.h"
#include "stats/column.h"
#include "stats/errors.h"

#define MOST 400 // values a side

static uint64_t draws_state;

static inline uint64_t next_random(void) { // xorshift64*
    draws_state ^= draws_state >> 12;
    draws_state ^= draws_state << 25;
    draws_state ^= draws_state >> 27;
    return draws_state * 0x2545F4914F6CDD1Du;
}

static inline double uniform(void) { // in (0, 1)
    return ((double)(next_random() >> 11) + 0.5) * 0x1p-53;
}

static inline double normal(void) { // Box and Muller
    return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform());
}

static inline size_t size_between(size_t least, size_t most) {
    return least + (size_t)(next_random() % (most - least + 1));
}

struct sample {
    double values[MOST], sorted[MOST];
    size_t count;
    struct column column;
};

static inline void sample_sort(struct sample *sample) {
    sample->column = column_sort(sample->values, sample->count, sample->sorted);
}

// Normal values; `step` above 0 rounds them to its multiples, so that there are ties.
static inline void sample_draw(struct sample *sample, size_t count, double centre, double spread, double step) {
    sample->count = count;
    for (size_t i = 0; i < count; i++) {
        double value = centre + spread * normal();
        sample->values[i] = step > 0 ? step * round(value / step) : value;
    }
    sample_sort(sample);
}

static inline void sample_map(const struct sample *sample, double factor, double shift, struct sample *ret) {
    ret->count = sample->count;
    for (size_t i = 0; i < sample->count; i++) ret->values[i] = factor * sample->values[i] + shift;
    sample_sort(ret);
}

static inline void check_relative(const char *what, double got, double want, double relative) {
    check_double(what, got, want, relative * fabs(want));
}

static inline void draws_start(void) {
    const char *given = getenv("SERIN_SEED");
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    printf("SERIN_SEED=%llu\n", (unsigned long long)seed);
    draws_state = seed * 0x9E3779B97F4A7C15u | 1; // never 0, where the generator would stay
    stats_errors_off();
}

#endif
