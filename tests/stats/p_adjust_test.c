// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: R's p.adjust.
#include "stats/p_adjust.h"

#include "check.h"

enum { MOST = 6 };

static void test_p_adjust__each_method(void **state) {
    (void)state;
    static const struct {
        size_t count;
        double p[MOST], bonferroni[MOST], holm[MOST], bh[MOST];
    } cases[] = {
        {1, {0.2385}, {0.2385}, {0.2385}, {0.2385}},
        {3, {0.01, 0.02, 0.03}, {0.03, 0.06, 0.09}, {0.03, 0.04, 0.04}, {0.03, 0.03, 0.03}},
        {3, {1e-300, 0.05, 0.9}, {3e-300, 0.15, 1}, {3e-300, 0.1, 0.9}, {3e-300, 0.075, 0.9}},
        {5,
         {0.3, (double)NAN, 0.004, 0.021, 0.0125},
         {1, (double)NAN, 0.016, 0.084, 0.05},
         {0.3, (double)NAN, 0.016, 0.042, 0.0375},
         {0.3, (double)NAN, 0.016, 0.028, 0.025}},
        {6,
         {0.02, 0.5, 0.02, 0.001, 0.5, 0.02},
         {0.12, 1, 0.12, 0.006, 1, 0.12},
         {0.1, 1, 0.1, 0.006, 1, 0.1},
         {0.03, 0.5, 0.03, 0.006, 0.5, 0.03}},
        {4, {0.0, 1, 5e-324, 1}, {0, 1, 2e-323, 1}, {0, 1, 1.5e-323, 1}, {0, 1, 1e-323, 1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const double *wants[] = {cases[i].bonferroni, cases[i].holm, cases[i].bh};
        for (int method = P_ADJUST_BONFERRONI; method <= P_ADJUST_BENJAMINI_HOCHBERG; method++) {
            double got[MOST], scratch[2 * MOST];
            assert_int_equal(p_adjust_scratch(cases[i].count), 2 * cases[i].count);
            assert_int_equal(p_adjust((enum p_adjust_method)method, cases[i].p, cases[i].count, scratch, got), STATS_OK);
            for (size_t j = 0; j < cases[i].count; j++) check_double("p", got[j], wants[method][j], 1e-15 * wants[method][j]);
        }
    }
}

static void test_p_adjust__works_in_place(void **state) {
    (void)state;
    double p[] = {0.03, 0.01, 0.02}, scratch[6];
    assert_int_equal(p_adjust(P_ADJUST_HOLM, p, 3, scratch, p), STATS_OK);
    check_double("first", p[0], 0.04, 1e-16);
    check_double("second", p[1], 0.03, 1e-16);
    check_double("third", p[2], 0.04, 1e-16);
}

static void test_p_adjust__no_values_and_values_that_are_no_shares(void **state) {
    (void)state;
    static const struct {
        double p[3];
        enum stats_status want;
    } cases[] = {
        {{0.5, -5e-324, 0.5}, STATS_INVALID},
        {{0.5, 1.0000000000000002, 0.5}, STATS_INVALID},
        {{(double)NAN, (double)INFINITY, 0.5}, STATS_INVALID},
        {{(double)NAN, (double)NAN, (double)NAN}, STATS_NODATA},
    };
    double got[3], scratch[6];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(p_adjust(P_ADJUST_BENJAMINI_HOCHBERG, cases[i].p, 3, scratch, got), cases[i].want);
        for (size_t j = 0; j < 3; j++) check_double("p", got[j], (double)NAN, 0);
    }
    assert_int_equal(p_adjust(P_ADJUST_HOLM, got, 0, scratch, got), STATS_NODATA);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_p_adjust__each_method),
        cmocka_unit_test(test_p_adjust__works_in_place),
        cmocka_unit_test(test_p_adjust__no_values_and_values_that_are_no_shares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
