// SPDX-License-Identifier: GPL-3.0-or-later
// Slices of time. Wanted values by hand, with fractions.
#include "stats/time_slices.h"

#include "check.h"

static const double inf = (double)INFINITY, nan_ = (double)NAN;

static void test_time_slices__methods(void **state) {
    (void)state;
    const double good[] = {100, 980, 45, 0, 1, 95}, total[] = {100, 1000, 50, 0, 2, 100};
    const struct {
        enum slices_method method;
        enum empty_slice empty;
        double period_slices;
        struct time_slices want;
    } cases[] = {
        {SLICES_POOLED, EMPTY_SLICE_BAD, nan_, {1221 / 1252.0, 31 / 62.6, 31.6 / 62.6, nan_}},
        {SLICES_POOLED, EMPTY_SLICE_IGNORED, 100, {1221 / 1252.0, 31 / 62.6, 31.6 / 62.6, nan_}},
        {SLICES_GOOD, EMPTY_SLICE_IGNORED, nan_, {0.6, 8, -7, 2}}, // 95 of 100 reaches 0.95
        {SLICES_GOOD, EMPTY_SLICE_BAD, nan_, {0.5, 10, -9, 3}},
        {SLICES_GOOD, EMPTY_SLICE_GOOD, nan_, {2 / 3.0, 20 / 3.0, -17 / 3.0, 2}},
        {SLICES_GOOD, EMPTY_SLICE_BAD, 60, {0.5, 1, 0, 3}}, // exactly spent
        {SLICES_GOOD, EMPTY_SLICE_IGNORED, 8640, {0.6, 2 / 432.0, 430 / 432.0, 2}},
        {SLICES_MEAN, EMPTY_SLICE_IGNORED, nan_, {0.866, 2.68, -1.68, nan_}},
        {SLICES_MEAN, EMPTY_SLICE_BAD, nan_, {4.33 / 6, 1.67 / 0.3, -1.37 / 0.3, nan_}},
        {SLICES_MEAN, EMPTY_SLICE_GOOD, nan_, {5.33 / 6, 0.67 / 0.3, -0.37 / 0.3, nan_}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct slices_rule rule = {cases[i].method, cases[i].empty, 0.05, 0.95, cases[i].period_slices};
        struct time_slices got, want = cases[i].want;
        assert_int_equal(time_slices_judge(&rule, good, total, 6, &got), STATS_OK);
        check_double("sli", got.sli, want.sli, 1e-14);
        check_double("consumed", got.consumed, want.consumed, 1e-13);
        check_double("remaining", got.remaining, want.remaining, 1e-13);
        check_double("bad slices", got.bad_slices, want.bad_slices, 0);
    }
}

static void test_time_slices__missing_counts_are_empty_slices(void **state) {
    (void)state;
    const double good[] = {nan_, 9, 3}, total[] = {7, 10, nan_};
    struct slices_rule rule = {SLICES_GOOD, EMPTY_SLICE_BAD, 0.05, 0.9, nan_};
    struct time_slices got;
    assert_int_equal(time_slices_judge(&rule, good, total, 3, &got), STATS_OK);
    check_double("bad slices", got.bad_slices, 2, 0);
    rule.method = SLICES_POOLED;
    assert_int_equal(time_slices_judge(&rule, good, total, 3, &got), STATS_OK);
    check_double("sli", got.sli, 0.9, 1e-15);
}

static void test_time_slices__statuses(void **state) {
    (void)state;
    const double good[] = {1, 2}, total[] = {2, 2}, none[] = {0, 0}, endless[] = {2, inf}, negative[] = {-1, 2};
    const struct slices_rule rule = {SLICES_GOOD, EMPTY_SLICE_IGNORED, 0.05, 0.95, nan_};
    struct slices_rule bad[4] = {rule, rule, rule, rule};
    struct time_slices got;
    assert_int_equal(time_slices_judge(&rule, none, none, 2, &got), STATS_NODATA);
    check_double("bad slices", got.bad_slices, 0, 0);
    assert_int_equal(time_slices_judge(&rule, good, endless, 2, &got), STATS_NONFINITE);
    assert_int_equal(time_slices_judge(&rule, total, good, 2, &got), STATS_INVALID); // more good ones than there are
    assert_int_equal(time_slices_judge(&rule, negative, total, 2, &got), STATS_INVALID);
    assert_true(isnan(got.sli) && isnan(got.consumed) && isnan(got.remaining));
    bad[0].budget = 0;
    bad[1].slice_target = 1.5;
    bad[2].slice_target = nan_;
    bad[3].period_slices = 0;
    for (size_t i = 0; i < 4; i++) assert_int_equal(time_slices_judge(&bad[i], good, total, 2, &got), STATS_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_time_slices__methods),
        cmocka_unit_test(test_time_slices__missing_counts_are_empty_slices),
        cmocka_unit_test(test_time_slices__statuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
