// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: statistic and df from fractions, p from SciPy.
#include "stats/brunner_munzel.h"

#include "check.h"

#define NONE ((double)NAN)
#define INF ((double)INFINITY)

static void check_p(const char *what, struct p_values got, struct p_values want) {
    check_double(what, got.two_sided, want.two_sided, 1e-13 * want.two_sided);
    check_double(what, got.less, want.less, 1e-13 * want.less);
    check_double(what, got.greater, want.greater, 1e-13 * want.greater);
}

static void check_pair(const double *x, size_t n, const double *y, size_t m, enum stats_status status, struct brunner_munzel want) {
    double sorted[2][40];
    struct brunner_munzel got;
    assert_int_equal(brunner_munzel(column_sort(x, n, sorted[0]), column_sort(y, m, sorted[1]), &got), status);
    check_double("statistic", got.statistic, want.statistic, isinf(want.statistic) ? 0 : 1e-14 * fabs(want.statistic));
    check_double("df", got.df, want.df, 1e-14 * want.df);
    check_p("t", got.p_t, want.p_t);
    check_p("normal", got.p_normal, want.p_normal);
}

static struct p_values swap_p(struct p_values p) {
    return (struct p_values){p.two_sided, p.greater, p.less};
}

static void test_brunner_munzel__compares_placements(void **state) {
    (void)state;
    static const struct {
        size_t n, m;
        double x[10], y[10];
        struct brunner_munzel want;
    } cases[] = {
        {5,
         7,
         {2.5, -0.75, 1.5, 0.125, 3.25},
         {1.5, -1.5, 0.625, -0.5, 0, 0.875, -1.75},
         {-1.5993419699495492,
          6.224026148955658,
          {0.1590841395428295, 0.9204579302285852, 0.07954206977141474},
          {0.10974463874701319, 0.9451276806264934, 0.054872319373506596}}},
        {4,
         5,
         {1, 2, 2, 3},
         {2, 3, 3, 4, 5},
         {2.7724131203346882,
          6.949899799599199,
          {0.02779772342936271, 0.013898861714681354, 0.9861011382853186},
          {0.00556423703055775, 0.002782118515278875, 0.9972178814847211}}},
        {3,
         3,
         {1, 1, 1},
         {1, 1, 2},
         {1,
          2,
          {0.42264973081037427, 0.21132486540518713, 0.7886751345948129},
          {0.31731050786291415, 0.15865525393145707, 0.8413447460685429}}},
        {10,
         10,
         {0.1, 1.4, 0.7, 1.1, -0.1, -0.1, 1.1, 0.9, 0.8, 0.2},
         {0.6, -0.2, 0.9, 0.5, 1.4, 0.5, -1.3, 0.2, 0.8, 0.5},
         {-0.6533107899693668,
          17.495629320535595,
          {0.5220498640568285, 0.7389750679715857, 0.26102493202841426},
          {0.5135559376993835, 0.7432220311503083, 0.25677796884969173}}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct brunner_munzel want = cases[i].want;
        check_pair(cases[i].x, cases[i].n, cases[i].y, cases[i].m, STATS_OK, want);
        want = (struct brunner_munzel){-want.statistic, want.df, swap_p(want.p_t), swap_p(want.p_normal)};
        check_pair(cases[i].y, cases[i].m, cases[i].x, cases[i].n, STATS_OK, want);
    }
}

static void test_brunner_munzel__what_cannot_be_said(void **state) {
    (void)state;
    static const struct p_values no_p = {NONE, NONE, NONE}, smaller = {0, 0, 1}, larger = {0, 1, 0};
    static const struct brunner_munzel nothing = {NONE, NONE, {NONE, NONE, NONE}, {NONE, NONE, NONE}};
    static const double none[] = {NONE}, low[] = {1.5, 2.5, -INF}, high[] = {INF, 3.5}, same[] = {2.5, 2.5};
    check_pair(none, 1, low, 3, STATS_NODATA, nothing);
    check_pair(low, 3, none, 0, STATS_NODATA, nothing);
    check_pair(low, 1, high, 2, STATS_DEGENERATE, nothing);
    check_pair(same, 2, same, 2, STATS_DEGENERATE, nothing);
    check_pair(low, 3, high, 2, STATS_DEGENERATE, (struct brunner_munzel){INF, NONE, no_p, smaller});
    check_pair(high, 2, low, 3, STATS_DEGENERATE, (struct brunner_munzel){-INF, NONE, no_p, larger});
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_brunner_munzel__compares_placements),
        cmocka_unit_test(test_brunner_munzel__what_cannot_be_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
