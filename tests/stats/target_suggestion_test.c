// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/target_suggestion.h"

#include "check.h"

static const double nan_ = (double)NAN;

static void test_target_suggest__is_met_in_nine_of_ten_periods(void **state) {
    (void)state;
    struct event_counts ten[10], four[] = {{2, 1000}, {nan_, nan_}, {5, 1000}, {1, 1000}, {0, 0}, {3, 1000}};
    struct target_suggestion got;
    for (int i = 0; i < 10; i++) ten[i] = (struct event_counts){(i * 7 % 10 + 1) * 123, 1000000}; // 0.0123% to 0.123%, out of order
    assert_int_equal(target_suggest(ten, 10, 0.9, 0.05, &got), STATS_OK);
    assert_int_equal(got.periods, 10);
    check_double("ratio", got.error_ratio, 9 * 123e-6, 1e-18); // the worst one is let go
    check_double("budget", got.budget, 0.0012, 0);
    check_double("target", got.target, 99.88, 0);
    check_double("confidence", got.confidence, 1 - 0.3486784401 - 10 * 0.1 * 0.387420489, 1e-12); // two or more of ten are worse
    assert_true(got.lower < got.error_ratio && got.error_ratio < got.upper);
    assert_int_equal(target_suggest(four, 6, 0.9, 0.05, &got), STATS_OK); // of four the worst decides
    assert_int_equal(got.periods, 4);
    assert_int_equal(got.deciding, 2);
    check_double("budget of four", got.budget, 0.005, 0);
    check_double("target of four", got.target, 99.5, 0);
    check_double("confidence of four", got.confidence, 1 - 0.6561, 1e-12);
}

static void test_target_suggest__without_errors_takes_the_bound(void **state) {
    (void)state;
    struct event_counts none[] = {{0, 2995}, {0, 2995}}, all[] = {{999, 1000}}, equal[] = {{1, 100}, {1, 100}, {1, 100}};
    struct target_suggestion got;
    assert_int_equal(target_suggest(none, 2, 0.9, 0.05, &got), STATS_OK);
    check_double("upper", got.upper, 0.000999745, 1e-8); // 1 - 0.05 ^ (1 / 2995)
    check_double("budget", got.budget, 0.001, 0);
    check_double("target", got.target, 99.9, 0);
    assert_int_equal(target_suggest(all, 1, 0.9, 0.05, &got), STATS_OK);
    assert_true(isnan(got.budget) && isnan(got.target));
    assert_int_equal(target_suggest(equal, 3, 0.5, 0.05, &got), STATS_OK);
    assert_int_equal(got.deciding, 1);
    assert_int_equal(target_suggest(NULL, 0, 0.9, 0.05, &got), STATS_NODATA);
    assert_int_equal(target_suggest(none, 2, 1, 0.05, &got), STATS_INVALID);
    assert_int_equal(target_suggest(none, 2, 0.9, 0, &got), STATS_INVALID);
}

static void test_target_round_budget__up_to_two_digits(void **state) {
    (void)state;
    static const double cases[][2] = {{0.001234, 0.0013}, {0.0012, 0.0012}, {0.0999, 0.1}, {0.5, 0.5},
                                      {0.123, 0.13},      {7e-7, 7e-7},     {1e-17, 1e-14}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) check_double("budget", target_round_budget(cases[i][0]), cases[i][1], 0);
    assert_true(isnan(target_round_budget(0.995)) && isnan(target_round_budget(0)) && isnan(target_round_budget(nan_)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_target_suggest__is_met_in_nine_of_ten_periods),
        cmocka_unit_test(test_target_suggest__without_errors_takes_the_bound),
        cmocka_unit_test(test_target_round_budget__up_to_two_digits),
    };
    return cmocka_run_group_tests(tests, check_setup, NULL);
}
