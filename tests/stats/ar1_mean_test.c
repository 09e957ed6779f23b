// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: the definition in fractions of the very doubles given, roots to 60 digits, rounded once.
#include "stats/ar1_mean.h"

#include "check.h"

static const double series[] = {2.385, 2.91, 1.75, 3.125, 2.2, 4.4, 4.1, 3.95, 2.6, 1.2};

static void near(const char *what, double got, double want) {
    check_double(what, got, want, 1e-13 * fabs(want));
}

static void check_all(struct ar1_mean got, struct ar1_mean want) {
    near("mean", got.mean, want.mean);
    near("rho_raw", got.rho_raw, want.rho_raw);
    near("rho", got.rho, want.rho);
    near("se", got.se, want.se);
    near("df", got.df, want.df);
    near("ess", got.ess, want.ess);
}

static struct ar1_mean estimate(const double *values, size_t count, double centre, struct ar1_prior prior, enum stats_status want) {
    double scratch[64];
    struct ar1_mean got;
    assert_in_range(ar1_mean_scratch(count), 0, 64);
    assert_int_equal(ar1_mean_estimate(values, count, centre, prior, scratch, &got), want);
    return got;
}

static struct ar1_mean usual(const double *values, size_t count) {
    return estimate(values, count, (double)NAN, AR1_PRIOR_DEFAULT, STATS_OK);
}

static void test_ar1_mean__follows_the_definition(void **state) {
    (void)state;
    check_all(usual(series, 10), (struct ar1_mean){2.862, 0.18615123031282013, 0.36374787462916636, 0.49150930421610345, 6.6629682284196665,
                                                   4.665467402058059});
}

static void test_ar1_mean__two_and_three_values(void **state) {
    (void)state;
    static const double values[] = {3.7, 1.1, 2.05};
    check_all(usual(values, 2), (struct ar1_mean){2.4, -0.5, 0.1125, 1.4554898502653162, 3, 1.595505617977528});
    check_all(usual(values, 3),
              (struct ar1_mean){2.283333333333333, -0.4045097095169314, 0.10810463809982351, 0.8480784210666571, 3, 2.4146511021637744});
}

static void test_ar1_mean__rho_is_never_below_0(void **state) {
    (void)state;
    static const double values[] = {1.5, -2.25, 1.5, -2.25, 1.5, -2.25, 1.5, -2.25, 1.5, -2.25, 1.5, -2.25};
    check_all(usual(values, 12), (struct ar1_mean){-0.375, -0.9166666666666666, 0, 0.5653337710833068, 11, 12});
}

static void test_ar1_mean__a_trend_is_all_correlation(void **state) {
    (void)state;
    double values[40];
    for (size_t i = 0; i < 40; i++) values[i] = 0.5 * (double)i;
    check_all(usual(values, 40), (struct ar1_mean){9.75, 0.925, 0.9385869565217392, 5.803380893348967, 3, 1.2671712924025793});
}

static void test_ar1_mean__rho_is_capped(void **state) {
    (void)state;
    static double values[2000], scratch[2000];
    for (size_t i = 0; i < 2000; i++) values[i] = (double)i;
    struct ar1_mean got;
    assert_int_equal(ar1_mean_estimate(values, 2000, (double)NAN, AR1_PRIOR_DEFAULT, scratch, &got), STATS_OK);
    check_double("rho_raw", got.rho_raw, 0.9985, 1e-9);
    check_double("rho", got.rho, 0.95, 0);
}

static void test_ar1_mean__about_a_given_centre(void **state) {
    (void)state;
    check_all(estimate(series, 10, 2.5, AR1_PRIOR_DEFAULT, STATS_OK),
              (struct ar1_mean){2.862, 0.3388512050156515, 0.4878166040752169, 0.6163401417844592, 5.155545081256108, 3.442517004595074});
}

static void test_ar1_mean__takes_a_prior(void **state) {
    (void)state;
    struct ar1_prior prior = {.rho = 0.7, .weight = 20.5, .least = 0.6};
    check_all(estimate(series, 10, (double)NAN, prior, STATS_OK),
              (struct ar1_mean){2.862, 0.18615123031282013, 0.6, 0.6906531993218569, 3.7058823529411766, 2.5});
}

static void test_ar1_mean__a_belief_that_only_raises(void **state) {
    (void)state;
    struct ar1_prior prior = {.rho = 0.1, .weight = 6, .least = -0.1, .only_raises = true};
    check_all(
        estimate(series, 10, (double)NAN, prior, STATS_OK),
        (struct ar1_mean){2.862, 0.18615123031282013, 0.34199659940666616, 0.4786731927851556, 6.905717327143951, 4.9031674214692895});
    prior.rho = 0.4;
    check_all(estimate(series, 10, (double)NAN, prior, STATS_OK), usual(series, 10));
}

static void test_ar1_mean__rho_may_be_allowed_below_0(void **state) {
    (void)state;
    static const double values[] = {1.5, -2.25, 1.5, -2.25, 1.5, -2.25, 1.5, -2.25, 1.5, -2.25, 1.5, -2.25};
    struct ar1_prior prior = {.rho = 0.4, .weight = 6, .least = -0.1};
    check_all(estimate(values, 12, (double)NAN, prior, STATS_OK),
              (struct ar1_mean){-0.375, -0.9166666666666666, -0.1, 0.5117559153752443, 10.762376237623762, 14.666666666666666});
}

static void test_ar1_mean__leaves_out_nan_in_order(void **state) {
    (void)state;
    double gaps[12], nan = (double)NAN;
    for (size_t i = 0; i < 10; i++) gaps[i + 1] = series[i];
    gaps[0] = gaps[11] = nan;
    struct ar1_mean got = usual(gaps, 12);
    check_all(got, usual(series, 10));
}

static void test_ar1_mean__any_size_of_values(void **state) {
    (void)state;
    static const double huge[] = {1e308, -1e308, 1.5e308, 1.6e308, -2e307};
    check_all(usual(huge, 5), (struct ar1_mean){5.8e307, -0.38204334365325077, 0.031241204615817614, 5.245436424270964e+307,
                                                3.9902493880642256, 4.697052401746725});
    static const double tiny[] = {1.5e-323, 3.5e-323, 2e-323, 4.4e-323, 1e-323, 5.4e-323};
    check_all(usual(tiny, 6), (struct ar1_mean){3e-323, -0.671875, 0, 5e-324, 5, 6});
    double high[10];
    for (size_t i = 0; i < 10; i++) high[i] = 1e9 + series[i];
    check_all(usual(high, 10), (struct ar1_mean){1000000002.862, 0.18615125125155033, 0.36374789164188465, 0.4915093110507371,
                                                 6.6629680353555525, 4.665467219106747});
}

static void test_ar1_mean__sums_of_a_million_values_keep_their_digits(void **state) {
    (void)state;
    static double values[1000000], scratch[1000000];
    double ones = 0;
    uint64_t bits = 3;
    for (size_t i = 0; i < 1000000; i++) {
        bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        values[i] = (double)(bits >> 63);
        ones += values[i];
    }
    struct ar1_mean got;
    assert_int_equal(ar1_mean_estimate(values, 1000000, (double)NAN, AR1_PRIOR_DEFAULT, scratch, &got), STATS_OK);
    check_double("mean", got.mean, ones / 1e6, 0);
}

static void test_ar1_mean__constant_series_have_no_error(void **state) {
    (void)state;
    static const double values[] = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1};
    double nan = (double)NAN;
    check_all(estimate(values, 7, nan, AR1_PRIOR_DEFAULT, STATS_DEGENERATE), (struct ar1_mean){0.1, 0, 0, 0, 6, 7});
    check_all(estimate(values, 1, nan, AR1_PRIOR_DEFAULT, STATS_DEGENERATE), (struct ar1_mean){0.1, 0, 0, 0, 0, 1});
    check_all(estimate(values, 1, 0, AR1_PRIOR_DEFAULT, STATS_DEGENERATE), (struct ar1_mean){0.1, 0, 0, 0, 0, 1});
    assert_true(estimate(values, 7, 0, AR1_PRIOR_DEFAULT, STATS_OK).se > 0); // away from the centre it does deviate
}

static void check_nothing(struct ar1_mean got) {
    double nan = (double)NAN;
    check_all(got, (struct ar1_mean){nan, nan, nan, nan, nan, nan});
}

static void test_ar1_mean__answers_with_a_status(void **state) {
    (void)state;
    double nan = (double)NAN, inf = (double)INFINITY;
    const double infinite[] = {2.385, inf, 1.2}, missing[] = {nan, nan};
    check_nothing(estimate(missing, 0, nan, AR1_PRIOR_DEFAULT, STATS_NODATA));
    check_nothing(estimate(missing, 2, nan, AR1_PRIOR_DEFAULT, STATS_NODATA));
    check_nothing(estimate(infinite, 3, nan, AR1_PRIOR_DEFAULT, STATS_NONFINITE));
    check_nothing(estimate(infinite, 3, inf, AR1_PRIOR_DEFAULT, STATS_INVALID));
    const struct ar1_prior wrong[] = {{-0.1, 6, 0, false},    {0.96, 6, 0, false}, {0.4, -1, 0, false}, {0.4, inf, 0, false},
                                      {0.4, 6, -0.96, false}, {0.4, 6, 1, false},  {nan, 6, 0, false},  {0.4, nan, 0, false}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) check_nothing(estimate(missing, 2, nan, wrong[i], STATS_INVALID));
}

static void test_ar1_mean__about_0_without_the_mean(void **state) {
    (void)state;
    double nan = (double)NAN, scratch[10];
    const double values[] = {0.385, nan, -0.91, 0.75, -0.125, 0.2, 1.4, 1.1, -0.95, nan}, zeros[] = {0, -0.0, 0};
    struct ar1_mean want = estimate(values, 10, 0, AR1_PRIOR_DEFAULT, STATS_OK), got;
    assert_int_equal(ar1_mean_about_0(values, 10, AR1_PRIOR_DEFAULT, scratch, &got), STATS_OK);
    want.mean = nan;
    check_all(got, want);
    assert_int_equal(ar1_mean_about_0(zeros, 3, AR1_PRIOR_DEFAULT, scratch, &got), STATS_DEGENERATE);
    check_double("se", got.se, 0, 0);
    const double infinite[] = {2.385, (double)INFINITY};
    assert_int_equal(ar1_mean_about_0(values + 1, 1, AR1_PRIOR_DEFAULT, scratch, &got), STATS_NODATA);
    assert_int_equal(ar1_mean_about_0(infinite, 2, AR1_PRIOR_DEFAULT, scratch, &got), STATS_NONFINITE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ar1_mean__follows_the_definition),
        cmocka_unit_test(test_ar1_mean__two_and_three_values),
        cmocka_unit_test(test_ar1_mean__rho_is_never_below_0),
        cmocka_unit_test(test_ar1_mean__a_trend_is_all_correlation),
        cmocka_unit_test(test_ar1_mean__rho_is_capped),
        cmocka_unit_test(test_ar1_mean__about_a_given_centre),
        cmocka_unit_test(test_ar1_mean__about_0_without_the_mean),
        cmocka_unit_test(test_ar1_mean__takes_a_prior),
        cmocka_unit_test(test_ar1_mean__a_belief_that_only_raises),
        cmocka_unit_test(test_ar1_mean__rho_may_be_allowed_below_0),
        cmocka_unit_test(test_ar1_mean__leaves_out_nan_in_order),
        cmocka_unit_test(test_ar1_mean__any_size_of_values),
        cmocka_unit_test(test_ar1_mean__sums_of_a_million_values_keep_their_digits),
        cmocka_unit_test(test_ar1_mean__constant_series_have_no_error),
        cmocka_unit_test(test_ar1_mean__answers_with_a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
