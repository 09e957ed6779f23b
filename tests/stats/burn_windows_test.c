// SPDX-License-Identifier: GPL-3.0-or-later
// Windows and factors of burn rate rules. Wanted values: the workbook's table, and scaled ones in use for 30 and 7 days.
#include "stats/burn_windows.h"

#include "check.h"

static void check_pair(const struct burn_window_pair *got, double long_s, double short_s, double hold_s, double factor,
                       double exhaustion_s) {
    check_double("long", got->long_s, long_s, 0);
    check_double("short", got->short_s, short_s, 0);
    check_double("hold", got->hold_s, hold_s, 0);
    check_double("factor", got->factor, factor, 1e-14 * factor);
    check_double("exhaustion", got->exhaustion_s, exhaustion_s, 1e-14 * exhaustion_s);
}

static void test_burn_windows__factor_from_a_share_of_the_budget(void **state) {
    (void)state;
    static const struct {
        double percent, long_s, period_days, factor, exhaustion_s;
    } cases[] = {
        {2, 3600, 30, 14.4, 180000},          {5, 21600, 30, 6, 432000},
        {10, 86400, 30, 3, 864000},           {10, 259200, 30, 1, 2592000},
        {2, 3600, 28, 13.44, 180000},         {5, 21600, 28, 5.6, 432000},
        {12.5, 21600, 7, 3.5, 172800},        {42, 259200, 7, 0.98, 259200 / 0.42},
        {10, 259200, 28, 14 / 15.0, 2592000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct burn_window_pair got;
        double share = cases[i].percent / 100, short_s = cases[i].long_s / 12;
        assert_int_equal(burn_windows_by_budget(share, cases[i].long_s, short_s, 86400 * cases[i].period_days, &got), STATS_OK);
        check_pair(&got, cases[i].long_s, short_s, 0, cases[i].factor, cases[i].exhaustion_s);
    }
}

enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };

static void test_burn_windows__scaled_with_the_period(void **state) {
    (void)state;
    static const struct {
        double days, budget;
        double minutes[BURN_WINDOWS][3]; // long, short, hold
        double exhaustion_s[BURN_WINDOWS], absent_s;
        bool usable;
    } cases[] = {
        {28, 0.01, {{60, 5, 2}, {360, 30, 15}, {1440, 120, 60}, {5760, 360, 180}}, {172800, 345600, 1209600, 2419200}, 600, true},
        {28, 0.001, {{60, 5, 2}, {360, 30, 15}, {1440, 120, 60}, {5760, 360, 180}}, {172800, 345600, 1209600, 2419200}, 180, true},
        {30, 0.01, {{64, 5, 2}, {386, 32, 16}, {1543, 129, 64}, {6171, 386, 193}}, {185142, 370285, 1296000, 2592000}, 660, true},
        {7, 0.01, {{15, 1, 1}, {90, 8, 4}, {360, 30, 15}, {1440, 90, 45}}, {43200, 86400, 302400, 604800}, 180, true},
        {3, 0.05, {{6, 1, 0}, {39, 3, 2}, {154, 13, 6}, {617, 39, 19}}, {18514, 37028, 129600, 259200}, 240, true},
        {0.5, 0.01, {{1, 0, 0}, {6, 1, 0}, {26, 2, 1}, {103, 6, 3}}, {3085, 6171, 21600, 43200}, 0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static const double factors[BURN_WINDOWS] = {14, 7, 2, 1};
        struct burn_windows got;
        assert_int_equal(burn_windows_scaled(DAY * cases[i].days, cases[i].budget, &got), STATS_OK);
        for (size_t k = 0; k < BURN_WINDOWS; k++) {
            const double *minutes = cases[i].minutes[k];
            check_pair(&got.pairs[k], MINUTE * minutes[0], MINUTE * minutes[1], MINUTE * minutes[2], factors[k], cases[i].exhaustion_s[k]);
        }
        check_double("absent", got.absent_s, cases[i].absent_s, 0);
        assert_int_equal(got.usable, cases[i].usable);
    }
}

static void test_burn_windows__refuses_what_is_outside(void **state) {
    (void)state;
    struct burn_window_pair pair;
    struct burn_windows table;
    assert_int_equal(burn_windows_by_budget(0, HOUR, MINUTE, DAY, &pair), STATS_INVALID);
    assert_int_equal(burn_windows_by_budget(1.01, HOUR, MINUTE, DAY, &pair), STATS_INVALID);
    assert_int_equal(burn_windows_by_budget(0.02, MINUTE, HOUR, DAY, &pair), STATS_INVALID);
    assert_int_equal(burn_windows_by_budget(0.02, HOUR, 0, DAY, &pair), STATS_INVALID);
    assert_int_equal(burn_windows_by_budget(0.02, HOUR, MINUTE, (double)INFINITY, &pair), STATS_INVALID);
    assert_true(isnan(pair.factor) && isnan(pair.exhaustion_s));
    assert_int_equal(burn_windows_scaled(0, 0.01, &table), STATS_INVALID);
    assert_int_equal(burn_windows_scaled(DAY, 0, &table), STATS_INVALID);
    assert_false(table.usable);
    assert_true(isnan(table.absent_s) && isnan(table.pairs[3].long_s));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_burn_windows__factor_from_a_share_of_the_budget),
        cmocka_unit_test(test_burn_windows__scaled_with_the_period),
        cmocka_unit_test(test_burn_windows__refuses_what_is_outside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
