// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: the incomplete beta and its root with 60 digits.
#include "stats/burn_significance.h"

#include <stdbool.h>

#include "check.h"

static void test_burn_significance__is_exact_at_any_traffic(void **state) {
    (void)state;
    static const struct {
        uint64_t errors, total;
        double budget, factor, alpha, p_value, lower, upper;
        uint64_t smallest; // 0: none
        enum burn_verdict verdict;
    } cases[] = {
        {1, 10, 0.001, 14.4, 0.05, 0.135018242639084846, 5.11619689182370132, 394.163302436504769, 2, BURN_INCONCLUSIVE},
        {0, 300, 0.001, 14.4, 0.05, 1.0, 0.0, 9.93608194445771176, 9, BURN_OK},
        {30, 1000, 0.001, 14.4, 0.05, 0.00019175289937502925, 21.6747842931453901, 40.4722372808662344, 22, BURN_BURNING},
        {5, 5, 0.01, 50, 0.05, 0.0312500000000000033, 54.9280271653058871, 99.9999999999999979, 5, BURN_BURNING},
        {1000000, 1000000000, 0.001, 1, 1e-12, 0.500133180348454103, 0.992985154104761128, 1.00704810538433519, 1007040, BURN_INCONCLUSIVE},
        {3, 40, 0.2, 6, 0.05, 1.0, 0.103768007378506021, 0.912934250079506155, 0, BURN_OK}, // no ratio burns at 6
        {5, 5, 0.01, 100, 0.05, 1, 54.9280271653058871, 100, 0, BURN_INCONCLUSIVE},         // 100 is the ceiling, not below itself
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct burn_significance got;
        enum stats_status status =
            burn_significance(cases[i].errors, cases[i].total, cases[i].budget, cases[i].factor, cases[i].alpha, &got);
        assert_int_equal(status, STATS_OK);
        check_double("rate", got.rate, (double)cases[i].errors / (double)cases[i].total / cases[i].budget, 0);
        check_double("p", got.p_value, cases[i].p_value, 1e-12 * cases[i].p_value);
        check_double("lower", got.lower, cases[i].lower, 1e-11 * cases[i].lower);
        check_double("upper", got.upper, cases[i].upper, 1e-11 * cases[i].upper);
        assert_int_equal(got.has_smallest, cases[i].smallest > 0);
        assert_int_equal(got.smallest, cases[i].smallest);
        assert_string_equal(burn_verdict_text(got.verdict), burn_verdict_text(cases[i].verdict));
    }
}

static void test_burn_significance__without_traffic_or_budget(void **state) {
    (void)state;
    static const double inf = (double)INFINITY, nan_ = (double)NAN;
    struct burn_significance got;
    assert_int_equal(burn_significance(0, 0, 0.001, 14.4, 0.05, &got), STATS_NODATA);
    check_double("rate", got.rate, nan_, 0);
    check_double("p", got.p_value, 1, 0);
    check_double("lower", got.lower, 0, 0);
    check_double("upper", got.upper, 1000, 0);
    assert_int_equal(got.verdict, BURN_INCONCLUSIVE);
    assert_false(got.has_smallest);
    assert_int_equal(burn_significance(3, 1000, 0, 14.4, 0.05, &got), STATS_OK);
    check_double("rate without budget", got.rate, inf, 0);
    check_double("p without budget", got.p_value, 0, 0);
    check_double("lower without budget", got.lower, inf, 0);
    assert_int_equal(got.verdict, BURN_BURNING);
    assert_int_equal(got.smallest, 1);
    assert_int_equal(burn_significance(0, 1000, 0, 14.4, 0.05, &got), STATS_OK);
    check_double("rate without errors", got.rate, nan_, 0);
    check_double("upper without errors", got.upper, inf, 0);
    assert_int_equal(got.verdict, BURN_INCONCLUSIVE);
}

static void test_burn_significance__refuses(void **state) {
    (void)state;
    static const double nan_ = (double)NAN;
    const struct {
        uint64_t errors, total;
        double budget, factor, alpha;
    } cases[] = {{11, 10, 0.001, 1, 0.05}, {1, UINT64_MAX, 0.001, 1, 0.05}, {1, 10, -0.1, 1, 0.05},     {1, 10, 1.1, 1, 0.05},
                 {1, 10, nan_, 1, 0.05},   {1, 10, 0.001, -1, 0.05},        {1, 10, 0.001, nan_, 0.05}, {1, 10, 0.001, 1, 0},
                 {1, 10, 0.001, 1, 1},     {1, 10, 0.001, 1, nan_}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct burn_significance got;
        enum stats_status status =
            burn_significance(cases[i].errors, cases[i].total, cases[i].budget, cases[i].factor, cases[i].alpha, &got);
        assert_int_equal(status, STATS_INVALID);
        check_double("p", got.p_value, nan_, 0);
        assert_int_equal(got.verdict, BURN_INCONCLUSIVE);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_burn_significance__is_exact_at_any_traffic),
        cmocka_unit_test(test_burn_significance__without_traffic_or_budget),
        cmocka_unit_test(test_burn_significance__refuses),
    };
    return cmocka_run_group_tests(tests, check_setup, NULL);
}
