// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: the definition in fractions of the very doubles given, all averages written out, rounded once.
#include "stats/robust_location.h"

#include <stdlib.h>

#include "check.h"

static void near(const char *what, double got, double want) {
    check_double(what, got, want, 1e-13 * fabs(want));
}

static void check_all(struct robust_location got, struct robust_location want) {
    near("estimate", got.estimate, want.estimate);
    near("se", got.se, want.se);
    near("df", got.df, want.df);
    near("rho", got.rho, want.rho);
}

static struct robust_location estimate(const double *values, size_t count, enum stats_status want) {
    double *scratch = malloc(robust_location_scratch(count) * sizeof *scratch);
    struct robust_location got;
    assert_int_equal(robust_location_estimate(values, count, AR1_PRIOR_DEFAULT, scratch, &got), want);
    double *room = malloc((count + 1) * sizeof *room);
    struct robust_location same;
    struct column sorted = column_sort(values, count, room);
    assert_int_equal(robust_location_sorted(values, count, sorted, AR1_PRIOR_DEFAULT, scratch, &same), want);
    check_double("estimate of the sorted", same.estimate, got.estimate, 0);
    check_double("se of the sorted", same.se, got.se, 0);
    free(room);
    free(scratch);
    return got;
}

static void test_robust_location__follows_the_definition(void **state) {
    (void)state;
    static const double values[] = {2.385, 2.91, 1.75, 3.125, 2.2, 4.4, 4.1, 3.95, 2.6, 1.2, 250, 2.7, 2.65};
    check_all(estimate(values, 10, STATS_OK), (struct robust_location){2.85, 0.4928745458846118, 6.638034669765478, 0.36594149950191895});
    check_all(estimate(values, 13, STATS_OK), (struct robust_location){2.91, 0.3635416106640179, 11.991612291373855, 0.01796408319312791});
    static const double two[] = {3.7, 1.1};
    check_all(estimate(two, 2, STATS_OK), (struct robust_location){2.4, 1.4554898502653162, 3, 0.1125});
}

static void test_robust_location__leaves_out_nan_in_order(void **state) {
    (void)state;
    double nan = (double)NAN;
    const double values[] = {nan, 2.385, 2.91, 1.75, nan, nan, 3.125, 2.2, 4.4, 4.1, 3.95, 2.6, 1.2, nan};
    check_all(estimate(values, 14, STATS_OK), (struct robust_location){2.85, 0.4928745458846118, 6.638034669765478, 0.36594149950191895});
}

static void test_robust_location__most_values_equal(void **state) {
    (void)state;
    static const double values[] = {2, 2, 5.5, 2, 2, 1.25, 2, 2, 2};
    check_all(estimate(values, 9, STATS_OK), (struct robust_location){2, 0.5340166425286575, 7.1203922894825835, 0.22666666666666666});
}

static void test_robust_location__any_size_of_values(void **state) {
    (void)state;
    static const double huge[] = {1e308, -1e308, 1.5e308, 1.6e308, -2e307};
    check_all(estimate(huge, 5, STATS_OK),
              (struct robust_location){6.5e+307, 5.260653638760472e+307, 3.989918213480875, 0.0317678469820983});
    static const double tiny[] = {1.5e-323, 3.5e-323, 2e-323, 4.4e-323, 1e-323, 5.4e-323};
    check_all(estimate(tiny, 6, STATS_OK), (struct robust_location){3e-323, 5e-324, 5, 0});
}

static void test_robust_location__small_values_beside_a_huge_one(void **state) {
    (void)state;
    static const double values[] = {2.385, 2.91, 1.75, 3.125, 2.2, 4.4, 4.1, 3.95, 2.6, 1.2, 250, 2.7, 2.65};
    double spoilt[13];
    for (size_t i = 0; i < 13; i++) spoilt[i] = i == 10 ? 1.7e308 : values[i];
    check_all(estimate(spoilt, 13, STATS_OK), estimate(values, 13, STATS_OK));
}

static void test_robust_location__a_million_values(void **state) {
    (void)state;
    size_t count = 1000000;
    double *values = malloc(count * sizeof *values);
    uint64_t bits = 5;
    for (size_t i = 0; i < count; i++) {
        bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        values[i] = (double)(bits >> 11) * 0x1p-53 - 0.5;
    }
    struct robust_location got = estimate(values, count, STATS_OK);
    free(values);
    check_double("estimate", got.estimate, 0, 1.2e-3); // four standard errors of a uniform value, sqrt(1/12/n)
    check_double("se", got.se, 2.8867513e-4, 2e-6);
}

static void test_robust_location__all_equal(void **state) {
    (void)state;
    static const double values[] = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, zeros[] = {0.0, -0.0};
    check_all(estimate(values, 7, STATS_DEGENERATE), (struct robust_location){0.1, 0, 6, 0});
    check_all(estimate(values, 1, STATS_DEGENERATE), (struct robust_location){0.1, 0, 0, 0});
    check_all(estimate(zeros, 2, STATS_DEGENERATE), (struct robust_location){0, 0, 1, 0});
}

static void test_robust_location__answers_with_a_status(void **state) {
    (void)state;
    double nan = (double)NAN, scratch[4096];
    const double infinite[] = {2.385, -(double)INFINITY, 1.2}, missing[] = {nan, nan};
    const struct robust_location nothing = {nan, nan, nan, nan};
    check_all(estimate(missing, 0, STATS_NODATA), nothing);
    check_all(estimate(missing, 2, STATS_NODATA), nothing);
    check_all(estimate(infinite, 3, STATS_NONFINITE), nothing);
    struct robust_location got;
    struct ar1_prior wrong = {.rho = 0.4, .weight = -6, .least = 0};
    assert_int_equal(robust_location_estimate(missing, 2, wrong, scratch, &got), STATS_INVALID);
    check_all(got, nothing);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_robust_location__follows_the_definition),
        cmocka_unit_test(test_robust_location__leaves_out_nan_in_order),
        cmocka_unit_test(test_robust_location__most_values_equal),
        cmocka_unit_test(test_robust_location__any_size_of_values),
        cmocka_unit_test(test_robust_location__small_values_beside_a_huge_one),
        cmocka_unit_test(test_robust_location__a_million_values),
        cmocka_unit_test(test_robust_location__all_equal),
        cmocka_unit_test(test_robust_location__answers_with_a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
