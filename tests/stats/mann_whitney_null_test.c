// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: integer coefficients of the Gaussian binomials over C(n + m, n), divided as fractions.
#include "stats/mann_whitney_null.h"

#include <stdlib.h>

#include "check.h"

struct point {
    size_t n, m, u;
    double want;
};

static double *make_table(size_t n, size_t m) {
    double *cdf = malloc(mann_whitney_null_size(n, m) * sizeof *cdf);
    assert_non_null(cdf);
    assert_int_equal(mann_whitney_null(n, m, cdf), STATS_OK);
    return cdf;
}

static void check_points(const struct point *points, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct point *p = &points[i];
        double *cdf = make_table(p->n, p->m), *swapped = make_table(p->m, p->n);
        check_double("share", cdf[p->u], p->want, 1e-12 * p->want);
        check_double("swapped", swapped[p->u], cdf[p->u], 0);
        free(cdf);
        free(swapped);
    }
}

static void test_mann_whitney_null__counts_orderings(void **state) {
    (void)state;
    static const struct point points[] = {
        {1, 1, 0, 0.5},
        {1, 6, 0, 0.14285714285714285},
        {1, 6, 3, 0.5714285714285714},
        {2, 3, 0, 0.1},
        {2, 3, 1, 0.2},
        {2, 3, 3, 0.6},
        {4, 4, 8, 0.5571428571428572},
        {13, 20, 0, 1.744693914737925e-09},
        {13, 20, 17, 2.090143309856034e-06},
        {13, 20, 130, 0.5072410973678082},
        {49, 49, 0, 3.925014596481662e-29},
        {49, 49, 400, 9.597679831677977e-10},
        {49, 49, 1200, 0.5},
        {100, 100, 10, 1.5350886817736544e-57},
        {100, 100, 1500, 3.373225128351859e-20},
        {100, 100, 4000, 0.007188544260578844},
        {100, 100, 5000, 0.5004862858672919},
        {60, 300, 0, 6.393657772082516e-70},
        {60, 300, 1000, 3.1123949964318574e-38},
        {60, 300, 9000, 0.5002703681171945},
        {100, 700, 3000, 4.070876481707737e-74},
        {100, 700, 35000, 0.5000921385159034},
        {120, 130, 2000, 2.4456359527515126e-28},
        {101, 101, 5100, 0.5},
        {101, 101, 5700, 0.9255406317534891},
        {101, 101, 10201, 1},
        {256, 256, 9000, 4.22719027033424e-53},
        {256, 256, 32768, 0.5001190665451738},
    };
    check_points(points, sizeof points / sizeof *points);
}

static void test_mann_whitney_null__totals_beyond_doubles_keep_their_tails(void **state) {
    (void)state;
    double *cdf = make_table(100, 70000); // C(70100, 100) is about 1e327
    check_double("far", cdf[3000], 3.727986476408621e-271, 1e-12 * 3.727986476408621e-271);
    check_double("less far", cdf[20000], 4.328269074326413e-208, 1e-12 * 4.328269074326413e-208);
    check_double("middle", cdf[100 * 70000 / 2], 0.5, 1e-4);
    free(cdf);
}

static void test_mann_whitney_null__upper_half_mirrors_the_lower(void **state) {
    (void)state;
    double cdf[4];
    assert_int_equal(mann_whitney_null_size(2, 3), 4);
    assert_int_equal(mann_whitney_null(2, 3, cdf), STATS_OK);
    static const double want[] = {0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 1, 1};
    for (size_t u = 0; u < sizeof want / sizeof *want; u++) check_double("lower", mann_whitney_null_lower(2, 3, cdf, u), want[u], 1e-15);
}

static void test_mann_whitney_null__sizes_without_a_table_are_invalid(void **state) {
    (void)state;
    static const size_t sizes[][2] = {{0, 5}, {5, 0}, {257, 257}, {101, 20000}, {20, 1000001}, {SIZE_MAX, 2}, {1, SIZE_MAX}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        double untouched = 2.385;
        assert_int_equal(mann_whitney_null_size(sizes[i][0], sizes[i][1]), 0);
        assert_int_equal(mann_whitney_null(sizes[i][0], sizes[i][1], &untouched), STATS_INVALID);
        check_double("untouched", untouched, 2.385, 0);
    }
    assert_int_equal(mann_whitney_null_size(20, 1000000), 10000001);
    assert_int_equal(mann_whitney_null_size(256, 101), 2 * (256 * 101 / 2 + 1));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mann_whitney_null__counts_orderings),
        cmocka_unit_test(test_mann_whitney_null__totals_beyond_doubles_keep_their_tails),
        cmocka_unit_test(test_mann_whitney_null__upper_half_mirrors_the_lower),
        cmocka_unit_test(test_mann_whitney_null__sizes_without_a_table_are_invalid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
