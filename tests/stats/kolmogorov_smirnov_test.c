// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: lattice paths counted in integers; Kolmogorov's series with 50 digits.
#include "stats/kolmogorov_smirnov.h"

#include "check.h"

struct expectation {
    uint64_t distance;
    double d, p, p_asymptotic;
};

static double sorted[2][1000], scratch[1002];

static void check_pair(const double *x, size_t n, const double *y, size_t m, struct expectation want, enum stats_status status) {
    struct kolmogorov_smirnov got;
    double p;
    struct column in_x = column_sort(x, n, sorted[0]), in_y = column_sort(y, m, sorted[1]);
    assert_int_equal(kolmogorov_smirnov(in_x, in_y, &got), status);
    assert_int_equal(got.distance, want.distance);
    check_double("d", got.d, want.d, 0);
    check_double("asymptotic", got.p_asymptotic, want.p_asymptotic, 1e-12 * want.p_asymptotic);
    for (int swapped = 0; swapped < 2; swapped++) {
        assert_int_equal(kolmogorov_smirnov_exact(swapped ? in_y : in_x, swapped ? in_x : in_y, scratch, &p), status);
        check_double("exact", p, want.p, 1e-12 * want.p);
    }
}

static void test_kolmogorov_smirnov__small_samples_with_and_without_ties(void **state) {
    (void)state;
    static const struct {
        size_t n, m;
        double x[4], y[5];
        struct expectation want;
    } cases[] = {
        {1, 2, {2.5}, {1.25, 7.5}, {1, 0.5, 1, 0.9962551923793987}},
        {3, 5, {0.5, 1.5, 3.5}, {0.75, 2.5, 4.5, 5.5, 6.5}, {9, 0.6, 0.4642857142857143, 0.5094579353194453}},
        {4, 5, {1, 1, 2, 3}, {2, 2, 3, 3, 3}, {10, 0.5, 0.3492063492063492, 0.6349894805231344}},
        {4, 3, {1.5, 2.5, 3.5, 4.5}, {5.5, 6.5, 7.5}, {12, 1, 0.05714285714285714, 0.06486426873885238}},
        {2, 3, {(double)INFINITY, 2.5}, {(double)INFINITY, -(double)INFINITY, 2.5}, {2, 1 / 3.0, 1, 0.9993420384628623}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_pair(cases[i].x, cases[i].n, cases[i].y, cases[i].m, cases[i].want, STATS_OK);
}

static void test_kolmogorov_smirnov__larger_samples(void **state) {
    (void)state;
    double x[500], y[500];
    for (int i = 0; i < 40; i++) x[i] = i;
    for (int i = 0; i < 37; i++) y[i] = 13.5 + i * 0.9;
    check_pair(x, 40, y, 37, (struct expectation){518, 0.35, 0.012552021555793066, 0.018025921734181008}, STATS_OK);
    for (int i = 0; i < 60; i++) x[i] = i * i % 11;
    for (int i = 0; i < 45; i++) y[i] = (i * 7 + i / 5) % 13 + i % 3;
    check_pair(x, 60, y, 45, (struct expectation){1245, 0.46111111111111114, 6.293631786856241e-06, 3.5649570660483044e-05}, STATS_OK);
    for (int i = 0; i < 500; i++) x[i] = i;
    for (int i = 0; i < 500; i++) y[i] = 498.5 + i;
    check_pair(x, 500, y, 500, (struct expectation){249500, 0.998, 7.399507995628055e-297, 1.0507742435732155e-216}, STATS_OK);
}

static void test_kolmogorov_smirnov__equal_samples_are_nowhere_apart(void **state) {
    (void)state;
    static const double two[] = {7.5, 8.5}, same[] = {7.5, 7.5, 7.5};
    const struct expectation want = {0, 0, 1, 1};
    check_pair(two, 2, two, 2, want, STATS_OK);
    check_pair(same, 3, same, 1, want, STATS_DEGENERATE);
}

static void test_kolmogorov_smirnov__limit_holds_for_all_arguments(void **state) {
    (void)state;
    static const struct {
        double square, want;
    } cases[] = {
        {0, 1},
        {1e-320, 1},
        {1e300, 0},
        {(double)INFINITY, 0},
        {0.05, 0.9999999997843159},
        {0.2, 0.9882610776435244},
        {0.7, 0.4858049441067494},
        {0.99, 0.27541170643595303},
        {1.0, 0.2699996716773545},
        {1.01, 0.2646916135316846},
        {2.5, 0.01347588987586369},
        {40.0, 3.6097027756908306e-35},
        {345.0, 4.343476562779654e-300},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_double("tail", kolmogorov_upper(cases[i].square), cases[i].want, 1e-13 * cases[i].want);
    check_double("nan", kolmogorov_upper((double)NAN), (double)NAN, 0);
}

static void test_kolmogorov_smirnov__sides_without_values_and_sizes_without_scratch(void **state) {
    (void)state;
    static const size_t sizes[][2] = {{0, 3}, {3, 0}, {40000, 40000}, {SIZE_MAX, 1}, {SIZE_MAX, SIZE_MAX}};
    static double many[40000];
    struct kolmogorov_smirnov got;
    double p = 0;
    struct column none = {many, 0}, one = {many, 1}, large = {many, 40000};
    assert_int_equal(kolmogorov_smirnov(none, one, &got), STATS_NODATA);
    check_double("d", got.d, (double)NAN, 0);
    assert_int_equal(kolmogorov_smirnov_exact(one, none, scratch, &p), STATS_NODATA);
    check_double("no p", p, (double)NAN, 0);
    p = 0;
    assert_int_equal(kolmogorov_smirnov_exact(large, large, scratch, &p), STATS_INVALID);
    check_double("no p", p, (double)NAN, 0);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) assert_int_equal(kolmogorov_smirnov_scratch(sizes[i][0], sizes[i][1]), 0);
    assert_int_equal(kolmogorov_smirnov_scratch(1000, 900), 902);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kolmogorov_smirnov__small_samples_with_and_without_ties),
        cmocka_unit_test(test_kolmogorov_smirnov__larger_samples),
        cmocka_unit_test(test_kolmogorov_smirnov__equal_samples_are_nowhere_apart),
        cmocka_unit_test(test_kolmogorov_smirnov__limit_holds_for_all_arguments),
        cmocka_unit_test(test_kolmogorov_smirnov__sides_without_values_and_sizes_without_scratch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
