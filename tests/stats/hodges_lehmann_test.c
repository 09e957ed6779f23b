// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: R 4.2 wilcox.test(x, y, conf.int = TRUE, exact = TRUE); coverage from integer counts of orderings.
#include "stats/hodges_lehmann.h"

#include <stdlib.h>

#include "check.h"
#include "stats/mann_whitney_null.h"

static const double x_values[] = {2.385, 2.91, 1.75, 3.125, 2.2, 4.41, 4.1, 3.95};
static const double y_values[] = {1.9, 2.05, 3.3, 1.62, 0.97, 2.87};
static double x_room[8], y_room[6], scratch[4096];

static void sort_samples(struct column *ret_x, struct column *ret_y) {
    *ret_x = column_sort(x_values, 8, x_room);
    *ret_y = column_sort(y_values, 6, y_room);
    assert_in_range(hodges_lehmann_scratch(8, 6), 1, 4096);
}

static struct hodges_lehmann exact(struct column x, struct column y, double confidence, enum stats_status want) {
    double *cdf = malloc((mann_whitney_null_size(x.count, y.count) + 1) * sizeof *cdf);
    mann_whitney_null(x.count, y.count, cdf);
    struct hodges_lehmann got;
    assert_int_equal(hodges_lehmann_exact(x, y, confidence, cdf, scratch, &got), want);
    free(cdf);
    return got;
}

static void check_all(struct hodges_lehmann got, struct hodges_lehmann want) {
    check_double("estimate", got.estimate, want.estimate, 4e-16);
    check_double("low", got.low, want.low, 0);
    check_double("high", got.high, want.high, 0);
    check_double("achieved", got.achieved, want.achieved, 1e-14);
}

static void test_hodges_lehmann__exact_limits_as_in_r(void **state) {
    (void)state;
    static const struct {
        double confidence;
        struct hodges_lehmann want;
    } cases[] = {
        {0.8, {1.0425, 0.25499999999999989, 1.9000000000000004, 0.8188478188478189}},
        {0.9, {1.0425, 0.040000000000000036, 2.0500000000000003, 0.9187479187479187}},
        {0.95, {1.0425, -0.17499999999999982, 2.1999999999999997, 0.9573759573759574}},
        {0.99, {1.0425, -0.66999999999999993, 2.5100000000000002, 0.9920079920079921}},
        {0.999, {1.0425, -1.5499999999999998, 3.4400000000000004, 0.9993339993339994}},
        {1 - 1e-12, {1.0425, -1.5499999999999998, 3.4400000000000004, 0.9993339993339994}}, // as far as 14 values go
    };
    struct column x, y;
    sort_samples(&x, &y);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) check_all(exact(x, y, cases[i].confidence, STATS_OK), cases[i].want);
}

static void test_hodges_lehmann__a_probability_equal_to_the_tail_counts(void **state) {
    (void)state;
    // P(U <= 4) of 2 against 14 is 9/120, exactly the tail of 85 %, which in binary comes out a little larger.
    double x_numbers[] = {1, 2}, y_numbers[14];
    for (size_t i = 0; i < 14; i++) y_numbers[i] = -(double)(i * i);
    struct column x = {x_numbers, 2}, y = column_sort(y_numbers, 14, y_numbers);
    struct hodges_lehmann got = exact(x, y, 0.85, STATS_OK);
    check_double("fourth smallest", got.low, 3, 0);
    check_double("achieved", got.achieved, 1 - 2 * 6.0 / 120, 1e-15);
}

static void test_hodges_lehmann__normal_limits(void **state) {
    (void)state;
    double nan = (double)NAN;
    const struct {
        double confidence;
        struct hodges_lehmann want;
    } cases[] = {
        {0.5, {1.0425, 0.65000000000000036, 1.2300000000000002, nan}},
        {0.8, {1.0425, 0.25499999999999989, 1.9000000000000004, nan}},
        {0.95, {1.0425, -0.17499999999999982, 2.1999999999999997, nan}},
        {0.999999, {1.0425, -1.5499999999999998, 3.4400000000000004, nan}},
    };
    struct column x, y;
    sort_samples(&x, &y);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct hodges_lehmann got;
        assert_int_equal(hodges_lehmann_normal(x, y, cases[i].confidence, scratch, &got), STATS_OK);
        check_all(got, cases[i].want);
    }
}

static void test_hodges_lehmann__estimate_alone(void **state) {
    (void)state;
    struct column x, y;
    double got;
    sort_samples(&x, &y);
    assert_int_equal(hodges_lehmann_estimate(x, y, scratch, &got), STATS_OK);
    check_double("even", got, 1.0425, 4e-16);
    y.count = 1; // 0.97 alone: 8 differences, half the way between 2.91 and 3.125
    assert_int_equal(hodges_lehmann_estimate(x, y, scratch, &got), STATS_OK);
    check_double("one value", got, 2.0475, 9e-16);
    const double high[] = {1.5e308, 1.7e308}, zero[] = {0.0};
    struct column huge = {high, 2}, origin = {zero, 1};
    assert_int_equal(hodges_lehmann_estimate(huge, origin, scratch, &got), STATS_OK);
    check_double("no overflow", got, 1.6e308, 1e293);
}

static void test_hodges_lehmann__nothing_varies(void **state) {
    (void)state;
    static const double seven[] = {7.25, 7.25, 7.25}, two[] = {2.5, 2.5};
    struct column x = {seven, 3}, y = {two, 2};
    check_all(exact(x, y, 0.5, STATS_DEGENERATE), (struct hodges_lehmann){4.75, 4.75, 4.75, 0.6});
    x.count = y.count = 1;
    check_all(exact(x, y, 0.5, STATS_DEGENERATE), (struct hodges_lehmann){4.75, 4.75, 4.75, 0});
    double got;
    assert_int_equal(hodges_lehmann_estimate(x, y, scratch, &got), STATS_DEGENERATE);
    check_double("estimate", got, 4.75, 0);
}

static void test_hodges_lehmann__answers_with_a_status(void **state) {
    (void)state;
    double nan = (double)NAN, got;
    static const double zeros[100000];
    const double values[] = {1.5, 2.385, (double)INFINITY}, cdf[] = {0.25, 0.5};
    const struct column empty = {values, 0}, finite = {values, 2}, infinite = {values, 3}, many = {zeros, 100000};
    const struct hodges_lehmann nothing = {nan, nan, nan, nan};
    struct hodges_lehmann r;
    assert_int_equal(hodges_lehmann_estimate(empty, finite, scratch, &got), STATS_NODATA);
    check_double("estimate", got, nan, 0);
    assert_int_equal(hodges_lehmann_estimate(finite, infinite, scratch, &got), STATS_NONFINITE);
    check_all(exact(finite, empty, 0.95, STATS_NODATA), nothing);
    check_all(exact(infinite, finite, 0.95, STATS_NONFINITE), nothing);
    const double wrong[] = {0, 1, -0.5, 1.5, nan};
    for (size_t i = 0; i < 5; i++) {
        check_all(exact(finite, finite, wrong[i], STATS_INVALID), nothing);
        assert_int_equal(hodges_lehmann_normal(empty, finite, wrong[i], scratch, &r), STATS_INVALID);
    }
    assert_int_equal(hodges_lehmann_exact(finite, finite, 0.95, NULL, scratch, &r), STATS_INVALID);
    assert_int_equal(hodges_lehmann_exact(many, many, 0.95, cdf, scratch, &r), STATS_INVALID);
    check_all(r, nothing);
    assert_int_equal(hodges_lehmann_normal(empty, finite, 0.95, scratch, &r), STATS_NODATA);
    assert_int_equal(hodges_lehmann_normal(finite, infinite, 0.95, scratch, &r), STATS_NONFINITE);
    check_all(r, nothing);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hodges_lehmann__exact_limits_as_in_r),
        cmocka_unit_test(test_hodges_lehmann__a_probability_equal_to_the_tail_counts),
        cmocka_unit_test(test_hodges_lehmann__normal_limits),
        cmocka_unit_test(test_hodges_lehmann__estimate_alone),
        cmocka_unit_test(test_hodges_lehmann__nothing_varies),
        cmocka_unit_test(test_hodges_lehmann__answers_with_a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
