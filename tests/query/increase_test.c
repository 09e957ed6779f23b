// SPDX-License-Identifier: GPL-3.0-or-later
// Increases of counters. Closed ranges were compared with promtool 2.42; left-open ones by hand.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "query/increase.h"

enum { MOST = 6 };

static const double nan_ = (double)NAN;

static void check_double(const char *what, double got, double want, double tolerance) {
    if (!(fabs(got - want) <= tolerance)) fail_msg("%s: want %.17g, got %.17g", what, want, got);
}

static void test_increase_within__of_both_ranges(void **state) {
    (void)state;
    static const struct {
        const char *title;
        size_t count;
        double values[MOST]; // one a minute, NaN is a gap
        int64_t start_s, end_s;
        struct increase closed, open;
    } cases[] = {
        {"reset in the middle", 6, {1000, 1030, 1060, 10, 40, 70}, 0, 300, {6, 1, 130, 130}, {5, 1, 100, 125}},
        {"two resets, one to the same value", 6, {5, 9, 9, 2, 8, 3}, 0, 300, {6, 2, 15, 15}, {5, 2, 11, 13.75}},
        {"far from both ends",
         6,
         {(double)NAN, (double)NAN, 1000, 1060, (double)NAN, (double)NAN},
         0,
         300,
         {2, 0, 60, 120},
         {2, 0, 60, 120}},
        {"begins at zero", 6, {(double)NAN, (double)NAN, 0, 30, 60, 90}, 0, 300, {4, 0, 90, 90}, {4, 0, 90, 90}},
        // 3 over 6 in two minutes: zero lies a minute back, nearer than 1.1 minutes but beyond half a one
        {"zero beyond half a distance", 5, {(double)NAN, (double)NAN, 3, 6, 9}, 10, 300, {3, 0, 6, 12}, {3, 0, 6, 10.5}},
        {"zero nearer than the start", 6, {(double)NAN, 10, 70, 130, 190, 250}, 15, 315, {5, 0, 240, 265}, {5, 0, 240, 265}},
        {"flat", 4, {7, 7, 7, 7}, 0, 180, {4, 0, 0, 0}, {3, 0, 0, 0}},
        {"just beyond 1.1 distances", 3, {1000, 1060, 1120}, -66, 120, {3, 0, 120, 150}, {3, 0, 120, 150}},
        {"just within 1.1 distances", 3, {1000, 1060, 1120}, -65, 120, {3, 0, 120, 185}, {3, 0, 120, 185}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t times[MOST];
        double values[MOST];
        for (size_t k = 0; k < MOST; k++) {
            times[k] = 60000 * (int64_t)k;
            values[k] = cases[i].values[k];
        }
        for (int open = 0; open < 2; open++) {
            struct increase got, want = open ? cases[i].open : cases[i].closed;
            enum increase_range range = open ? INCREASE_LEFT_OPEN : INCREASE_CLOSED;
            struct series series = {.time_ms = times, .value = values, .count = cases[i].count};
            assert_true(increase_within(&series, 1000 * cases[i].start_s, 1000 * cases[i].end_s, range, &got));
            assert_int_equal(got.samples, want.samples);
            assert_int_equal(got.resets, want.resets);
            check_double(cases[i].title, got.raw, want.raw, 0);
            check_double(cases[i].title, got.extrapolated, want.extrapolated, 1e-12 * want.extrapolated);
        }
    }
}

static void test_increase_within__needs_two_samples(void **state) {
    (void)state;
    int64_t times[] = {0, 60000, 120000};
    double values[] = {1, 2, 4}, gaps[] = {1, nan_, nan_}, infinite[] = {1, 2, (double)INFINITY};
    struct increase got;
    struct series series = {.time_ms = times, .value = values, .count = 3};
    assert_false(increase_within(&(struct series){0}, 0, 120000, INCREASE_CLOSED, &got));
    assert_false(increase_within(&series, 0, 60000, INCREASE_LEFT_OPEN, &got));
    assert_int_equal(got.samples, 1);
    assert_true(isnan(got.raw) && isnan(got.extrapolated));
    assert_false(increase_within(&series, 1, 0, INCREASE_CLOSED, &got));
    series.value = gaps;
    assert_false(increase_within(&series, 0, 120000, INCREASE_CLOSED, &got));
    series.value = infinite; // passed over
    assert_true(increase_within(&series, 0, 120000, INCREASE_CLOSED, &got));
    assert_int_equal(got.samples, 2);
    assert_true(got.raw == 1);
}

static void test_increase_is_counter__by_the_name(void **state) {
    (void)state;
    static const struct {
        const char *name;
        bool counter;
    } cases[] = {
        {"requests_total", true}, {"wait_seconds_bucket", false}, {"x_count", true}, {"x_sum", true}, {"_total", false}, {"total", false},
        {"level", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct label name = {view_of("__name__"), view_of(cases[i].name)};
        struct series series = {.labels = {&name, 1}};
        if (increase_is_counter(&series) != cases[i].counter) fail_msg("%s", cases[i].name);
    }
    assert_false(increase_is_counter(&(struct series){0}));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_increase_within__of_both_ranges),
        cmocka_unit_test(test_increase_within__needs_two_samples),
        cmocka_unit_test(test_increase_is_counter__by_the_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
