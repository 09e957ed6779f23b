// SPDX-License-Identifier: GPL-3.0-or-later
// E-values of counts. Wanted values: the log gammas of the definition in decimal arithmetic with 50 digits.
#include "stats/evalue.h"

#include "check.h"

static void check_log_e(double got, double want) {
    check_double("log e", got, want, 1e-12 + 1e-12 * fabs(want));
}

static void test_evalue__binomial(void **state) {
    (void)state;
    static const struct {
        double x, y, p0, a, b, want;
    } cases[] = {
        {5, 0, 0.5, 1, 1, 1.6739764335716716},
        {3, 17, 0.1, 0.5, 0.5, -1.4993738031432773},
        {499999000, 500001000, 0.5, 1, 1, -10.133841566580477},
        {1000012345, 1e9, 0.5, 1, 1, -10.444318721662025},
        {100023456, 9e8, 0.1, 2.5, 0.3, -12.414540604846529},
        {50, 999999950, 5e-8, 1, 1, -17.846649182580684},
        {70, 1e9, 5e-8, 1, 1, -14.12583395713958},
        {1234.5, 4321.25, 0.21, 0.5, 0.5, -2.0783782395125106},
        {3, 5, 0.4, 1e3, 2e3, -0.021493900155991872},
        {0, 1e9, 1e-9, 1, 1, -19.723265837446412},
        {10, 20, 0.3, 1e-8, 1e-3, -18.36320503851897},
        {1e9, 0, 0.999999999, 1, 1, -19.723265865728344},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double got;
        assert_int_equal(evalue_binomial(cases[i].x, cases[i].y, cases[i].p0, cases[i].a, cases[i].b, &got), STATS_OK);
        check_log_e(got, cases[i].want);
    }
}

static void test_evalue__poisson(void **state) {
    (void)state;
    static const struct {
        double x, exposure, lambda0, shape, rate, want;
    } cases[] = {
        {5, 1, 1, 1, 1, 1.6286086594223741},
        {3, 0.5, 2, 0.5, 0.5, -0.79740647253743446},
        {1000012345, 1e9, 1, 1, 1, -10.366501359282353},
        {1e9, 3600, 277777.7, 0.5, 0.001, -284.97934874789445},
        {0, 86400, 1e-5, 1, 1, -10.502754528799242},
        {7.25, 1e6, 3e-6, 2.385, 1e5, 0.40499245876198875},
        {1000300000, 2592000, 385.8, 10, 0.02, 37.40897536430866},
        {3, 1e-3, 2000, 1e-6, 1e-6, -13.20480882883882},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double got;
        assert_int_equal(evalue_poisson(cases[i].x, cases[i].exposure, cases[i].lambda0, cases[i].shape, cases[i].rate, &got), STATS_OK);
        check_log_e(got, cases[i].want);
    }
}

static void test_evalue__statuses_of_binomial(void **state) {
    (void)state;
    const double inf = (double)INFINITY, nan = (double)NAN;
    const struct {
        double x, y, p0, a, b;
        enum stats_status status;
        double want;
    } cases[] = {
        {0, 0, 0.5, 1, 1, STATS_NODATA, 0},     {nan, 3, 0.5, 1, 1, STATS_NODATA, nan},  {3, inf, 0.5, 1, 1, STATS_NONFINITE, nan},
        {-1, 3, 0.5, 1, 1, STATS_INVALID, nan}, {3, 3, 0, 1, 1, STATS_INVALID, nan},     {3, 3, 1, 1, 1, STATS_INVALID, nan},
        {3, 3, 0.5, 0, 1, STATS_INVALID, nan},  {3, 3, 0.5, 1, inf, STATS_INVALID, nan}, {nan, -3, 0.5, 1, 1, STATS_INVALID, nan},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double got;
        assert_int_equal(evalue_binomial(cases[i].x, cases[i].y, cases[i].p0, cases[i].a, cases[i].b, &got), cases[i].status);
        check_double("log e", got, cases[i].want, 0);
    }
}

static void test_evalue__statuses_of_poisson(void **state) {
    (void)state;
    const double inf = (double)INFINITY, nan = (double)NAN;
    const struct {
        double x, exposure, lambda0, shape, rate;
        enum stats_status status;
        double want;
    } cases[] = {
        {0, 0, 2, 1, 1, STATS_NODATA, 0},        {4, 0, 2, 1, 1, STATS_NODATA, nan},   {nan, 3, 2, 1, 1, STATS_NODATA, nan},
        {4, inf, 2, 1, 1, STATS_NONFINITE, nan}, {4, -3, 2, 1, 1, STATS_INVALID, nan}, {4, 3, 0, 1, 1, STATS_INVALID, nan},
        {4, 3, 2, nan, 1, STATS_INVALID, nan},   {4, 3, 2, 1, 0, STATS_INVALID, nan},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double got;
        assert_int_equal(evalue_poisson(cases[i].x, cases[i].exposure, cases[i].lambda0, cases[i].shape, cases[i].rate, &got),
                         cases[i].status);
        check_double("log e", got, cases[i].want, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_evalue__binomial),
        cmocka_unit_test(test_evalue__poisson),
        cmocka_unit_test(test_evalue__statuses_of_binomial),
        cmocka_unit_test(test_evalue__statuses_of_poisson),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
