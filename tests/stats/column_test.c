// SPDX-License-Identifier: GPL-3.0-or-later
// Sorted columns.
#include "stats/column.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double random_unit(void) {
    static uint64_t random_state = 2385;
    random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (double)(random_state >> 11) * 0x1p-53;
}

// Orders that quicksorts are known to be slow or wrong on.
static double patterned(int pattern, size_t i, size_t count) {
    switch (pattern) {
    case 0:
        return random_unit() - 0.5;
    case 1:
        return (double)i;
    case 2:
        return -(double)i;
    case 3:
        return 2.385;
    case 4:
        return floor(random_unit() * 3);
    case 5:
        return (double)(i < count / 2 ? i : count - i); // organ pipe
    case 6:
        return random_unit() < 0.5 ? (double)INFINITY : -(double)INFINITY;
    case 7:
        return (double)(i % 7);
    default:
        return ldexp(random_unit() - 0.5, (int)(random_unit() * 2040) - 1060);
    }
}

static void test_column__sorts_every_size_and_pattern(void **state) {
    (void)state;
    static double values[20000], want[20000];
    for (size_t count = 1; count <= 20000; count += count < 140 ? 1 : count / 3) {
        for (int pattern = 0; pattern < 9; pattern++) {
            for (size_t i = 0; i < count; i++) want[i] = values[i] = patterned(pattern, i, count) + 0.0;
            qsort(want, count, sizeof *want, compare_doubles);
            assert_int_equal(column_sort(values, count, values).count, count);
            if (memcmp(values, want, count * sizeof *want) != 0) fail_msg("pattern %d, %zu values", pattern, count);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_column__leaves_out_nan_and_sorts),
        cmocka_unit_test(test_column__zeros_are_one_number),
        cmocka_unit_test(test_column__empty_is_finite),
        cmocka_unit_test(test_column__sorts_every_size_and_pattern),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
