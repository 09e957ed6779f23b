// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/quantile.h"

#include "check.h"

static void test_quantile__interpolates_between_neighbours(void **state) {
    (void)state;
    static const double eight[] = {0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5};
    static const struct {
        double share, want;
    } cases[] = {{0, 0}, {0.05, 0.175}, {0.25, 0.875}, {0.5, 1.75}, {0.95, 3.325}, {1, 3.5}, {-0.03, 0}, {1.4, 3.5}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_double("eight values", quantile_sorted(eight, 8, cases[i].share), cases[i].want, 1e-15);
}

static void test_quantile__few_values(void **state) {
    (void)state;
    double one[] = {2.385};
    check_double("none", quantile_sorted(one, 0, 0.5), (double)NAN, 0);
    check_double("one", quantile_sorted(one, 1, 0.99), 2.385, 0);
}

static void test_quantile__extremes_do_not_overflow(void **state) {
    (void)state;
    const double inf = (double)INFINITY, huge[] = {-1.5e308, 1.5e308}, ends[] = {-inf, 1, 2, inf}, top[] = {3.25, inf, inf};
    check_double("huge", quantile_sorted(huge, 2, 0.25), -0.75e308, 1e294);
    check_double("between numbers", quantile_sorted(ends, 4, 0.5), 1.5, 0);
    check_double("beside an infinity", quantile_sorted(ends, 4, 0.75), inf, 0);
    check_double("between infinities", quantile_sorted(top, 3, 0.75), inf, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantile__interpolates_between_neighbours),
        cmocka_unit_test(test_quantile__few_values),
        cmocka_unit_test(test_quantile__extremes_do_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
