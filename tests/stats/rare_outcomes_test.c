// SPDX-License-Identifier: GPL-3.0-or-later
#include "rare_outcomes.h"

#include <stdbool.h>

#include "check.h"

// Masses 1 2 3 4 4 3 3 1 for outcomes 3 to 10.
static double hill(const void *law, uint64_t outcome) {
    static const double masses[] = {1, 2, 3, 4, 4, 3, 3, 1};
    (void)law;
    return log(masses[outcome - 3]);
}

static void test_rare_outcomes__on_both_sides_of_the_mode(void **state) {
    (void)state;
    static const struct {
        uint64_t observed;
        struct rare_outcomes want;
    } cases[] = {{3, {false, true, true, 3, 10}}, {4, {false, true, true, 4, 10}}, {5, {false, true, true, 5, 8}},
                 {6, {true, false, false, 0, 0}}, {7, {true, false, false, 0, 0}}, {8, {false, true, true, 5, 8}},
                 {9, {false, true, true, 5, 8}},  {10, {false, true, true, 3, 10}}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rare_outcomes got = rare_outcomes_find((struct outcomes){3, 10, 6, hill, NULL}, cases[i].observed);
        assert_int_equal(got.all, cases[i].want.all);
        assert_int_equal(got.has_low, cases[i].want.has_low);
        assert_int_equal(got.has_high, cases[i].want.has_high);
        assert_int_equal(got.low, cases[i].want.low);
        assert_int_equal(got.high, cases[i].want.high);
    }
}

// A mass of its number: rising up to the end, so that no outcome lies beyond the mode.
static double slope(const void *law, uint64_t outcome) {
    (void)law;
    return log((double)outcome);
}

static void test_rare_outcomes__on_one_side_only(void **state) {
    (void)state;
    struct rare_outcomes got = rare_outcomes_find((struct outcomes){1, UINT64_MAX, UINT64_MAX, slope, NULL}, 1000);
    assert_false(got.all);
    assert_true(got.has_low);
    assert_false(got.has_high);
    assert_int_equal(got.low, 1000);
}

static void test_rare_outcomes__equal_up_to_the_slack(void **state) {
    (void)state;
    struct rare_outcomes got = rare_outcomes_find((struct outcomes){1, 2000000000, 2000000000, slope, NULL}, 1000000000);
    assert_int_equal(got.low, 1000000100); // 1e-7 more probable
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rare_outcomes__on_both_sides_of_the_mode),
        cmocka_unit_test(test_rare_outcomes__on_one_side_only),
        cmocka_unit_test(test_rare_outcomes__equal_up_to_the_slack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
