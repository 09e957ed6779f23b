// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: ways counted in integers, divided as fractions.
#include "stats/mann_whitney_ties.h"

#include <stdlib.h>

#include "check.h"

static enum stats_status run(const double *x, size_t n, const double *y, size_t m, struct mann_whitney_ties *ret) {
    double sorted[2][400], *scratch = malloc((mann_whitney_ties_scratch(n, m) + 1) * sizeof *scratch);
    assert_non_null(scratch);
    enum stats_status status = mann_whitney_ties(column_sort(x, n, sorted[0]), column_sort(y, m, sorted[1]), scratch, ret);
    free(scratch);
    return status;
}

static void check_result(const struct mann_whitney_ties *got, const struct mann_whitney_ties *want) {
    check_double("u", got->u, want->u, 0);
    check_double("two-sided", got->p.two_sided, want->p.two_sided, 1e-13 * want->p.two_sided);
    check_double("less", got->p.less, want->p.less, 1e-13 * want->p.less);
    check_double("greater", got->p.greater, want->p.greater, 1e-13 * want->p.greater);
    check_double("two-sided by distance", got->two_sided_abs, want->two_sided_abs, 1e-13 * want->two_sided_abs);
}

static void test_mann_whitney_ties__counts_ways_given_the_ties(void **state) {
    (void)state;
    static const struct {
        size_t n, m;
        double x[8], y[15];
        struct mann_whitney_ties want;
    } cases[] = {
        {1, 2, {2.5}, {1.25, 7.5}, {1, {1, 2 / 3.0, 2 / 3.0}, 1}},
        {4, 4, {3, 1, 1, 1}, {1, 2, 1, 0}, {10, {5 / 7.0, 6 / 7.0, 5 / 14.0}, 5 / 7.0}},
        {5,
         15,
         {0, 1, 2, 0, 1},
         {0, 2, 0, 0, 3, 0, 2, 3, 1, 1, 1, 1, 1, 2, 3},
         {27.5, {0.45420536635706915, 0.22710268317853458, 0.8541666666666666}, 0.42401960784313725}},
        {4,
         3,
         {(double)INFINITY, -(double)INFINITY, 2.5, 2.5},
         {(double)INFINITY, 0, 2.5},
         {5.5, {0.9714285714285714, 0.4857142857142857, 0.6857142857142857}, 0.9714285714285714}},
        {4, 3, {1.5, 2.5, 3.5, 4.5}, {5.5, 6.5, 7.5}, {0, {2 / 35.0, 1 / 35.0, 1}, 2 / 35.0}},
        {8,
         3,
         {1, 1, 1, 2, 2, 2, 2, 3},
         {2, 3, 3},
         {4, {0.19393939393939394, 0.09696969696969697, 0.9939393939393939}, 0.19393939393939394}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mann_whitney_ties got, want = cases[i].want;
        assert_int_equal(run(cases[i].x, cases[i].n, cases[i].y, cases[i].m, &got), STATS_OK);
        check_result(&got, &want);
        assert_int_equal(run(cases[i].y, cases[i].m, cases[i].x, cases[i].n, &got), STATS_OK);
        want.u = (double)(cases[i].n * cases[i].m) - want.u;
        want.p = (struct p_values){want.p.two_sided, want.p.greater, want.p.less};
        check_result(&got, &want);
    }
}

static void test_mann_whitney_ties__far_tails_keep_their_digits(void **state) {
    (void)state;
    double x[60], y[300];
    struct mann_whitney_ties got;
    for (int shift = 0; shift < 2; shift++) {
        static const struct mann_whitney_ties want[] = {
            {450, {2.2680430606169136e-55, 1.1340215303084568e-55, 1}, 1.5711642365177462e-54},
            {0, {1.2787315544165033e-69, 6.393657772082516e-70, 1}, 6.393657772082516e-70},
        };
        for (int i = 0; i < 60; i++) x[i] = i % 5;
        for (int i = 0; i < 300; i++) y[i] = 4 + shift + i % 4;
        assert_int_equal(run(x, 60, y, 300, &got), STATS_OK);
        check_result(&got, &want[shift]);
    }
}

static void test_mann_whitney_ties__many_uneven_groups(void **state) {
    (void)state;
    static const struct mann_whitney_ties want = {
        781, {0.00016148293745913163, 8.074146872956581e-05, 0.9999203743190226}, 0.0001607106033169566};
    double x[60], y[45];
    struct mann_whitney_ties got;
    for (int i = 0; i < 60; i++) x[i] = i * i % 11;
    for (int i = 0; i < 45; i++) y[i] = (i * 7 + i / 5) % 13 + i % 3;
    assert_int_equal(run(x, 60, y, 45, &got), STATS_OK);
    check_result(&got, &want);
}

static void test_mann_whitney_ties__one_group_is_degenerate(void **state) {
    (void)state;
    static const double same[] = {7.5, 7.5, 7.5};
    static const struct mann_whitney_ties want = {3, {1, 1, 1}, 1};
    struct mann_whitney_ties got;
    assert_int_equal(run(same, 3, same, 2, &got), STATS_DEGENERATE);
    check_result(&got, &want);
}

static void test_mann_whitney_ties__sides_without_values_and_sizes_without_scratch(void **state) {
    (void)state;
    static const double nothing[] = {(double)NAN}, two[] = {1.5, 2.5};
    static const size_t sizes[][2] = {{0, 3}, {3, 0}, {250, 250}, {1, 70000}, {SIZE_MAX, 1}, {SIZE_MAX, SIZE_MAX}};
    static double many[250];
    struct mann_whitney_ties got;
    assert_int_equal(run(nothing, 1, two, 2, &got), STATS_NODATA);
    check_double("u", got.u, (double)NAN, 0);
    assert_int_equal(run(two, 2, two, 0, &got), STATS_NODATA);
    assert_int_equal(mann_whitney_ties((struct column){many, 250}, (struct column){many, 250}, NULL, &got), STATS_INVALID);
    check_double("p", got.p.two_sided, (double)NAN, 0);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) assert_int_equal(mann_whitney_ties_scratch(sizes[i][0], sizes[i][1]), 0);
    assert_int_equal(mann_whitney_ties_scratch(3, 2), 2 * 3 * 3 + 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mann_whitney_ties__counts_ways_given_the_ties),
        cmocka_unit_test(test_mann_whitney_ties__far_tails_keep_their_digits),
        cmocka_unit_test(test_mann_whitney_ties__many_uneven_groups),
        cmocka_unit_test(test_mann_whitney_ties__one_group_is_degenerate),
        cmocka_unit_test(test_mann_whitney_ties__sides_without_values_and_sizes_without_scratch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
