// SPDX-License-Identifier: GPL-3.0-or-later
// Sorted columns.
#include "stats/column.h"

#include "check.h"

static void test_column__leaves_out_nan_and_sorts(void **state) {
    (void)state;
    const double values[] = {2.5, (double)NAN, -(double)INFINITY, 1e-320, -3.25, (double)NAN, 2.5, (double)INFINITY, -1e308};
    const double want[] = {-(double)INFINITY, -1e308, -3.25, 1e-320, 2.5, 2.5, (double)INFINITY};
    double room[9];
    struct column got = column_sort(values, 9, room);
    assert_int_equal(got.count, 7);
    for (size_t i = 0; i < 7; i++) check_double("value", got.values[i], want[i], 0);
    assert_false(column_is_finite(got));
}

static void test_column__zeros_are_one_number(void **state) {
    (void)state;
    double values[] = {0.0, -0.0, 0.0, -0.0};
    struct column got = column_sort(values, 4, values);
    for (size_t i = 0; i < 4; i++) assert_false(signbit(got.values[i]));
}

static void test_column__empty_is_finite(void **state) {
    (void)state;
    double none[] = {(double)NAN};
    struct column got = column_sort(none, 1, none);
    assert_int_equal(got.count, 0);
    assert_true(column_is_finite(got));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_column__leaves_out_nan_and_sorts),
        cmocka_unit_test(test_column__zeros_are_one_number),
        cmocka_unit_test(test_column__empty_is_finite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
