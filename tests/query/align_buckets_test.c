// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "query/align.h"
#include "query/histogram.h"

#define GAP ((double)NAN)
#define MOST_SIDES 2
#define STEPS 2

// Steps (60000, 120000], (120000, 180000].
static const struct grid minutes = {60000, 60000, STEPS};

struct fixture {
    struct series_set sets[MOST_SIDES];
    struct arena arena;
    struct aligned_buckets got[MOST_SIDES];
};

static void start(struct fixture *f) {
    *f = (struct fixture){0};
    for (size_t i = 0; i < MOST_SIDES; i++) series_set_init(&f->sets[i]);
}

static void align(struct fixture *f, size_t sides) {
    struct align_side list[MOST_SIDES];
    struct error err = {0};
    for (size_t i = 0; i < sides; i++)
        list[i] = (struct align_side){series_set_sorted(&f->sets[i], &f->arena), f->sets[i].count, minutes, 0, 0};
    if (!align_buckets(list, sides, &f->arena, f->got, &err)) fail_msg("%s", err.text);
}

static void finish(struct fixture *f) {
    for (size_t i = 0; i < MOST_SIDES; i++) series_set_finish(&f->sets[i]);
    arena_finish(&f->arena);
}

// One series of a classic histogram: samples at 30, 90 and 150 seconds; a NaN is no sample.
static struct series *add_bucket(struct series_set *set, const char *pod, const char *le, double a, double b, double c) {
    struct series *series = series_set_add(set);
    series->labels.items = arena_array(&set->arena, 2, sizeof *series->labels.items);
    series->labels.items[0] = (struct label){view_of("le"), view_of(le)};
    series->labels.items[1] = (struct label){view_of("pod"), view_of(pod)};
    series->labels.count = 2;
    if (!isnan(a)) series_append(series, 30000, a);
    if (!isnan(b)) series_append(series, 90000, b);
    if (!isnan(c)) series_append(series, 150000, c);
    return series;
}

static void check_upper(const struct aligned_buckets *got, const double *want, size_t count) {
    if (got->count != count) fail_msg("%zu buckets, wanted %zu", got->count, count);
    for (size_t i = 0; i < count; i++) {
        if (got->upper[i] != want[i]) fail_msg("bucket %zu ends at %.17g, wanted %.17g", i, got->upper[i], want[i]);
    }
}

static void check_step(const struct aligned_buckets *got, size_t step, const double *want) {
    for (size_t i = 0; i < got->count; i++) {
        double value = got->counts[step * got->count + i];
        if (isnan(want[i]) ? !isnan(value) : value != want[i]) fail_msg("step %zu bucket %zu: %g, wanted %g", step, i, value, want[i]);
    }
}

static void test_align_buckets__classic_counters_become_increases_of_each_bucket(void **state) {
    (void)state;
    struct fixture f;
    start(&f);
    add_bucket(&f.sets[0], "a", "0.1", 10, 13, 13);
    add_bucket(&f.sets[0], "a", "+Inf", 30, 40, 41);
    add_bucket(&f.sets[0], "a", "1", 20, 27, 28);
    add_bucket(&f.sets[0], "b", "0.1", 1, 2, 3); // the same bounds, spelled as Prometheus 3 does
    add_bucket(&f.sets[0], "b", "1.0", 1, 2, 3);
    add_bucket(&f.sets[0], "b", "Inf", 1, 2, 4);
    add_bucket(&f.sets[0], "c", "none", 1, 2, 4);
    align(&f, 1);
    check_upper(&f.got[0], (double[]){0.1, 1, (double)INFINITY}, 3);
    check_step(&f.got[0], 0, (double[]){3 + 1, 4, 3});
    check_step(&f.got[0], 1, (double[]){0 + 1, 1, 0 + 1});
    assert_int_equal(f.got[0].series[0], 2);
    assert_int_equal(f.got[0].series[1], 2);
    assert_int_equal(f.got[0].strangers, 1);
    assert_true(f.got[0].watched_s[0] == 120);
    finish(&f);
}

static void test_align_buckets__layouts_meet_in_common_bounds(void **state) {
    (void)state;
    struct fixture f;
    start(&f);
    add_bucket(&f.sets[0], "a", "0.1", 0, 1, 1);
    add_bucket(&f.sets[0], "a", "0.5", 0, 3, 3);
    add_bucket(&f.sets[0], "a", "1", 0, 6, 7);
    add_bucket(&f.sets[0], "a", "+Inf", 0, 10, 12);
    add_bucket(&f.sets[1], "b", "0.2", 0, 5, GAP); // another layout on the other side
    add_bucket(&f.sets[1], "b", "1.0", 0, 7, 10);
    add_bucket(&f.sets[1], "b", "5", GAP, GAP, 11); // changed after the second scrape
    add_bucket(&f.sets[1], "b", "+Inf", 0, 8, 12);
    align(&f, 2);
    for (size_t i = 0; i < 2; i++) check_upper(&f.got[i], (double[]){1, (double)INFINITY}, 2);
    check_step(&f.got[0], 0, (double[]){6, 4});
    check_step(&f.got[0], 1, (double[]){1, 1});
    check_step(&f.got[1], 0, (double[]){7, 1});
    check_step(&f.got[1], 1, (double[]){3, 1});
    finish(&f);
}

static void test_align_buckets__a_reset_is_that_of_the_whole_histogram(void **state) {
    (void)state;
    struct fixture f;
    start(&f);
    add_bucket(&f.sets[0], "a", "1", 5, 6, 7); // alone it would look as if it went on
    add_bucket(&f.sets[0], "a", "+Inf", 50, 60, 20);
    align(&f, 1);
    check_step(&f.got[0], 0, (double[]){1, 9});
    check_step(&f.got[0], 1, (double[]){7, 13});
    assert_int_equal(f.got[0].resets, 1);
    finish(&f);
}

static void test_align_buckets__passes_over_what_is_no_histogram(void **state) {
    (void)state;
    struct fixture f;
    start(&f);
    add_bucket(&f.sets[0], "a", "1", 5, 6, 7);
    add_bucket(&f.sets[0], "a", "+Inf", 5, GAP, 9); // left out of one scrape
    add_bucket(&f.sets[0], "b", "1", 5, -6, 7);
    add_bucket(&f.sets[0], "b", "+Inf", 5, 8, 9);
    align(&f, 1);
    check_upper(&f.got[0], (double[]){1, (double)INFINITY}, 2);
    check_step(&f.got[0], 0, (double[]){GAP, GAP});
    check_step(&f.got[0], 1, (double[]){2 + 2, 2 + 2});
    assert_int_equal(f.got[0].series[0], 0);
    assert_int_equal(f.got[0].passed_over, 2);
    finish(&f);
}

static void test_align_buckets__takes_small_disorder_of_cumulative_counters(void **state) {
    (void)state;
    struct fixture f;
    start(&f);
    add_bucket(&f.sets[0], "a", "1", 0, 5, 6);
    add_bucket(&f.sets[0], "a", "2", 0, 4, 6); // read a moment before the one below
    add_bucket(&f.sets[0], "a", "+Inf", 0, 5, 7);
    align(&f, 1);
    check_step(&f.got[0], 0, (double[]){5, 0, 0});
    check_step(&f.got[0], 1, (double[]){1, 1, 0});
    finish(&f);
}

static void add_native(struct fixture *f, struct series *series, int64_t time_ms, int schema, double zero, struct index_bucket *positive,
                       size_t count) {
    struct native_buckets native = {
        .schema = schema, .zero_threshold = 0.001, .zero_count = zero, .positive = positive, .positive_count = count};
    struct histogram h = {.time_ms = time_ms, .native = &native};
    histogram_set_borders(&h, &f->arena);
    h.native = NULL; // as the query API gives it
    series_append_histogram(series, &h);
}

static void test_align_buckets__native_ones_meet_in_the_coarser_schema(void **state) {
    (void)state;
    struct fixture f;
    start(&f);
    struct series *fine = series_set_add(&f.sets[0]), *coarse = series_set_add(&f.sets[1]);
    // Schema 1: borders 1, 1.41, 2, 2.83, 4. Schema 0: 1, 2, 4.
    add_native(&f, fine, 30000, 1, 0, NULL, 0);
    add_native(&f, fine, 90000, 1, 2, (struct index_bucket[]){{1, 3}, {2, 4}, {4, 5}}, 3);
    add_native(&f, fine, 150000, 0, 2, (struct index_bucket[]){{1, 9}, {2, 6}}, 2); // the client has made it coarser
    add_native(&f, coarse, 30000, 0, 0, (struct index_bucket[]){{1, 10}, {2, 10}}, 2);
    add_native(&f, coarse, 90000, 0, 0, (struct index_bucket[]){{1, 12}, {2, 11}}, 2);
    add_native(&f, coarse, 150000, 0, 0, (struct index_bucket[]){{1, 1}}, 1); // started again
    align(&f, 2);
    double borders[] = {-0.001, 0.001, 1, 2, 4};
    for (size_t i = 0; i < 2; i++) check_upper(&f.got[i], borders, 5);
    check_step(&f.got[0], 0, (double[]){0, 2, 0, 7, 5});
    check_step(&f.got[0], 1, (double[]){0, 0, 0, 2, 1});
    check_step(&f.got[1], 0, (double[]){0, 0, 0, 2, 1});
    check_step(&f.got[1], 1, (double[]){0, 0, 0, 1, 0});
    assert_int_equal(f.got[0].resets, 0);
    assert_int_equal(f.got[1].resets, 1);
    finish(&f);
}

static void test_align_buckets__custom_borders_meet_classic_ones(void **state) {
    (void)state;
    struct fixture f;
    start(&f);
    const double inf = (double)INFINITY;
    struct bucket before[] = {{0, -inf, 0.1, 1}, {0, 0.1, 1, 2}, {0, 1, inf, 3}},
                  after[] = {{0, -inf, 0.1, 2}, {0, 0.1, 1, 4}, {0, 1, inf, 6}};
    struct series *native = series_set_add(&f.sets[0]);
    series_append_histogram(native, &(struct histogram){.time_ms = 30000, .buckets = before, .bucket_count = 3});
    series_append_histogram(native, &(struct histogram){.time_ms = 90000, .buckets = after, .bucket_count = 3});
    add_bucket(&f.sets[1], "a", "1", 5, 6, 8);
    add_bucket(&f.sets[1], "a", "+Inf", 5, 8, 12);
    align(&f, 2);
    check_upper(&f.got[0], (double[]){1, inf}, 2);
    check_step(&f.got[0], 0, (double[]){1 + 2, 3});
    check_step(&f.got[0], 1, (double[]){GAP, GAP});
    check_step(&f.got[1], 1, (double[]){2, 2});
    finish(&f);
}

static uint32_t draw(uint32_t *seed, uint32_t below) {
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % below;
}

// Pods that start again now and then: whatever the buckets are, they add up to the increases of the bucket +Inf.
static void test_align_buckets__add_up_to_the_increases_of_the_last_bucket(void **state) {
    (void)state;
    enum { BUCKETS = 4, PODS = 3, SCRAPES = 20 };
    static const char *const le[BUCKETS] = {"0.1", "0.5", "1", "+Inf"}, *const pods[PODS] = {"a", "b", "c"};
    for (uint32_t seed = 1; seed <= 50; seed++) {
        struct fixture f;
        uint32_t at = seed;
        start(&f);
        struct align_side last = {.grid = {60000, 15000, 12}}, side = last;
        const struct series **ends = arena_array(&f.arena, PODS, sizeof(const struct series *));
        for (int p = 0; p < PODS; p++) {
            double own[BUCKETS] = {1000, 1000, 1000, 1000};
            for (int b = 0; b < BUCKETS; b++) add_bucket(&f.sets[0], pods[p], le[b], GAP, GAP, GAP);
            struct series *series = &f.sets[0].items[p * BUCKETS];
            for (int k = 0; k < SCRAPES; k++) {
                bool again = draw(&at, 10) == 0;
                double sum = 0;
                for (int b = 0; b < BUCKETS; b++) {
                    own[b] = (again ? 0 : own[b]) + draw(&at, 5);
                    series_append(&series[b], 10000 + k * 15000 + p, sum += own[b]);
                }
            }
        }
        for (int p = 0; p < PODS; p++) ends[p] = &f.sets[0].items[p * BUCKETS + BUCKETS - 1];
        last.series = ends;
        last.count = PODS;
        side.series = series_set_sorted(&f.sets[0], &f.arena);
        side.count = f.sets[0].count;
        struct aligned_increases want;
        struct error err;
        align_increases(&last, &f.arena, &want);
        assert_true(align_buckets(&side, 1, &f.arena, f.got, &err));
        assert_int_equal(f.got[0].count, BUCKETS);
        for (size_t k = 0; k < want.steps; k++) {
            double sum = 0;
            for (size_t b = 0; b < BUCKETS; b++) sum += f.got[0].counts[k * BUCKETS + b];
            // After two starts in a row the last bucket alone may rise where another one shows the second start.
            bool same = fabs(sum - want.increase[k]) < 1e-9 || f.got[0].resets > want.resets;
            if (!same) fail_msg("seed %u, step %zu: %g, wanted %g", (unsigned)seed, k, sum, want.increase[k]);
            assert_int_equal(f.got[0].series[k], want.series[k]);
            assert_true(fabs(f.got[0].watched_s[k] - want.watched_s[k]) < 1e-9);
        }
        finish(&f);
    }
}

static void test_align_buckets__of_nothing_has_no_buckets(void **state) {
    (void)state;
    struct fixture f;
    start(&f);
    align(&f, 2);
    assert_int_equal(f.got[0].count, 0);
    assert_int_equal(f.got[1].steps, STEPS);
    assert_int_equal(f.got[0].series[0], 0);
    finish(&f);
}

static void test_align_buckets__refuses_too_many_counts_before_it_makes_them(void **state) {
    (void)state;
    struct fixture f;
    struct error err = {0};
    start(&f);
    add_bucket(&f.sets[0], "a", "1", 1, 2, 3);
    add_bucket(&f.sets[0], "a", "+Inf", 1, 2, 3);
    struct align_side side = {.series = series_set_sorted(&f.sets[0], &f.arena), .count = f.sets[0].count};
    side.grid = (struct grid){60000, 1000, ALIGN_MOST_COUNTS / 2 + 1};
    assert_false(align_buckets(&side, 1, &f.arena, f.got, &err));
    assert_int_equal(err.code, ERROR_LIMIT);
    assert_non_null(strstr(err.text, "2 buckets over 5000001 steps"));
    finish(&f);
}

static void test_align_buckets__refuses_too_many(void **state) {
    (void)state;
    struct fixture f;
    start(&f);
    for (int i = 0; i <= ALIGN_MOST_BUCKETS; i++) {
        char le[32];
        snprintf(le, sizeof le, "%d", i);
        add_bucket(&f.sets[0], "a", arena_strdup(&f.arena, le), 1, 2, 3);
    }
    add_bucket(&f.sets[0], "a", "+Inf", 1, 2, 3);
    struct align_side side = {series_set_sorted(&f.sets[0], &f.arena), f.sets[0].count, minutes, 0, 0};
    struct error err = {0};
    assert_false(align_buckets(&side, 1, &f.arena, f.got, &err));
    assert_int_equal(err.code, ERROR_LIMIT);
    finish(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_align_buckets__classic_counters_become_increases_of_each_bucket),
        cmocka_unit_test(test_align_buckets__layouts_meet_in_common_bounds),
        cmocka_unit_test(test_align_buckets__a_reset_is_that_of_the_whole_histogram),
        cmocka_unit_test(test_align_buckets__passes_over_what_is_no_histogram),
        cmocka_unit_test(test_align_buckets__takes_small_disorder_of_cumulative_counters),
        cmocka_unit_test(test_align_buckets__native_ones_meet_in_the_coarser_schema),
        cmocka_unit_test(test_align_buckets__custom_borders_meet_classic_ones),
        cmocka_unit_test(test_align_buckets__add_up_to_the_increases_of_the_last_bucket),
        cmocka_unit_test(test_align_buckets__of_nothing_has_no_buckets),
        cmocka_unit_test(test_align_buckets__refuses_too_many_counts_before_it_makes_them),
        cmocka_unit_test(test_align_buckets__refuses_too_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
