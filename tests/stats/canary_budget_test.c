// SPDX-License-Identifier: GPL-3.0-or-later
// What a canary costs. Wanted values by hand, with fractions.
#include "stats/canary_budget.h"

#include "check.h"

static const double inf = (double)INFINITY, nan_ = (double)NAN;

static void check_near(const char *what, double got, double want) {
    check_double(what, got, want, isfinite(want) ? 1e-13 * fabs(want) + 1e-15 : 0);
}

static void test_canary_budget__costs(void **state) {
    (void)state;
    static const struct {
        struct canary_costs costs;
        enum stats_status status;
        struct canary_budget want;
    } cases[] = {
        {{{30, 2000}, {10, 38000}, 0.001, 2592000, 3e7, 40000, 0.5, 0.5},
         STATS_OK,
         {15, 1000 / 3800.0, 1, 30 - 20 / 38.0, 0.001, (30 - 20 / 38.0) / 30000, 0.75, 0.05, 0.75, true, 15, 86227.2}},
        // its share of the release exactly at the limit; better than the baseline; no errors ahead
        {{{0, 1000}, {8, 1000}, 0.01, 100, 1e5, 2000, 0.25, 0},
         STATS_OK,
         {0, 0.8, 0.4, -8, 0, -0.008, 0, 0.5, 0, false, 0, (double)INFINITY}},
        {{{8, 1000}, {0, 39000}, 0.001, 100, 1e5, 40000, 0.08, 0.2},
         STATS_OK,
         {8, 0, 0.2, 8, 0.08, 0.08, 1, 0.025, 0.2, false, 8, 0}}, // nothing left, to the decimal
        {{{0, 0}, {5, 1000}, 0.01, 100, 1e5, 2000, 0.5, 0.2},
         STATS_NODATA,
         {(double)NAN, 0.5, 0.5, 0, 0, 0, 0, 0, 0, false, (double)NAN, (double)NAN}},
        {{{5, 1000}, {0, 0}, 0.01, 100, 1e5, (double)NAN, (double)NAN, 0.2},
         STATS_NODATA,
         {0.5, (double)NAN, 0.5, (double)NAN, 0.005, (double)NAN, 1, 1, (double)NAN, false, 0.5, (double)NAN}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct canary_budget got, want = cases[i].want;
        assert_int_equal(canary_budget_assess(&cases[i].costs, &got), cases[i].status);
        check_near("canary rate", got.canary_rate, want.canary_rate);
        check_near("baseline rate", got.baseline_rate, want.baseline_rate);
        check_near("service rate", got.service_rate, want.service_rate);
        check_near("excess errors", got.excess_errors, want.excess_errors);
        check_near("canary share", got.canary_share, want.canary_share);
        check_near("excess share", got.excess_share, want.excess_share);
        check_near("share of errors", got.share_of_errors, want.share_of_errors);
        check_near("share of traffic", got.share_of_traffic, want.share_of_traffic);
        check_near("release share", got.release_share, want.release_share);
        assert_int_equal(got.halts, want.halts);
        check_near("projected rate", got.projected_rate, want.projected_rate);
        check_near("projected exhaustion", got.projected_exhaustion_s, want.projected_exhaustion_s);
    }
}

static void test_canary_budget__refuses_what_is_outside(void **state) {
    (void)state;
    const struct canary_costs good = {{1, 100}, {1, 100}, 0.01, 100, 1e5, 2000, 0.5, 0.2};
    struct canary_costs bad[6];
    for (size_t i = 0; i < 6; i++) bad[i] = good;
    bad[0].canary.errors = 101;
    bad[1].baseline.total = -1;
    bad[2].budget = 0;
    bad[3].period_s = 0;
    bad[4].period_total = 0;
    bad[5].halt_ratio = -0.2;
    struct canary_budget got;
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(canary_budget_assess(&bad[i], &got), STATS_INVALID);
        assert_true(isnan(got.canary_rate) && isnan(got.service_rate) && isnan(got.release_share) && !got.halts);
    }
    bad[0] = good;
    bad[0].baseline.total = inf;
    assert_int_equal(canary_budget_assess(&bad[0], &got), STATS_NONFINITE);
    bad[0].baseline.total = nan_;
    assert_int_equal(canary_budget_assess(&bad[0], &got), STATS_NODATA);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_canary_budget__costs),
        cmocka_unit_test(test_canary_budget__refuses_what_is_outside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
