// SPDX-License-Identifier: GPL-3.0-or-later
// Rolling periods of four parts. Wanted values by hand.
#include "stats/budget_forecast.h"

#include "check.h"

static const double inf = (double)INFINITY, nan_ = (double)NAN;

static const double even[] = {10, 10, 10, 10}, late[] = {0, 0, 0, 5}, early[] = {5, 0, 0, 0}, busy[] = {10, 10, 60, 20},
                    unknown[] = {nan_, nan_, nan_, nan_};

static void test_budget_forecast__errors_leave_the_period(void **state) {
    (void)state;
    const struct {
        const char *title;
        struct budget_history history;
        double consumed, rate, exhaustion_s, sustainable;
    } cases[] = {
        {"nothing leaves before all goes", {late, even, 4}, 0.5, 1.25, 160, 2 / 3.0}, // 0.5 / 1.25 of 400 s
        {"all leaves in the first part", {early, even, 4}, 0.5, 1.25, 320, 1},        // after it 1.25 t = 1
        {"it leaves fast enough", {early, even, 4}, 0.9, 0.875, inf, 1},
        {"evenly, at a rate below 1", {even, even, 4}, 0.75, 0.96, inf, 1},
        {"evenly, at 1", {even, even, 4}, 0.75, 1, 400, 1},
        {"evenly, over 1", {even, even, 4}, 0.75, 1.75, 100, 1}, // 0.75 + t (1.75 - 0.75)
        {"the traffic of a busy part comes again", {late, busy, 4}, 0.5, 1.25, 100 + 100 + 100 * 0.25 / 0.75, 0.625},
        {"no errors", {even, even, 4}, 0.5, 0, inf, 1},
        {"nothing is left", {early, even, 4}, 1, 0.5, 0, 0},
        {"all at once", {early, even, 4}, 0.5, inf, 0, 1},
        {"no history", {NULL, NULL, 0}, 0.5, 1.25, 160, 0.5},
        {"a history of nothing known", {unknown, unknown, 4}, 0.5, 1.25, 160, 0.5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double got;
        assert_int_equal(budget_forecast_exhaustion(&cases[i].history, cases[i].consumed, cases[i].rate, 400, &got), STATS_OK);
        check_double(cases[i].title, got, cases[i].exhaustion_s, 1e-10);
        check_double(cases[i].title, budget_forecast_sustainable(&cases[i].history, cases[i].consumed), cases[i].sustainable, 1e-12);
    }
}

// What is sustainable leaves nothing or more at the end of each part, and a little more than it does not.
static void test_budget_forecast__the_sustainable_rate_is_the_limit(void **state) {
    (void)state;
    const double errors[] = {3, 1, 0, 4, 1, 5}, totals[] = {20, 31, 4, 15, 92, 65};
    struct budget_history history = {errors, totals, 6};
    for (double consumed = 0.05; consumed < 1; consumed += 0.1) {
        double rate = budget_forecast_sustainable(&history, consumed), below, above;
        budget_forecast_exhaustion(&history, consumed, rate * (1 - 1e-9), 600, &below);
        budget_forecast_exhaustion(&history, consumed, rate * (1 + 1e-9), 600, &above);
        assert_true(isinf(below));
        assert_true(above <= 600);
    }
}

static void test_budget_forecast__statuses(void **state) {
    (void)state;
    struct budget_history history = {even, even, 4};
    double got;
    assert_int_equal(budget_forecast_exhaustion(&history, -0.1, 1, 400, &got), STATS_INVALID);
    assert_int_equal(budget_forecast_exhaustion(&history, 0.1, -1, 400, &got), STATS_INVALID);
    assert_int_equal(budget_forecast_exhaustion(&history, 0.1, 1, 0, &got), STATS_INVALID);
    assert_int_equal(budget_forecast_exhaustion(&history, 0.1, nan_, 400, &got), STATS_NODATA);
    assert_true(isnan(got));
    assert_true(isnan(budget_forecast_sustainable(&history, nan_)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_budget_forecast__errors_leave_the_period),
        cmocka_unit_test(test_budget_forecast__the_sustainable_rate_is_the_limit),
        cmocka_unit_test(test_budget_forecast__statuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
