// SPDX-License-Identifier: GPL-3.0-or-later
// Budgets left. Wanted values by hand, with fractions.
#include "stats/error_budget.h"

#include "check.h"

static const double inf = (double)INFINITY, nan_ = (double)NAN;

static void test_error_budget__rolling(void **state) {
    (void)state;
    static const struct {
        struct event_counts counts;
        double budget, period_s, recent;
        struct error_budget want;
    } cases[] = {
        {{250, 1e6}, 0.001, 2592000, 1.5, {0.25, 0.75, 750, 1944, 1296000}},
        {{3710, 1e6}, 0.001, 2419200, 0.5, {3.71, -2.71, -2710, -6556.032, 0}},
        {{0, 1e6}, 0.001, 2592000, 0, {0, 1, 1000, 2592, (double)INFINITY}},
        {{3e5, 1e9}, 0.0003, 2592000, 0, {1, 0, 0, 0, 0}}, // exactly spent: nothing is left, whatever the rate
        {{7e5, 7e9}, 0.0001, 2592000, 2, {1, 0, 0, 0, 0}},
        {{1, 100}, 0.05, 604800, (double)NAN, {0.2, 0.8, 4, 24192, (double)NAN}},
        {{6, 100}, 0.05, 604800, (double)NAN, {1.2, -0.2, -1, -6048, 0}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error_budget got, want = cases[i].want;
        assert_int_equal(error_budget_rolling(cases[i].counts, cases[i].budget, cases[i].period_s, cases[i].recent, &got), STATS_OK);
        check_double("consumed", got.consumed, want.consumed, 1e-14 * want.consumed);
        check_double("remaining", got.remaining, want.remaining, 1e-14 * fabs(want.remaining));
        check_double("errors", got.remaining_errors, want.remaining_errors, 1e-14 * fabs(want.remaining_errors));
        check_double("outage", got.remaining_outage_s, want.remaining_outage_s, 1e-14 * fabs(want.remaining_outage_s));
        check_double("exhaustion", got.exhaustion_s, want.exhaustion_s, 1e-14 * want.exhaustion_s);
    }
}

static void test_error_budget__calendar(void **state) {
    (void)state;
    static const struct {
        struct event_counts counts;
        double budget, period_s, elapsed_s, expected;
        enum stats_status status;
        struct calendar_budget want;
    } cases[] = {
        {{300, 300000}, 0.001, 2678400, 803520, (double)NAN, STATS_OK, {1e6, 0, 0.7, 0.3, 1}},
        {{300, 300000}, 0.001, 2678400, 803520, 600000, STATS_OK, {600000, 0, 0.5, 0.3, 1}},
        {{100, 400000}, 0.001, 2678400, 2678400, (double)NAN, STATS_OK, {400000, 0.75, 0.75, 1, (double)NAN}},
        {{2500, 500000}, 0.001, 100, 25, 2e6, STATS_OK, {2e6, -4, -0.25, 0.25, -1 / 3.0}},
        {{0, 0}, 0.001, 100, 25, 2e6, STATS_NODATA, {2e6, (double)NAN, 1, 0.25, 1}},
        {{0, 0}, 0.001, 100, 25, (double)NAN, STATS_NODATA, {(double)NAN, (double)NAN, (double)NAN, 0.25, (double)NAN}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct calendar_budget got, want = cases[i].want;
        assert_int_equal(
            error_budget_calendar(cases[i].counts, cases[i].budget, cases[i].period_s, cases[i].elapsed_s, cases[i].expected, &got),
            cases[i].status);
        check_double("projected", got.projected_total, want.projected_total, 1e-9);
        check_double("so far", got.remaining_so_far, want.remaining_so_far, 1e-14);
        check_double("remaining projected", got.remaining_projected, want.remaining_projected, 1e-14);
        check_double("elapsed", got.elapsed, want.elapsed, 1e-15);
        check_double("sustainable", got.sustainable_rate, want.sustainable_rate, 1e-14);
    }
}

static void test_error_budget__refuses_what_is_outside(void **state) {
    (void)state;
    struct event_counts good = {1, 100}, bad = {101, 100}, endless = {1, inf}, none = {0, 0};
    struct error_budget rolling;
    struct calendar_budget calendar;
    assert_int_equal(error_budget_rolling(bad, 0.001, 100, 1, &rolling), STATS_INVALID);
    assert_int_equal(error_budget_rolling(good, 0, 100, 1, &rolling), STATS_INVALID);
    assert_int_equal(error_budget_rolling(good, 0.001, 0, 1, &rolling), STATS_INVALID);
    assert_int_equal(error_budget_rolling(good, 0.001, 100, -1, &rolling), STATS_INVALID);
    assert_int_equal(error_budget_rolling(endless, 0.001, 100, 1, &rolling), STATS_NONFINITE);
    assert_int_equal(error_budget_rolling(none, 0.001, 100, 1, &rolling), STATS_NODATA);
    assert_true(isnan(rolling.consumed) && isnan(rolling.remaining) && isnan(rolling.exhaustion_s));
    assert_int_equal(error_budget_calendar(bad, 0.001, 100, 10, nan_, &calendar), STATS_INVALID);
    assert_int_equal(error_budget_calendar(good, 0.001, 100, 0, nan_, &calendar), STATS_INVALID);
    assert_int_equal(error_budget_calendar(good, 0.001, 100, 101, nan_, &calendar), STATS_INVALID);
    assert_int_equal(error_budget_calendar(good, 0.001, 100, 10, 0, &calendar), STATS_INVALID);
    assert_int_equal(error_budget_calendar(endless, 0.001, 100, 10, nan_, &calendar), STATS_NONFINITE);
    assert_true(isnan(calendar.elapsed) && isnan(calendar.projected_total));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_error_budget__rolling),
        cmocka_unit_test(test_error_budget__calendar),
        cmocka_unit_test(test_error_budget__refuses_what_is_outside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
