// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: the incomplete beta and its root with 60 digits.
#include "stats/poisson_dispersed.h"

#include "check.h"
#include "stats/poisson_test.h"

static void test_poisson_dispersed__tails_and_limits(void **state) {
    (void)state;
    static const double inf = (double)INFINITY;
    const struct {
        double x, y, tx, ty, ratio, phi, alpha, less, greater, low, high;
    } cases[] = {
        {30, 10, 1, 1, 1, 2, 0.01, 0.994091033935546875, 0.020694732666015625, 0.879323351821271433, 13.5253791401676233},
        {0, 7, 1, 1, 1, 1.5, 0.01, 0.0393725328092147864, 1.0, 0, 1.68269579527972574},
        {150, 900, 1000, 9000, 1, 2.2, 0.01, 0.998817223394187084, 0.00184936551040647808, 1.08585853659788355, 2.03140610150883387},
        {12.5, 40.25, 100, 900, 1.25, 3.7, 0.05, 0.946479289137229979, 0.171677579553715026, 0.731025020021983205, 8.54833346095096733},
        {9, 0, 0.25, 3.5, 2, 1.3, 1e-06, 1.0, 5.59549551012338146e-7, 2.20249675061350053, inf},
        {2e6, 1.9e9, 1, 1000, 1, 7.5, 1e-12, 1.0, 3.64724523048599764e-152, 1.03834872020834361, 1.06704627390526444},
        {0, 0, 1, 1, 1, 2, 0.01, 1, 1, 0, inf},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct poisson_dispersed got;
        struct dispersed_count x = {cases[i].x, cases[i].tx}, y = {cases[i].y, cases[i].ty};
        assert_int_equal(poisson_dispersed(x, y, cases[i].ratio, cases[i].phi, cases[i].alpha, &got), STATS_OK);
        check_double("less", got.p.less, cases[i].less, 1e-12 * cases[i].less);
        check_double("greater", got.p.greater, cases[i].greater, 1e-12 * cases[i].greater);
        check_double("two-sided", got.p.two_sided, p_two_sided(cases[i].less, cases[i].greater), 1e-12);
        check_double("low", got.low, cases[i].low, 1e-11 * cases[i].low);
        check_double("high", got.high, cases[i].high, 1e-11 * cases[i].high);
    }
}

static void test_poisson_dispersed__is_the_exact_test_without_dispersion(void **state) {
    (void)state;
    struct poisson_dispersed got;
    struct poisson_test exact;
    poisson_dispersed((struct dispersed_count){32, 10000}, (struct dispersed_count){170, 90000}, 1.5, 1, 0.025, &got);
    poisson_test((struct poisson_count){32, 10000}, (struct poisson_count){170, 90000}, 1.5, 0.05, &exact);
    check_double("less", got.p.less, exact.p.less, 0);
    check_double("greater", got.p.greater, exact.p.greater, 0);
    check_double("ratio", got.rate_ratio, exact.rate_ratio, 0);
    check_double("low", got.low, exact.low, 1e-14);
    check_double("high", got.high, exact.high, 1e-14);
}

static void test_poisson_dispersed__statuses(void **state) {
    (void)state;
    static const double inf = (double)INFINITY, nan_ = (double)NAN;
    const struct {
        double x, tx, ratio, phi, alpha;
        enum stats_status want;
    } cases[] = {
        {3, 0, 1, 2, 0.05, STATS_NODATA},       {3, nan_, 1, 2, 0.05, STATS_NODATA},    {nan_, 1, 1, 2, 0.05, STATS_NODATA},
        {nan_, inf, 1, 2, 0.05, STATS_NODATA},  {inf, 1, 1, 2, 0.05, STATS_NONFINITE},  {3, inf, 1, 2, 0.05, STATS_NONFINITE},
        {-1, 1, 1, 2, 0.05, STATS_INVALID},     {-1, 0, 1, 2, 0.05, STATS_INVALID},     {3, -1, 1, 2, 0.05, STATS_INVALID},
        {3, 1, 0, 2, 0.05, STATS_INVALID},      {3, 1, 1, 0, 0.05, STATS_INVALID},      {1e16, 1, 1, 2, 0.05, STATS_INVALID},
        {1e-300, 1, 1, 2, 0.05, STATS_INVALID}, {3, 1, 1, 5e-324, 0.05, STATS_INVALID}, {3, 1, 1, -2, 0.05, STATS_INVALID},
        {3, 1, 1, inf, 0.05, STATS_INVALID},    {3, 1, 1, nan_, 0.05, STATS_INVALID},   {3, 1, 1, 2, 0, STATS_INVALID},
        {3, 1, 1, 2, 1, STATS_INVALID},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct poisson_dispersed got;
        struct dispersed_count x = {cases[i].x, cases[i].tx}, y = {5, 1};
        assert_int_equal(poisson_dispersed(x, y, cases[i].ratio, cases[i].phi, cases[i].alpha, &got), cases[i].want);
        check_double("p", got.p.greater, nan_, 0);
        check_double("high", got.high, nan_, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_poisson_dispersed__tails_and_limits),
        cmocka_unit_test(test_poisson_dispersed__is_the_exact_test_without_dispersion),
        cmocka_unit_test(test_poisson_dispersed__statuses),
    };
    return cmocka_run_group_tests(tests, check_setup, NULL);
}
