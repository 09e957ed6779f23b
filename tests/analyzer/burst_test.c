// SPDX-License-Identifier: GPL-3.0-or-later
#include "burst.h"

#include "evidence_check.h"

static void test_burst__width_is_a_share_of_the_window(void **state) {
    (void)state;
    static const size_t steps[] = {0, 20, 66, 67, 100, 240}, widths[] = {4, 4, 4, 5, 6, 15};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) assert_int_equal(burst_width(steps[i]), widths[i]);
}

static struct burst find(const double *values, size_t count, double level, size_t width) {
    struct arena arena = {0};
    struct burst burst = burst_find(values, count, level, width, &arena);
    arena_finish(&arena);
    return burst;
}

static void test_burst__three_quarters_of_a_run(void **state) {
    (void)state;
    static const double values[] = {1, 1.5, 0.5, 1, 1, 7, 3, 9, 4, 1, 1, -2, -3, -2.5, -2, 1, 1.25, 0.75, 1, 1};
    struct burst burst = find(values, 20, 1, 4);
    check_near("height", burst.height, 4 - 1.0, 0); // one of the four may be lower than that
    check_near("mirrored", burst.mirrored, 2 + 1.0, 0);
    assert_int_equal(burst.first, 5);
}

static void test_burst__a_single_outlier_is_none(void **state) {
    (void)state;
    double values[30];
    for (size_t i = 0; i < 30; i++) values[i] = 2.385;
    values[11] = 100;
    struct burst burst = find(values, 30, 2.385, 4);
    check_near("height", burst.height, 0, 0);
    check_near("mirrored", burst.mirrored, 0, 0);
    for (size_t i = 11; i < 15; i++) values[i] = 100;
    burst = find(values, 30, 2.385, 4);
    check_near("height", burst.height, 100 - 2.385, 0);
    assert_in_range(burst.first, 10, 12); // of those that reach it, the first
    check_near("mirrored", burst.mirrored, 0, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_burst__width_is_a_share_of_the_window),
        cmocka_unit_test(test_burst__three_quarters_of_a_run),
        cmocka_unit_test(test_burst__a_single_outlier_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
