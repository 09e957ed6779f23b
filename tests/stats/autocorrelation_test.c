// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: the definition in fractions of the very doubles given, rounded once.
#include "stats/autocorrelation.h"

#include "check.h"

#define LAGS 12

static const double series[] = {2.385, 2.91, 1.75, 3.125, 2.2, 4.4, 4.1, 3.95, 2.6, 1.2};

static void check_lags(const char *what, const double *values, size_t count, const double *want, size_t lags, double tolerance) {
    double scratch[32], got[LAGS];
    assert_in_range(autocorrelation_scratch(count), 0, 32);
    assert_int_equal(autocorrelation_lags(values, count, lags, scratch, got), STATS_OK);
    for (size_t i = 0; i < lags; i++) check_double(what, got[i], want[i], tolerance * fabs(want[i]));
}

static void test_autocorrelation__follows_the_definition(void **state) {
    (void)state;
    static const double want[] = {0.18615123031282013,  0.04095095235831462, -0.47768696941590105, -0.3119023801118898,
                                  -0.08625086102173575, -0.0691916561051372, 0.1331705526014741,   0.004571684042194855,
                                  0.08018744733986011,  (double)NAN,         (double)NAN};
    check_lags("lag", series, 10, want, 11, 2e-14);
}

static void test_autocorrelation__leaves_out_nan_in_order(void **state) {
    (void)state;
    static const double want[] = {0.18615123031282013, 0.04095095235831462};
    double gaps[13], nan = (double)NAN;
    for (size_t i = 0; i < 10; i++) gaps[i + 1 + (i > 4)] = series[i];
    gaps[0] = gaps[6] = gaps[12] = nan;
    check_lags("with gaps", gaps, 13, want, 2, 2e-14);
}

static void test_autocorrelation__small_changes_on_a_high_level(void **state) {
    (void)state;
    static const double want[] = {0.18615125125155033, 0.04095095292360062, -0.4776869652148769, -0.31190238540631626};
    double values[10];
    for (size_t i = 0; i < 10; i++) values[i] = 1e9 + series[i];
    check_lags("level", values, 10, want, 4, 2e-14);
}

static void test_autocorrelation__any_size_of_values(void **state) {
    (void)state;
    static const double huge[] = {1e308, -1e308, 1.5e308, 1.6e308, -2e307}, want_huge[] = {-0.38204334365325077, -0.37592879256965944};
    check_lags("huge", huge, 5, want_huge, 2, 1e-14);
    static const double tiny[] = {1.5e-323, 3.5e-323, 2e-323, 4.4e-323, 1e-323, 5.4e-323}, want_tiny[] = {-0.671875};
    check_lags("denormal", tiny, 6, want_tiny, 1, 1e-14);
}

static void test_autocorrelation__answers_with_a_status(void **state) {
    (void)state;
    double nan = (double)NAN, inf = (double)INFINITY;
    const struct {
        double values[4];
        size_t count;
        enum stats_status want;
    } cases[] = {
        {{0}, 0, STATS_NODATA},         {{nan, nan}, 2, STATS_NODATA},
        {{2.385}, 1, STATS_DEGENERATE}, {{0.1, 0.1, nan, 0.1}, 4, STATS_DEGENERATE},
        {{1, inf}, 2, STATS_NONFINITE}, {{-inf, -inf}, 2, STATS_NONFINITE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double scratch[4], got[2] = {7, 7};
        assert_int_equal(autocorrelation_lags(cases[i].values, cases[i].count, 2, scratch, got), cases[i].want);
        check_double("nothing can be said", got[0], nan, 0);
        check_double("nothing can be said", got[1], nan, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_autocorrelation__follows_the_definition),
        cmocka_unit_test(test_autocorrelation__leaves_out_nan_in_order),
        cmocka_unit_test(test_autocorrelation__small_changes_on_a_high_level),
        cmocka_unit_test(test_autocorrelation__any_size_of_values),
        cmocka_unit_test(test_autocorrelation__answers_with_a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
