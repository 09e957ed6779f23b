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

static void test_median__of_a_sorted_column(void **state) {
    (void)state;
    static const double values[] = {-3, 2.385, 4, 7.25, 1e300};
    check_double("odd", median_sorted((struct column){values, 5}), 4, 0);
    check_double("even", median_sorted((struct column){values, 4}), (2.385 + 4) / 2, 1e-15);
    check_double("none", median_sorted((struct column){values, 0}), (double)NAN, 0);
}

// Against the distances written out, for every count and centres below, among, at and above the values; some values are equal.
static void test_median__of_distances(void **state) {
    (void)state;
    static const double values[] = {-7.5, -2.385, -2.385, 0.1, 0.7, 0.7, 0.7, 1.9, 3.3, 40.25, 41};
    for (size_t count = 0; count <= sizeof values / sizeof *values; count++) {
        for (double centre = -9; centre < 45; centre += 0.35) {
            double distances[sizeof values / sizeof *values];
            for (size_t i = 0; i < count; i++) distances[i] = fabs(values[i] - centre);
            check_double("median", median_distance((struct column){values, count}, centre), median_of(distances, count, distances), 0);
        }
    }
    check_double("at a value", median_distance((struct column){values + 4, 4}, 0.7), 0, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_median__of_odd_and_even_counts),
        cmocka_unit_test(test_median__in_place),
        cmocka_unit_test(test_median__of_a_sorted_column),
        cmocka_unit_test(test_median__of_distances),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
