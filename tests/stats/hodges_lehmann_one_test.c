// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: R 4.2 wilcox.test(x, conf.int = TRUE, exact = TRUE); coverage from integer counts of subsets.
#include "stats/hodges_lehmann_one.h"

#include <stdlib.h>

#include "check.h"
#include "stats/signed_rank_null.h"

static const double x_values[] = {2.385, 2.91, 1.75, 3.125, 2.2, 4.41, 4.1, 3.95};
static double x_room[8], scratch[4096];

static struct column sorted_sample(void) {
    assert_in_range(hodges_lehmann_one_scratch(8), 1, 4096);
    return column_sort(x_values, 8, x_room);
}

static struct hodges_lehmann_one exact(struct column x, double confidence, enum stats_status want) {
    double *cdf = malloc((signed_rank_null_size(x.count) + 1) * sizeof *cdf);
    signed_rank_null(x.count, cdf);
    struct hodges_lehmann_one got;
    assert_int_equal(hodges_lehmann_one_exact(x, confidence, cdf, scratch, &got), want);
    free(cdf);
    return got;
}

static void check_all(struct hodges_lehmann_one got, struct hodges_lehmann_one want) {
    check_double("estimate", got.estimate, want.estimate, 9e-16);
    check_double("low", got.low, want.low, 0);
    check_double("high", got.high, want.high, 0);
    check_double("achieved", got.achieved, want.achieved, 1e-14);
}

static void test_hodges_lehmann_one__exact_limits_as_in_r(void **state) {
    (void)state;
    static const struct {
        double confidence;
        struct hodges_lehmann_one want;
    } cases[] = {
        {0.8, {3.1025, 2.5550000000000002, 3.6124999999999998, 0.8046875}},
        {0.9, {3.1025, 2.33, 3.9500000000000002, 0.921875}},
        {0.95, {3.1025, 2.2000000000000002, 4.0999999999999996, 0.9609375}},
        {0.99, {3.1025, 1.75, 4.4100000000000001, 0.9921875}},
        {0.999, {3.1025, 1.75, 4.4100000000000001, 0.9921875}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_all(exact(sorted_sample(), cases[i].confidence, STATS_OK), cases[i].want);
}

static void test_hodges_lehmann_one__normal_limits(void **state) {
    (void)state;
    double nan = (double)NAN;
    const struct {
        double confidence;
        struct hodges_lehmann_one want;
    } cases[] = {
        {0.5, {3.1025, 2.8500000000000001, 3.3975, nan}},
        {0.8, {3.1025, 2.5550000000000002, 3.6124999999999998, nan}},
        {0.95, {3.1025, 2.2000000000000002, 4.0999999999999996, nan}},
        {0.999999, {3.1025, 1.75, 4.4100000000000001, nan}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct hodges_lehmann_one got;
        assert_int_equal(hodges_lehmann_one_normal(sorted_sample(), cases[i].confidence, scratch, &got), STATS_OK);
        check_all(got, cases[i].want);
    }
}

static void test_hodges_lehmann_one__estimate_alone(void **state) {
    (void)state;
    double got;
    assert_int_equal(hodges_lehmann_one_estimate(sorted_sample(), scratch, &got), STATS_OK);
    check_double("even", got, 3.1025, 9e-16);
    struct column two = {sorted_sample().values, 2}; // 1.75, 1.975, 2.2
    assert_int_equal(hodges_lehmann_one_estimate(two, scratch, &got), STATS_OK);
    check_double("odd", got, 1.975, 4e-16);
    static const double high[] = {1.5e308, 1.6e308, 1.7e308};
    struct column huge = {high, 3};
    assert_int_equal(hodges_lehmann_one_estimate(huge, scratch, &got), STATS_OK);
    check_double("no overflow", got, 1.6e308, 1e293);
}

static void test_hodges_lehmann_one__nothing_varies(void **state) {
    (void)state;
    static const double seven[] = {7.25, 7.25, 7.25};
    struct column x = {seven, 3};
    check_all(exact(x, 0.5, STATS_DEGENERATE), (struct hodges_lehmann_one){7.25, 7.25, 7.25, 0.75});
    x.count = 1;
    check_all(exact(x, 0.5, STATS_DEGENERATE), (struct hodges_lehmann_one){7.25, 7.25, 7.25, 0});
    double got;
    assert_int_equal(hodges_lehmann_one_estimate(x, scratch, &got), STATS_DEGENERATE);
    check_double("estimate", got, 7.25, 0);
}

static void test_hodges_lehmann_one__answers_with_a_status(void **state) {
    (void)state;
    double nan = (double)NAN, got;
    static const double zeros[100000];
    const double values[] = {1.5, 2.385, (double)INFINITY}, cdf[] = {0.25, 0.5};
    const struct column empty = {values, 0}, finite = {values, 2}, infinite = {values, 3}, many = {zeros, 100000};
    const struct hodges_lehmann_one nothing = {nan, nan, nan, nan};
    struct hodges_lehmann_one r;
    assert_int_equal(hodges_lehmann_one_estimate(empty, scratch, &got), STATS_NODATA);
    check_double("estimate", got, nan, 0);
    assert_int_equal(hodges_lehmann_one_estimate(infinite, scratch, &got), STATS_NONFINITE);
    check_all(exact(empty, 0.95, STATS_NODATA), nothing);
    check_all(exact(infinite, 0.95, STATS_NONFINITE), nothing);
    const double wrong[] = {0, 1, -0.5, 1.5, nan};
    for (size_t i = 0; i < 5; i++) {
        check_all(exact(finite, wrong[i], STATS_INVALID), nothing);
        assert_int_equal(hodges_lehmann_one_normal(empty, wrong[i], scratch, &r), STATS_INVALID);
    }
    assert_int_equal(hodges_lehmann_one_exact(finite, 0.95, NULL, scratch, &r), STATS_INVALID);
    assert_int_equal(hodges_lehmann_one_exact(many, 0.95, cdf, scratch, &r), STATS_INVALID);
    assert_int_equal(hodges_lehmann_one_normal(empty, 0.95, scratch, &r), STATS_NODATA);
    assert_int_equal(hodges_lehmann_one_normal(infinite, 0.95, scratch, &r), STATS_NONFINITE);
    check_all(r, nothing);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hodges_lehmann_one__exact_limits_as_in_r),  cmocka_unit_test(test_hodges_lehmann_one__normal_limits),
        cmocka_unit_test(test_hodges_lehmann_one__estimate_alone),        cmocka_unit_test(test_hodges_lehmann_one__nothing_varies),
        cmocka_unit_test(test_hodges_lehmann_one__answers_with_a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
