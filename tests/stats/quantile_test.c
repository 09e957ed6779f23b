// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/quantile.h"

#include "check.h"

static void test_quantile__interpolates_between_neighbours(void **state) {
    (void)state;
    static const double eight[] = {0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5};
    static const struct {
        double percent, want;
    } cases[] = {{0, 0}, {5, 0.175}, {25, 0.875}, {50, 1.75}, {95, 3.325}, {100, 3.5}, {-3, 0}, {140, 3.5}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_double("eight values", quantile_sorted(eight, 8, cases[i].percent), cases[i].want, 1e-15);
}

static void test_quantile__few_values(void **state) {
    (void)state;
    double one[] = {2.385};
    check_double("none", quantile_sorted(one, 0, 50), (double)NAN, 0);
    check_double("one", quantile_sorted(one, 1, 99), 2.385, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantile__interpolates_between_neighbours),
        cmocka_unit_test(test_quantile__few_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
