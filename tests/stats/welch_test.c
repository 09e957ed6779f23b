// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: t and df from fractions, p from SciPy and R.
#include "stats/welch.h"

#include "check.h"

#define NONE ((double)NAN)
#define INF ((double)INFINITY)

static void check_result(const struct welch *got, const struct welch *want, double tolerance) {
    check_double("t", got->t, want->t, isinf(want->t) ? 0 : tolerance * fabs(want->t));
    check_double("df", got->df, want->df, tolerance * want->df);
    check_double("two-sided", got->p.two_sided, want->p.two_sided, tolerance * want->p.two_sided);
    check_double("less", got->p.less, want->p.less, tolerance * want->p.less);
    check_double("greater", got->p.greater, want->p.greater, tolerance * want->p.greater);
}

static struct welch swap(struct welch welch) {
    return (struct welch){-welch.t, welch.df, {welch.p.two_sided, welch.p.greater, welch.p.less}};
}

static void test_welch__compares_means(void **state) {
    (void)state;
    static const struct {
        size_t n, m;
        double x[6], y[7];
        struct welch want;
    } cases[] = {
        {5,
         7,
         {2.5, -0.75, 1.5, 0.125, 3.25},
         {1.5, -1.5, 0.625, -0.5, 0, 0.875, -1.75},
         {1.6484804530396087, 7.014509761092399, {0.14315520069556076, 0.9284223996522196, 0.07157760034778038}}},
        {3,
         4,
         {1.5, 1.5, 1.5},
         {1.5, NONE, 2.5, 4.5},
         {-1.5118578920369088, 2, {0.26970325665977835, 0.13485162832988917, 0.8651483716701108}}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct welch got, want = cases[i].want;
        assert_int_equal(welch(cases[i].x, cases[i].n, cases[i].y, cases[i].m, &got), STATS_OK);
        check_result(&got, &want, 1e-13);
        assert_int_equal(welch(cases[i].y, cases[i].m, cases[i].x, cases[i].n, &got), STATS_OK);
        want = swap(want);
        check_result(&got, &want, 1e-13);
    }
}

static void test_welch__keeps_digits_of_means_far_above_their_spread(void **state) {
    (void)state;
    static const double x[] = {1e6 + 0.0137, 1e6 - 0.0021, 1e6 + 0.0084, 1e6 + 0.0109};
    static const double y[] = {1e6 + 0.0051, 1e6 - 0.0043, 1e6 + 0.0118, 1e6 + 0.0002, 1e6 + 0.0147};
    struct welch got;
    assert_int_equal(welch(x, 4, y, 5, &got), STATS_OK);
    check_double("t", got.t, 0.45110143535460373, 1e-14);
    check_double("df", got.df, 6.897053810975607, 1e-13);
}

static void test_welch__far_tail(void **state) {
    (void)state;
    double x[40], y[30];
    for (int i = 0; i < 40; i++) x[i] = i * 0.5;
    for (int i = 0; i < 30; i++) y[i] = 100 + i * 0.25;
    const struct welch want = {-93.15008567649555, 52.609445320460985, {4.426065336439337e-60, 2.2130326682196685e-60, 1}};
    struct welch got;
    assert_int_equal(welch(x, 40, y, 30, &got), STATS_OK);
    check_result(&got, &want, 1e-11);
}

static void test_welch__does_not_depend_on_the_unit(void **state) {
    (void)state;
    static const int powers[] = {1021, 600, -600, -1068};
    static const double x[] = {5, 3, 2, 7}, y[] = {1, 4, 0.5};
    struct welch want, got;
    assert_int_equal(welch(x, 4, y, 3, &want), STATS_OK);
    for (size_t i = 0; i < sizeof powers / sizeof *powers; i++) {
        double scaled_x[4], scaled_y[3];
        for (int j = 0; j < 4; j++) scaled_x[j] = ldexp(x[j], powers[i]);
        for (int j = 0; j < 3; j++) scaled_y[j] = ldexp(y[j], powers[i]);
        assert_int_equal(welch(scaled_x, 4, scaled_y, 3, &got), STATS_OK);
        check_result(&got, &want, 1e-15);
    }
    static const double high[] = {1.7e308, 1.5e308, 1.6e308}, low[] = {-1.7e308, -1.5e308, -1.6e308};
    assert_int_equal(welch(high, 3, low, 3, &got), STATS_OK);
    check_double("t", got.t, 39.191835884530846, 1e-13);
}

static void test_welch__what_cannot_be_said(void **state) {
    (void)state;
    static const struct {
        size_t n, m;
        double x[2], y[2];
        enum stats_status status;
        struct welch want;
    } cases[] = {
        {0, 2, {0}, {1.5, 2.5}, STATS_NODATA, {NONE, NONE, {NONE, NONE, NONE}}},
        {2, 2, {1.5, INF}, {NONE, NONE}, STATS_NODATA, {NONE, NONE, {NONE, NONE, NONE}}},
        {2, 1, {1.5, 2.5}, {-INF}, STATS_NONFINITE, {NONE, NONE, {NONE, NONE, NONE}}},
        {1, 2, {1.5}, {1.5, 2.5}, STATS_DEGENERATE, {NONE, NONE, {NONE, NONE, NONE}}},
        {2, 2, {1.5, 1.5}, {1.5, 1.5}, STATS_DEGENERATE, {NONE, NONE, {NONE, NONE, NONE}}},
        {2, 2, {2.5, 2.5}, {1.5, 1.5}, STATS_DEGENERATE, {INF, NONE, {0, 1, 0}}},
        {2, 2, {1.5, 1.5}, {2.5, 2.5}, STATS_DEGENERATE, {-INF, NONE, {0, 0, 1}}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct welch got;
        assert_int_equal(welch(cases[i].x, cases[i].n, cases[i].y, cases[i].m, &got), cases[i].status);
        check_result(&got, &cases[i].want, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_welch__compares_means),
        cmocka_unit_test(test_welch__keeps_digits_of_means_far_above_their_spread),
        cmocka_unit_test(test_welch__far_tail),
        cmocka_unit_test(test_welch__does_not_depend_on_the_unit),
        cmocka_unit_test(test_welch__what_cannot_be_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
