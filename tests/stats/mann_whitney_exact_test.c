// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: shares of orderings counted in integers.
#include "stats/mann_whitney_exact.h"

#include "check.h"
#include "stats/mann_whitney_null.h"

static enum stats_status run(const double *x, size_t n, const double *y, size_t m, struct mann_whitney_exact *ret) {
    static double sorted[2][100], cdf[5001];
    struct column in_x = column_sort(x, n, sorted[0]), in_y = column_sort(y, m, sorted[1]);
    mann_whitney_null(in_x.count, in_y.count, cdf);
    return mann_whitney_exact(in_x, in_y, cdf, ret);
}

static void test_mann_whitney_exact__counts_orderings_on_both_sides(void **state) {
    (void)state;
    static const struct {
        size_t n, m;
        double x[6], y[7];
        struct mann_whitney_exact want;
    } cases[] = {
        {1, 5, {0.2024}, {-0.2555, 0.5463, -0.8724, 0.4865, 0.0123}, {3, {1, 2 / 3.0, 0.5}}},
        {5, 5, {0.264, 1.522, 1.1394, 1.7714, 0.8572}, {-0.1587, -0.5954, -0.4209, -0.0074, -1.5061}, {25, {2 / 252.0, 1, 1 / 252.0}}},
        {4, 3, {1.5, 2.5, 3.5, 4.5}, {5.5, 6.5, 7.5}, {0, {2 / 35.0, 1 / 35.0, 1}}},
        {3, 2, {(double)INFINITY, 2.5, 2.5}, {(double)NAN, -(double)INFINITY}, {3, {0.5, 1, 0.25}}},
        {1, 1, {2.385}, {1e308}, {0, {1, 0.5, 1}}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mann_whitney_exact got, want = cases[i].want;
        assert_int_equal(run(cases[i].x, cases[i].n, cases[i].y, cases[i].m, &got), STATS_OK);
        check_double("u", got.u, want.u, 0);
        check_double("two-sided", got.p.two_sided, want.p.two_sided, 1e-15);
        check_double("less", got.p.less, want.p.less, 1e-15);
        check_double("greater", got.p.greater, want.p.greater, 1e-15);
    }
}

static void test_mann_whitney_exact__smaller_tail_keeps_its_digits_on_either_side(void **state) {
    (void)state;
    static double cdf[5001];
    const double want = 1.5350886817736544e-57; // P(U <= 10) for 100 against 100
    assert_int_equal(mann_whitney_null(100, 100, cdf), STATS_OK);
    struct p_values low = mann_whitney_exact_p(10, 100, 100, cdf), high = mann_whitney_exact_p(100 * 100 - 10, 100, 100, cdf);
    check_double("less", low.less, want, 1e-12 * want);
    check_double("greater", high.greater, want, 1e-12 * want);
    check_double("two-sided", high.two_sided, 2 * want, 2e-12 * want);
    check_double("other tail", low.greater, 1, 0);
}

static void test_mann_whitney_exact__refuses_what_the_table_does_not_cover(void **state) {
    (void)state;
    static const struct {
        size_t n, m;
        double x[2], y[2], u;
        enum stats_status want;
    } cases[] = {
        {0, 2, {0}, {1.5, 2.5}, (double)NAN, STATS_NODATA},
        {2, 1, {1.5, 2.5}, {(double)NAN}, (double)NAN, STATS_NODATA},
        {2, 2, {1.5, 2.5}, {2.5, 0.5}, 2.5, STATS_INVALID}, // tied across
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mann_whitney_exact got;
        assert_int_equal(run(cases[i].x, cases[i].n, cases[i].y, cases[i].m, &got), cases[i].want);
        check_double("u", got.u, cases[i].u, 0);
        check_double("p", got.p.two_sided, (double)NAN, 0);
    }
    static double many[257];
    struct mann_whitney_exact got;
    struct column large = {many, 257};
    assert_int_equal(mann_whitney_exact(large, large, NULL, &got), STATS_INVALID);
    check_double("u", got.u, (double)NAN, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mann_whitney_exact__counts_orderings_on_both_sides),
        cmocka_unit_test(test_mann_whitney_exact__smaller_tail_keeps_its_digits_on_either_side),
        cmocka_unit_test(test_mann_whitney_exact__refuses_what_the_table_does_not_cover),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
