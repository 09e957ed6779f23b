// SPDX-License-Identifier: GPL-3.0-or-later
// Counts of events and burn rates. Wanted values by hand, with fractions.
#include "stats/burn_rate.h"

#include "check.h"
#include "stats/objective.h"

static const double inf = (double)INFINITY, nan_ = (double)NAN;

static void check_near(const char *what, double got, double want) {
    check_double(what, got, want, 1e-14 * fabs(want));
}

static void test_burn_rate__of_a_window(void **state) {
    (void)state;
    static const struct {
        struct event_counts counts;
        double objective, window_s, period_s;
        struct burn_rate want;
    } cases[] = {
        {{1, 12}, 99.9, 3600, 2592000, {1 / 12.0, 11 / 12.0, 1000 / 12.0, 1000 / 12.0 / 720, 31104, 0.012}},
        {{0, 250}, 99.5, 300, 604800, {0, 1, 0, 0, (double)INFINITY, 1.25}},
        {{7.5, 7.5}, 99.99, 3600, 2592000, {1, 0, 10000, 10000 / 720.0, 259.2, 0.00075}},
        {{3e8, 1e12}, 99.97, 2592000, 2592000, {3e-4, 0.9997, 1, 1, 2592000, 3e8}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct burn_rate got;
        double budget = objective_budget(cases[i].objective);
        assert_int_equal(burn_rate_measure(cases[i].counts, budget, cases[i].window_s, cases[i].period_s, &got), STATS_OK);
        check_near("error ratio", got.error_ratio, cases[i].want.error_ratio);
        check_near("sli", got.sli, cases[i].want.sli);
        check_near("burn rate", got.burn_rate, cases[i].want.burn_rate);
        check_near("consumed", got.budget_consumed, cases[i].want.budget_consumed);
        check_near("exhaustion", got.exhaustion_s, cases[i].want.exhaustion_s);
        check_near("allowed", got.allowed_errors, cases[i].want.allowed_errors);
    }
}

static void test_burn_rate__statuses(void **state) {
    (void)state;
    const struct {
        struct event_counts counts;
        double budget, window_s, period_s;
        enum stats_status want;
    } cases[] = {
        {{0, 0}, 0.001, 300, 86400, STATS_NODATA},      {{nan_, 10}, 0.001, 300, 86400, STATS_NODATA},
        {{1, nan_}, 0.001, 300, 86400, STATS_NODATA},   {{1, inf}, 0.001, 300, 86400, STATS_NONFINITE},
        {{11, 10}, 0.001, 300, 86400, STATS_INVALID},   {{-1, 10}, 0.001, 300, 86400, STATS_INVALID},
        {{-1, nan_}, 0.001, 300, 86400, STATS_INVALID}, {{1, 10}, 0, 300, 86400, STATS_INVALID},
        {{1, 10}, 1.5, 300, 86400, STATS_INVALID},      {{1, 10}, nan_, 300, 86400, STATS_INVALID},
        {{1, 10}, 0.001, 0, 86400, STATS_INVALID},      {{1, 10}, 0.001, 300, nan_, STATS_INVALID},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct burn_rate got;
        assert_int_equal(burn_rate_measure(cases[i].counts, cases[i].budget, cases[i].window_s, cases[i].period_s, &got), cases[i].want);
        assert_true(isnan(got.error_ratio) && isnan(got.sli) && isnan(got.burn_rate) && isnan(got.budget_consumed) &&
                    isnan(got.exhaustion_s) && isnan(got.allowed_errors));
    }
}

static void test_burn_rate__equality_in_decimals_does_not_exceed(void **state) {
    (void)state;
    static const struct {
        struct event_counts counts;
        double objective, factor;
        bool want;
    } cases[] = {
        {{144, 10000}, 99.9, 14.4, false},
        {{145, 10000}, 99.9, 14.4, true},
        {{6, 1000}, 99.9, 6, false},
        {{3, 1e4}, 99.99, 3, false},
        {{14400001, 1e9}, 99.9, 14.4, true},
        {{56, 100000}, 99.99, 5.6, false},
        {{27, 9e5}, 99.999, 3, false},
        {{134.4, 1e5}, 99.99, 13.44, false},
        {{0, 0}, 99.9, 1, false},
        {{0.93333333333333333, 1e3}, 99.9, 0.9333333333333333, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(burn_rate_exceeds(cases[i].counts, objective_budget(cases[i].objective), cases[i].factor), cases[i].want);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_burn_rate__of_a_window),
        cmocka_unit_test(test_burn_rate__statuses),
        cmocka_unit_test(test_burn_rate__equality_in_decimals_does_not_exceed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
