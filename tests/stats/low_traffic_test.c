// SPDX-License-Identifier: GPL-3.0-or-later
// Corrections for low traffic. Wanted values by hand, with fractions.
#include "stats/low_traffic.h"

#include "check.h"

static const double inf = (double)INFINITY, nan_ = (double)NAN;

static void test_low_traffic__weighs_errors_by_volume(void **state) {
    (void)state;
    static const struct {
        struct event_counts counts;
        double budget, window_s, period_s, period_total;
        enum stats_status status;
        struct low_traffic_weighted want;
    } cases[] = {
        {{2, 20}, 0.001, 3600, 2592000, 864000, STATS_OK, {1 / 60.0, 100, 1 / 600.0, 5 / 3.0, 1 / 432.0}},
        {{3, 12}, 0.05, 300, 86400, 3456, STATS_OK, {1, 5, 0.25, 5, 3 / 172.8}},
        {{0, 0}, 0.05, 300, 86400, 3456, STATS_NODATA, {0, (double)NAN, (double)NAN, (double)NAN, 0}},
        {{0, 0}, 0.05, 300, 86400, 0, STATS_NODATA, {(double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN}},
        {{3, 2}, 0.05, 300, 86400, 3456, STATS_INVALID, {(double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN}},
        {{1, 2}, 0.05, 0, 86400, 3456, STATS_INVALID, {(double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct low_traffic_weighted got, want = cases[i].want;
        assert_int_equal(
            low_traffic_weigh(cases[i].counts, cases[i].budget, cases[i].window_s, cases[i].period_s, cases[i].period_total, &got),
            cases[i].status);
        check_double("correction", got.correction, want.correction, 1e-15);
        check_double("raw", got.raw_rate, want.raw_rate, 1e-12);
        check_double("ratio", got.ratio, want.ratio, 1e-15);
        check_double("rate", got.rate, want.rate, 1e-14);
        check_double("consumed", got.budget_consumed, want.budget_consumed, 1e-15);
    }
}

static void test_low_traffic__fires_after_a_constant_count(void **state) {
    (void)state;
    static const struct {
        struct event_counts counts;
        double budget, share, period_total;
        enum stats_status status;
        struct low_traffic_constant want;
    } cases[] = {
        {{16, 100}, 0.001, 0.02, 864000, STATS_OK, {0.1728, 17.28, 0.16, false}},
        {{18, 1e5}, 0.001, 0.02, 864000, STATS_OK, {0.0001728, 17.28, 0.00018, true}},
        {{21, 700}, 0.003, 0.07, 100000, STATS_OK, {0.03, 21, 0.03, false}}, // equal in decimals
        {{0, 0}, 0.001, 0.02, 864000, STATS_NODATA, {(double)NAN, 17.28, (double)NAN, false}},
        {{-1, 5}, 0.001, 0.02, 864000, STATS_INVALID, {(double)NAN, (double)NAN, (double)NAN, false}},
        {{1, 5}, 0.001, 0, 864000, STATS_INVALID, {(double)NAN, (double)NAN, (double)NAN, false}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct low_traffic_constant got, want = cases[i].want;
        assert_int_equal(low_traffic_constant_budget(cases[i].counts, cases[i].budget, cases[i].share, cases[i].period_total, &got),
                         cases[i].status);
        check_double("threshold", got.threshold_ratio, want.threshold_ratio, 1e-15);
        check_double("threshold errors", got.threshold_errors, want.threshold_errors, 1e-13);
        check_double("ratio", got.error_ratio, want.error_ratio, 1e-15);
        assert_int_equal(got.fires, want.fires);
    }
}

static void test_low_traffic__asks_for_a_least_number_of_errors(void **state) {
    (void)state;
    static const struct {
        struct event_counts counts;
        double least;
        enum stats_status status;
        struct low_traffic_guarded want;
    } cases[] = {
        {{3, 12}, 10, STATS_OK, {250, true, false}},
        {{10, 40}, 10, STATS_OK, {250, true, true}},
        {{10, 1e6}, 10, STATS_OK, {0.01, false, false}},
        {{0, 0}, 10, STATS_NODATA, {(double)NAN, false, false}},
        {{5, 4}, 10, STATS_INVALID, {(double)NAN, false, false}},
        {{3, 12}, -1, STATS_INVALID, {(double)NAN, false, false}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct low_traffic_guarded got, want = cases[i].want;
        assert_int_equal(low_traffic_guard(cases[i].counts, 0.001, 14.4, cases[i].least, &got), cases[i].status);
        check_double("burn rate", got.burn_rate, want.burn_rate, 1e-12);
        assert_int_equal(got.naive_fires, want.naive_fires);
        assert_int_equal(got.fires, want.fires);
    }
    struct low_traffic_guarded got;
    assert_int_equal(low_traffic_guard((struct event_counts){1, inf}, 0.001, 14.4, 1, &got), STATS_NONFINITE);
}

static void test_low_traffic__least_requests(void **state) {
    (void)state;
    static const struct {
        double budget, factor, want;
    } cases[] = {
        {0.001, 14.4, 70}, {0.001, 6, 167}, {0.01, 10, 10},      {0.001, 1, 1000},    {0.0001, 14.4, 695},
        {0.05, 14.4, 2},   {0.1, 14.4, 1},  {0.00001, 3, 33334}, {0, 3, (double)NAN}, {0.1, 0, (double)NAN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_double("requests", low_traffic_least_requests(cases[i].budget, cases[i].factor), cases[i].want, 0);
    check_double("no budget", low_traffic_least_requests(nan_, 2), nan_, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_low_traffic__weighs_errors_by_volume),
        cmocka_unit_test(test_low_traffic__fires_after_a_constant_count),
        cmocka_unit_test(test_low_traffic__asks_for_a_least_number_of_errors),
        cmocka_unit_test(test_low_traffic__least_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
