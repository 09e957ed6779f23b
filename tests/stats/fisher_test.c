// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: sums of exact integers; the tables of some 1e9 counts with 40 digits.
#include "stats/fisher.h"

#include "check.h"

static void check_p(struct p_values got, struct p_values want) {
    check_double("two-sided", got.two_sided, want.two_sided, 1e-12 * want.two_sided);
    check_double("less", got.less, want.less, 1e-12 * want.less);
    check_double("greater", got.greater, want.greater, 1e-12 * want.greater);
}

static void test_fisher__exact_values_and_symmetry(void **state) {
    (void)state;
    static const struct {
        struct fisher_table t;
        struct p_values want;
    } cases[] = {
        {{1, 19, 0, 380}, {0.05, 1.0, 0.05}},
        {{4, 0, 2, 58}, {0.0000236080682934199592, 1.0, 0.0000236080682934199592}},
        {{0, 10, 5, 5}, {0.0325077399380804954, 0.0162538699690402477, 1.0}},
        {{50, 50, 50, 50}, {1.0, 0.556207787852021059, 0.556207787852021059}},
        {{100, 900, 150, 850}, {0.000895087538690689349, 0.000447543769345344674, 0.999727886017796423}},
        {{30, 70, 28, 72}, {0.876261942697018504, 0.679821186052805053, 0.438130971348509252}},
        {{303, 898, 1063, 258}, {2.30663858406154113e-179, 1.68023041655273006e-179, 1.0}},
        {{0, 1000, 3, 997}, {0.249624812406203102, 0.124812406203101551, 1.0}},
        {{622, 658, 1429, 29}, {1.07651270677858794e-224, 1.06900954012772534e-224, 1.0}},
        {{7, 3, 0, 12}, {0.000703630734590486912, 1.0, 0.000703630734590486912}},
        {{250000000, 250000000, 250005000, 249995000}, {0.751877636089773181, 0.37593881804488659, 0.624109183513021534}},
        {{1000, 499999000, 1300, 499998700}, {4.28721265053097717e-10, 2.14360632526548859e-10, 0.999999999836153138}},
        {{1000000, 1000000000, 1050000, 1000000000}, {6.28811114204449339e-267, 3.15844114816880172e-267, 1.0}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fisher_table t = cases[i].t;
        struct p_values want = cases[i].want, mirrored = {want.two_sided, want.greater, want.less}, got;
        assert_int_equal(fisher_test(t, &got), STATS_OK);
        check_p(got, want);
        assert_int_equal(fisher_test((struct fisher_table){t.d, t.c, t.b, t.a}, &got), STATS_OK);
        check_p(got, want);
        assert_int_equal(fisher_test((struct fisher_table){t.c, t.d, t.a, t.b}, &got), STATS_OK);
        check_p(got, mirrored);
        assert_int_equal(fisher_test((struct fisher_table){t.b, t.a, t.d, t.c}, &got), STATS_OK);
        check_p(got, mirrored);
    }
}

static void test_fisher__statuses(void **state) {
    (void)state;
    static const struct p_values sure = {1, 1, 1}, none = {(double)NAN, (double)NAN, (double)NAN};
    const struct {
        struct fisher_table t;
        enum stats_status status;
        struct p_values want;
    } cases[] = {
        {{0, 0, 0, 0}, STATS_NODATA, sure},
        {{0, 0, 3, 7}, STATS_NODATA, sure},
        {{3, 7, 0, 0}, STATS_NODATA, sure},
        {{0, 10, 0, 20}, STATS_DEGENERATE, sure},
        {{10, 0, 20, 0}, STATS_DEGENERATE, sure},
        {{1000000000000000, 1, 1, 1}, STATS_INVALID, none},
        {{UINT64_MAX, 1, UINT64_MAX, 1}, STATS_INVALID, none},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct p_values got;
        assert_int_equal(fisher_test(cases[i].t, &got), cases[i].status);
        check_p(got, cases[i].want);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fisher__exact_values_and_symmetry),
        cmocka_unit_test(test_fisher__statuses),
    };
    return cmocka_run_group_tests(tests, check_setup, NULL);
}
