// SPDX-License-Identifier: GPL-3.0-or-later
// Good events from histograms and gauges. Wanted values by hand.
#include "stats/histogram_sli.h"

#include "check.h"

static const double inf = (double)INFINITY, nan_ = (double)NAN;

static void check_sli(const struct histogram_sli *got, double total, double good, double low, double high, bool exact) {
    check_double("total", got->total, total, 0);
    check_double("good", got->good, good, 1e-12 * good);
    check_double("least", got->good_min, low, 0);
    check_double("most", got->good_max, high, 0);
    check_double("ratio", got->error_ratio, total > 0 ? (total - good) / total : nan_, 1e-14);
    assert_int_equal(got->exact, exact);
}

static void test_histogram_sli__classic_thresholds(void **state) {
    (void)state;
    const double bounds[] = {0.1, 0.25, 0.5, 1, inf}, counts[] = {820, 930, 985, 998, 1000};
    const struct {
        double threshold, good, low, high;
        bool exact;
    } cases[] = {
        {0.5, 985, 985, 985, true}, {0.3, 941, 930, 985, false}, {0.025, 205, 0, 820, false}, {0.1, 820, 820, 820, true},
        {3, 998, 998, 1000, false}, {0, 0, 0, 820, false},       {-1, 0, 0, 820, false},      {(double)INFINITY, 1000, 1000, 1000, true},
        {1, 998, 998, 998, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct histogram_sli got;
        assert_int_equal(histogram_sli_classic(bounds, counts, 5, cases[i].threshold, &got), STATS_OK);
        check_sli(&got, 1000, cases[i].good, cases[i].low, cases[i].high, cases[i].exact);
    }
}

static void test_histogram_sli__classic_shapes(void **state) {
    (void)state;
    struct histogram_sli got;
    const double twice[] = {0.5, 1, 1, inf}, of_twice[] = {10, 12.5, 7.5, 30};
    assert_int_equal(histogram_sli_classic(twice, of_twice, 4, 1, &got), STATS_OK);
    check_sli(&got, 30, 20, 20, 20, true);
    assert_int_equal(histogram_sli_classic(twice, of_twice, 4, 0.75, &got), STATS_OK);
    check_sli(&got, 30, 15, 10, 20, false);
    const double below_zero[] = {-2, 2, inf}, counts[] = {4, 8, 8};
    assert_int_equal(histogram_sli_classic(below_zero, counts, 3, -3, &got), STATS_OK);
    check_sli(&got, 8, 0, 0, 4, false);
    assert_int_equal(histogram_sli_classic(below_zero, counts, 3, -1, &got), STATS_OK);
    check_sli(&got, 8, 5, 4, 8, false);
    const double rounded[] = {4, 4 - 1e-12, 8};
    assert_int_equal(histogram_sli_classic(below_zero, rounded, 3, 2, &got), STATS_OK);
    check_sli(&got, 8, 4, 4, 4, true);
}

static void test_histogram_sli__classic_statuses(void **state) {
    (void)state;
    const double bounds[] = {1, 2, inf}, open[] = {1, 2, 3}, falling_bounds[] = {2, 1, inf};
    const double good[] = {1, 2, 3}, falling[] = {1, 4, 3}, negative[] = {-1, 2, 3}, none[] = {0, 0, 0};
    const double missing[] = {1, nan_, 3}, infinite[] = {1, 2, inf};
    const struct {
        const double *bounds, *counts;
        size_t count;
        double threshold;
        enum stats_status want;
    } cases[] = {
        {bounds, good, 0, 1, STATS_NODATA},      {bounds, missing, 3, 1, STATS_NODATA},         {bounds, infinite, 3, 1, STATS_NONFINITE},
        {open, good, 3, 1, STATS_INVALID},       {falling_bounds, good, 3, 1, STATS_INVALID},   {bounds, falling, 3, 1, STATS_INVALID},
        {bounds, negative, 3, 1, STATS_INVALID}, {bounds, good, 3, (double)NAN, STATS_INVALID},
    };
    struct histogram_sli got;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(histogram_sli_classic(cases[i].bounds, cases[i].counts, cases[i].count, cases[i].threshold, &got), cases[i].want);
        assert_true(isnan(got.total) && isnan(got.good) && isnan(got.error_ratio) && !got.exact);
    }
    assert_int_equal(histogram_sli_classic(bounds, none, 3, 1.5, &got), STATS_NODATA);
    check_sli(&got, 0, 0, 0, 0, false);
}

static void test_histogram_sli__native_thresholds(void **state) {
    (void)state;
    static const struct native_bucket positive[] = {{-1, 4}, {0, 11}, {1, 25}, {2, 6}, {4, 1}}, negative[] = {{0, 8}, {1, 2}};
    static const struct native_bucket fine[] = {{8, 10}, {9, 20}}; // schema 3: (2^(7/8), 2], (2, 2^(9/8)]
    const struct native_histogram plain = {0, 0.001, 3, positive, NULL, 5, 0}, both = {0, 0.001, 3, positive, negative, 5, 2};
    const struct native_histogram below = {0, 0.001, 3, NULL, negative, 0, 2}, third = {3, 0, 0, fine, NULL, 2, 0};
    const struct native_histogram coarse = {-1, 0, 1, positive, NULL, 5, 0}; // bounds 0.25, 1, 4, 16, 256
    const struct {
        const struct native_histogram *histogram;
        double threshold, total, good, low, high;
        bool exact;
    } cases[] = {
        {&plain, 2, 50, 43, 43, 43, true},
        {&plain, sqrt(2.0), 50, 30.5, 18, 43, false},
        {&plain, 0.0005, 50, 1.5, 0, 3, false},
        {&plain, 0.001, 50, 3, 3, 3, true},
        {&plain, 6, 50, 49, 49, 49, true},
        {&plain, 1e9, 50, 50, 50, 50, true},
        {&plain, (double)INFINITY, 50, 50, 50, 50, true},
        {&plain, 0, 50, 0, 0, 0, true},
        {&plain, -1, 50, 0, 0, 0, true},
        {&both, 2, 60, 53, 53, 53, true},
        {&both, 0, 60, 11.5, 10, 13, false},
        {&both, -1, 60, 2, 2, 2, true},
        {&both, -sqrt(0.5), 60, 6, 2, 10, false},
        {&both, -3, 60, 0, 0, 0, true},
        {&below, -0.0005, 13, 11.5, 10, 13, false},
        {&below, 0, 13, 13, 13, 13, true},
        {&third, exp2(8.25 / 8), 30, 15, 10, 30, false},
        {&third, exp2(7.5 / 8), 30, 5, 0, 10, false},
        {&third, 2, 30, 10, 10, 10, true},
        {&coarse, 2, 48, 28.5, 16, 41, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct histogram_sli got;
        assert_int_equal(histogram_sli_native(cases[i].histogram, cases[i].threshold, &got), STATS_OK);
        check_sli(&got, cases[i].total, cases[i].good, cases[i].low, cases[i].high, cases[i].exact);
    }
}

static void test_histogram_sli__native_statuses(void **state) {
    (void)state;
    const struct native_bucket bad = {1, -4}, missing = {1, nan_}, infinite = {1, inf}, good = {1, 4};
    const struct {
        struct native_histogram histogram;
        enum stats_status want;
    } cases[] = {
        {{9, 0, 1, &good, NULL, 1, 0}, STATS_INVALID},   {{-5, 0, 1, &good, NULL, 1, 0}, STATS_INVALID},
        {{0, -1, 1, &good, NULL, 1, 0}, STATS_INVALID},  {{0, 0, -1, &good, NULL, 1, 0}, STATS_INVALID},
        {{0, 0, nan_, &bad, NULL, 1, 0}, STATS_INVALID}, {{0, 0, 1, NULL, &bad, 0, 1}, STATS_INVALID},
        {{0, 0, 1, &missing, NULL, 1, 0}, STATS_NODATA}, {{0, 0, 1, &infinite, NULL, 1, 0}, STATS_NONFINITE},
    };
    struct histogram_sli got;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(histogram_sli_native(&cases[i].histogram, 1, &got), cases[i].want);
        assert_true(isnan(got.total) && isnan(got.good) && isnan(got.error_ratio));
    }
    const struct native_histogram none = {0, 0, 0, NULL, NULL, 0, 0};
    assert_int_equal(histogram_sli_native(&none, 1, &got), STATS_NODATA);
    check_sli(&got, 0, 0, 0, 0, true);
    assert_int_equal(histogram_sli_native(&none, nan_, &got), STATS_INVALID);
}

static void test_histogram_sli__gauge_leaves_out_missing_samples(void **state) {
    (void)state;
    const double values[] = {1, 1, 0, nan_, 1, 0.5, nan_, 1};
    struct histogram_sli got;
    assert_int_equal(histogram_sli_gauge(values, 8, &got), STATS_OK);
    check_sli(&got, 6, 4, 4, 4, true);
    assert_int_equal(histogram_sli_gauge(values + 3, 1, &got), STATS_NODATA);
    check_sli(&got, 0, 0, 0, 0, true);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_histogram_sli__classic_thresholds), cmocka_unit_test(test_histogram_sli__classic_shapes),
        cmocka_unit_test(test_histogram_sli__classic_statuses),   cmocka_unit_test(test_histogram_sli__native_thresholds),
        cmocka_unit_test(test_histogram_sli__native_statuses),    cmocka_unit_test(test_histogram_sli__gauge_leaves_out_missing_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
