// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/median.h"

#include "check.h"

static void test_median__of_odd_and_even_counts(void **state) {
    (void)state;
    const double values[] = {7.25, -3, 2.385, 1e300, 4};
    double room[5];
    check_double("odd", median_of(values, 5, room), 4, 0);
    check_double("even", median_of(values, 4, room), (2.385 + 7.25) / 2, 1e-15);
    check_double("one", median_of(values, 1, room), 7.25, 0);
    check_double("none", median_of(values, 0, room), (double)NAN, 0);
    check_double("the values stay", values[0], 7.25, 0);
}

static void test_median__in_place(void **state) {
    (void)state;
    double values[] = {7.25, -3, 2.385};
    check_double("in place", median_of(values, 3, values), 2.385, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_median__of_odd_and_even_counts),
        cmocka_unit_test(test_median__in_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
