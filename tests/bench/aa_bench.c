// SPDX-License-Identifier: GPL-3.0-or-later
// How often the judge fails a canary that is no different: 2,000 pairs of autoregressive log-normal series, 500 for each rho, with
// fixed seeds: the same numbers on every machine; also with a tight level, where rho is all that matters. --quick: few.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../analyzer/noise.h"
#include "analyzer/series_evidence.h"
#include "stats/errors.h"

#define STEPS_MOST ((size_t)120)

struct pair {
    double baseline[STEPS_MOST], canary[STEPS_MOST];
    size_t count;
};

static void die(const char *text) {
    fprintf(stderr, "bench_aa: %s\n", text);
    exit(1);
}

static size_t pick(struct noise *noise, size_t count) {
    return (size_t)(noise_uniform(noise) * (double)count);
}

static void fill(struct noise *noise, double *values, size_t count, double rho, double deviation) {
    noise->last = noise_normal(noise);
    for (size_t i = 0; i < count; i++) values[i] = 100 * exp(deviation * noise_next(noise, rho));
}

static void make_pair(struct noise *noise, size_t count, double rho, double deviation, struct pair *ret) {
    ret->count = count;
    fill(noise, ret->baseline, count, rho, deviation);
    fill(noise, ret->canary, count, rho, deviation);
}

static struct evidence judge(const struct pair *pair, double tolerance, struct arena *arena) {
    struct evidence_settings settings;
    struct evidence evidence;
    evidence_settings_default(&settings);
    settings.tolerance = tolerance;
    struct series_columns columns = {.baseline = pair->baseline, .canary = pair->canary, .count = pair->count};
    series_evidence_make(&columns, &settings, arena, &evidence);
    arena_finish(arena);
    return evidence;
}

static size_t count_fails(double rho, double tolerance, size_t pairs, size_t *ret_passed) {
    static const size_t counts[] = {30, 45, 60, 90, 120};
    static const double deviations[] = {0.02, 0.05, 0.1, 0.2};
    struct noise noise = {UINT64_C(2862933555777941757) + (uint64_t)(rho * 1000), 0};
    struct arena arena = {0};
    size_t failed = 0;
    *ret_passed = 0;
    for (size_t i = 0; i < pairs; i++) {
        struct pair pair;
        size_t count = counts[pick(&noise, 5)];
        make_pair(&noise, count, rho, deviations[pick(&noise, 4)], &pair);
        enum evidence_status status = judge(&pair, tolerance, &arena).status;
        failed += status == EVIDENCE_FAIL;
        *ret_passed += status == EVIDENCE_PASS;
    }
    return failed;
}

static void print_rates(double tolerance, size_t pairs) {
    static const double rhos[] = {0, 0.3, 0.6, 0.8};
    size_t failed = 0, passed = 0, some;
    printf("false fails at alpha 0.01, tolerance %g %%, %zu pairs each\n", 100 * tolerance, pairs);
    for (size_t i = 0; i < sizeof rhos / sizeof *rhos; i++) {
        size_t fails = count_fails(rhos[i], tolerance, pairs, &some);
        printf("  rho %.1f  %.2f %%  passed %.1f %%\n", rhos[i], 100 * (double)fails / (double)pairs, 100 * (double)some / (double)pairs);
        failed += fails;
        passed += some;
    }
    printf("  all      %.2f %%  passed %.1f %%\n", 25 * (double)failed / (double)pairs, 25 * (double)passed / (double)pairs);
}

int main(int argc, char **argv) {
    bool quick = argc == 2 && strcmp(argv[1], "--quick") == 0;
    if (argc > 1 && !quick) die("the only argument is --quick");
    stats_errors_off();
    print_rates(0.05, quick ? 50 : 500);
    print_rates(0.005, quick ? 50 : 500);
    return 0;
}
