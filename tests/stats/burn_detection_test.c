// SPDX-License-Identifier: GPL-3.0-or-later
// Detection and reset times. Wanted values by hand; 51.84 s for a total outage is the workbook's.
#include "stats/burn_detection.h"

#include "check.h"

static void test_burn_detection__times(void **state) {
    (void)state;
    const double nan = (double)NAN;
    const struct {
        double ratio, budget, factor, long_s, short_s;
        enum stats_status status;
        struct burn_detection want;
    } cases[] = {
        {1, 0.001, 14.4, 3600, 300, STATS_OK, {true, 51.84, 295.68, 0.02}},
        {0.0875, 0.0125, 3, 86400, 7200, STATS_OK, {true, 86400 * 3 / 7.0, 7200 * 4 / 7.0, 0.1}},
        {0.006, 0.001, 6, 21600, 1800, STATS_OK, {false, nan, nan, nan}}, // equal in decimals
        {0.02, 0.01, 6, 21600, 1800, STATS_OK, {false, nan, nan, nan}},
        {0, 0.01, 6, 21600, 1800, STATS_OK, {false, nan, nan, nan}},
        {nan, 0.01, 6, 21600, 1800, STATS_NODATA, {false, nan, nan, nan}},
        {1.01, 0.01, 6, 21600, 1800, STATS_INVALID, {false, nan, nan, nan}},
        {-0.1, 0.01, 6, 21600, 1800, STATS_INVALID, {false, nan, nan, nan}},
        {1, 0, 6, 21600, 1800, STATS_INVALID, {false, nan, nan, nan}},
        {1, 0.01, 0, 21600, 1800, STATS_INVALID, {false, nan, nan, nan}},
        {1, 0.01, 6, nan, 1800, STATS_INVALID, {false, nan, nan, nan}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct burn_detection got, want = cases[i].want;
        assert_int_equal(
            burn_detection_times(cases[i].ratio, cases[i].budget, cases[i].factor, cases[i].long_s, cases[i].short_s, 2592000, &got),
            cases[i].status);
        assert_int_equal(got.detects, want.detects);
        check_double("detect", got.detect_after_s, want.detect_after_s, 1e-10);
        check_double("reset", got.reset_after_s, want.reset_after_s, 1e-11);
        check_double("spent", got.budget_spent, want.budget_spent, 1e-15);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_burn_detection__times)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
