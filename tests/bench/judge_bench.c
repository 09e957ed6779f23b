// SPDX-License-Identifier: GPL-3.0-or-later
// How long the judge takes beside the judge kayenta, for canaries of 20 metrics of 60 points: both judge the same pairs in one run,
// by turns and in changing order. The pairs of each round are new, as a repeated one is learned by the branch predictor.
// Prints the median of the ratios of all rounds, and the medians of both; --quick: few rounds.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../analyzer/noise.h"
#include "analyzer/kayenta_metric.h"
#include "analyzer/series_evidence.h"
#include "stats/errors.h"
#include "stopwatch.h"

#define POINTS ((size_t)60)
#define METRICS ((size_t)20)
#define ROUNDS ((size_t)401)
#define ROUNDS_QUICK ((size_t)5)

struct pair {
    double baseline[POINTS], canary[POINTS];
};

static volatile double sink; // keeps results alive

static void fill(struct noise *noise, double *values) {
    noise->last = noise_normal(noise);
    for (size_t i = 0; i < POINTS; i++) values[i] = 100 * exp(0.1 * noise_next(noise, 0.3));
}

static void judge_serin(const struct pair *pair) {
    struct arena arena = {0};
    struct evidence_settings settings;
    struct evidence evidence;
    evidence_settings_default(&settings);
    struct series_columns columns = {.baseline = pair->baseline, .canary = pair->canary, .count = POINTS};
    series_evidence_make(&columns, &settings, &arena, &evidence);
    arena_finish(&arena);
    sink += evidence.p;
}

static void judge_kayenta(const struct pair *pair) {
    struct kayenta_settings settings;
    struct kayenta_result result;
    struct error err;
    kayenta_settings_default(&settings);
    struct kayenta_sample canary = {pair->canary, POINTS}, baseline = {pair->baseline, POINTS};
    if (!kayenta_classify("bench", canary, baseline, &settings, &result, &err)) {
        fprintf(stderr, "bench_judge: %s\n", err.text);
        exit(1);
    }
    sink += result.upper;
}

static double time_canary(void (*judge)(const struct pair *pair), const struct pair *pairs) {
    double start = seconds();
    for (size_t i = 0; i < METRICS; i++) judge(&pairs[i]);
    return seconds() - start;
}

int main(int argc, char **argv) {
    static struct pair pairs[METRICS];
    static double ratios[ROUNDS], ours[ROUNDS], theirs[ROUNDS];
    bool quick = argc == 2 && strcmp(argv[1], "--quick") == 0;
    if (argc > 1 && !quick) {
        fputs("usage: bench_judge [--quick]\n", stderr);
        return 2;
    }
    size_t rounds = quick ? ROUNDS_QUICK : ROUNDS;
    struct noise noise = {42, 0};
    stats_errors_off();
    for (size_t r = 0; r < rounds; r++) {
        for (size_t i = 0; i < METRICS; i++) {
            fill(&noise, pairs[i].baseline);
            fill(&noise, pairs[i].canary);
        }
        if (r % 2 == 0) theirs[r] = time_canary(judge_kayenta, pairs);
        ours[r] = time_canary(judge_serin, pairs);
        if (r % 2 == 1) theirs[r] = time_canary(judge_kayenta, pairs);
        ratios[r] = ours[r] / theirs[r];
    }
    printf("a canary of %zu metrics of %zu points: %.2f times the judge kayenta (must be <= 1.5): %.1f and %.1f us a metric\n", METRICS,
           POINTS, median(ratios, rounds), 1e6 * median(ours, rounds) / METRICS, 1e6 * median(theirs, rounds) / METRICS);
    return 0;
}
