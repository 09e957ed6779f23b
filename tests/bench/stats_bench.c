// SPDX-License-Identifier: GPL-3.0-or-later
// Mann-Whitney and the compatible interval against the same by sorting the pooled sample with qsort. Candidates alternate in
// one run on fresh samples and their results are compared, so only ratios are printed as such; the rows "time NAME SIZE
// MICROSECONDS" are for drivers that time other programs beside this one. --quick: few rounds.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stats/column.h"
#include "stats/errors.h"
#include "stats/mann_whitney.h"
#include "stats/rank.h"
#include "stats/shift_interval.h"
#include "stopwatch.h"

#define ROUNDS_MAX 21
#define SAMPLE_SECONDS 0.01

static uint64_t seed = 42;
static volatile double sink; // keeps results alive

static double next_unit(void) { // xorshift64*
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return (double)((seed * 0x2545F4914F6CDD1Du) >> 11) * 0x1p-53;
}

static double next_normal(void) {
    return sqrt(-2 * log(1 - next_unit())) * cos(6.283185307179586 * next_unit());
}

static void die(const char *text) {
    fprintf(stderr, "bench_stats: %s\n", text);
    exit(1);
}

// Pairs of unsorted log-normal samples; tied ones are hundredths. One sample judged again and again would be learned by the
// branch predictor, so there are many.
struct samples {
    size_t size, pairs;
    double *x, *y; // pair after pair
    double *room;  // for one pair, twice
};

static struct samples make_samples(size_t size, bool tied) {
    size_t pairs = size <= 100 ? 1024 : size <= 2000 ? 64 : 1, all = size * pairs;
    struct samples s = {size, pairs, mem_zero(all, sizeof(double)), mem_zero(all, sizeof(double)), mem_zero(4 * size, sizeof(double))};
    for (size_t i = 0; i < all; i++) {
        s.x[i] = exp(-1 + 0.5 * next_normal());
        s.y[i] = exp(-0.95 + 0.5 * next_normal());
        if (tied) s.x[i] = floor(s.x[i] * 100);
        if (tied) s.y[i] = floor(s.y[i] * 100);
    }
    return s;
}

static void free_samples(struct samples *s) {
    free(s->x);
    free(s->y);
    free(s->room);
}

struct pooled {
    double value;
    bool of_x;
};

static int compare_pooled(const void *a, const void *b) {
    const struct pooled *x = a, *y = b;
    return (x->value > y->value) - (x->value < y->value);
}

// The plain way: sorts the pooled sample and walks over its groups.
static struct rank_sums rank_pooled(const double *x, const double *y, size_t size, struct pooled *pool) {
    struct rank_sums sums = {0, 0};
    for (size_t i = 0; i < size; i++) {
        pool[i] = (struct pooled){x[i], true};
        pool[size + i] = (struct pooled){y[i], false};
    }
    qsort(pool, 2 * size, sizeof *pool, compare_pooled);
    for (size_t from = 0, to; from < 2 * size; from = to) {
        uint64_t in_x = 0;
        for (to = from; to < 2 * size && pool[to].value == pool[from].value; to++) in_x += pool[to].of_x;
        double group = (double)(to - from);
        sums.twice_x += in_x * (from + to + 1);
        sums.ties += group * group * group - group;
    }
    return sums;
}

static struct mann_whitney test_own(const struct samples *s, size_t pair) {
    struct mann_whitney test;
    struct column x = column_sort(s->x + pair * s->size, s->size, s->room);
    struct column y = column_sort(s->y + pair * s->size, s->size, s->room + s->size);
    mann_whitney_test(x, y, true, &test);
    return test;
}

static struct mann_whitney test_pooled(const struct samples *s, size_t pair, struct pooled *pool) {
    struct rank_sums sums = rank_pooled(s->x + pair * s->size, s->y + pair * s->size, s->size, pool);
    double n = (double)s->size;
    struct mann_whitney test = {.u = (double)sums.twice_x / 2 - n * (n + 1) / 2, .ties = sums.ties};
    double deviation = sqrt(n * n / 12 * (2 * n + 1 - test.ties / (2 * n * (2 * n - 1))));
    test.p.less = erfc(-(test.u - n * n / 2 + 0.5) / deviation / sqrt(2)) / 2;
    return test;
}

static void check_tests(const struct samples *s, struct pooled *pool) {
    for (size_t pair = 0; pair < s->pairs; pair++) {
        struct mann_whitney a = test_own(s, pair), b = test_pooled(s, pair, pool);
        bool close = fabs(a.ties - b.ties) <= 1e-12 * b.ties && fabs(a.p.less - b.p.less) <= 1e-9 * b.p.less;
        if (a.u != b.u || !close) die("other results than by sorting the pooled sample");
    }
}

// Microseconds per pair; repeats the pairs until the clock is fine enough.
static double time_tests(const struct samples *s, struct pooled *pool) {
    size_t done = 0;
    double start = seconds(), spent;
    do {
        for (size_t pair = 0; pair < s->pairs; pair++) sink = pool != NULL ? test_pooled(s, pair, pool).u : test_own(s, pair).u;
        done += s->pairs;
        spent = seconds() - start;
    } while (spent < SAMPLE_SECONDS);
    return spent / (double)done * 1e6;
}

// Returns the median over the rounds of how many times faster than the plain way.
static double bench_tests(size_t size, bool tied, int rounds) {
    struct samples s = make_samples(size, tied);
    struct pooled *pool = mem_zero(2 * size, sizeof *pool);
    double own[ROUNDS_MAX], ratio[ROUNDS_MAX];
    check_tests(&s, pool);
    for (int round = 0; round < rounds; round++) {
        own[round] = time_tests(&s, NULL);
        ratio[round] = time_tests(&s, pool) / own[round];
    }
    double times = median(ratio, (size_t)rounds);
    printf("time mann_whitney%s %zu %.3f\n", tied ? "_tied" : "", size, median(own, (size_t)rounds));
    printf("mann_whitney%s %zu: %.2f times a pooled qsort\n", tied ? "_tied" : "", size, times);
    free(pool);
    free_samples(&s);
    return times;
}

// The statistic of the compatible search by ranking from the start, as the programs do that it is compatible with.
static double statistic_pooled(const struct samples *s, size_t pair, double shift, struct pooled *pool) {
    double *shifted = s->room + 2 * s->size, n = (double)s->size;
    for (size_t i = 0; i < s->size; i++) shifted[i] = s->x[pair * s->size + i] - shift;
    struct rank_sums sums = rank_pooled(shifted, s->y + pair * s->size, s->size, pool);
    double distance = (double)sums.twice_x / 2 - n * (n + 1) / 2 - n * n / 2;
    double correction = distance > 0 ? 0.5 : distance < 0 ? -0.5 : 0;
    return (distance - correction) / sqrt((n * n / 12) * ((n + n + 1) - sums.ties / ((n + n) * (n + n - 1))));
}

static struct shift_samples sort_pair(struct samples *s, size_t pair) {
    double *x = s->room, *y = s->room + s->size;
    memcpy(x, s->x + pair * s->size, s->size * sizeof *x);
    memcpy(y, s->y + pair * s->size, s->size * sizeof *y);
    rank_sort(x, s->size);
    rank_sort(y, s->size);
    struct shift_samples sorted = {.x = x, .y = y, .x_count = s->size, .y_count = s->size, .scratch = s->room + 2 * s->size};
    shift_samples_prepare(&sorted);
    return sorted;
}

// Both ways give the same bits at every shift, so a search over them takes the same path.
static void check_statistic(struct samples *s, struct pooled *pool) {
    for (size_t pair = 0; pair < s->pairs && pair < 64; pair++) {
        for (int sixteenths = -16; sixteenths <= 16; sixteenths++) {
            double shift = sixteenths / 16.0, own = 0, plain = statistic_pooled(s, pair, shift, pool);
            struct shift_samples sorted = sort_pair(s, pair);
            if (shift_statistic(&sorted, shift, 0, &own) != SHIFT_OK || own != plain) die("another statistic than by ranking anew");
        }
    }
}

static double time_intervals(struct samples *s) {
    size_t done = 0;
    double start = seconds(), spent;
    do {
        for (size_t pair = 0; pair < s->pairs; pair++) {
            struct shift_interval interval;
            struct shift_samples sorted = sort_pair(s, pair);
            if (shift_interval(&sorted, 0.98, &interval) != SHIFT_OK) die("a sample without an interval");
            sink = interval.estimate;
        }
        done += s->pairs;
        spent = seconds() - start;
    } while (spent < SAMPLE_SECONDS);
    return spent / (double)done * 1e6;
}

static void bench_intervals(size_t size, bool tied, int rounds) {
    struct samples s = make_samples(size, tied);
    struct pooled *pool = mem_zero(2 * size, sizeof *pool);
    double own[ROUNDS_MAX];
    check_statistic(&s, pool);
    for (int round = 0; round < rounds; round++) own[round] = time_intervals(&s);
    printf("time shift_interval%s %zu %.3f\n", tied ? "_tied" : "", size, median(own, (size_t)rounds));
    free(pool);
    free_samples(&s);
}

int main(int argc, char **argv) {
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    int rounds = quick ? 5 : ROUNDS_MAX;
    stats_errors_off();
    for (int tied = 0; tied < 2; tied++) {
        bench_tests(60, tied != 0, rounds);
        bench_tests(1440, tied != 0, rounds);
        bench_intervals(60, tied != 0, rounds);
        bench_intervals(1440, tied != 0, rounds);
    }
    double ratio = bench_tests(1000000, false, quick ? 3 : 9);
    printf("P7 ratio %.2f (must be >= 4)%s\n", ratio, ratio >= 4 ? "" : " FAILED");
    return ratio >= 4 ? 0 : 1;
}
