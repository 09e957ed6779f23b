// SPDX-License-Identifier: GPL-3.0-or-later
// What must hold of the statistics of counts whatever the counts: symmetries, and limits that invert their tests.
#include "draws.h"
#include "stats/binomial.h"
#include "stats/binomial_interval.h"
#include "stats/fisher.h"
#include "stats/p_adjust.h"
#include "stats/poisson_test.h"

#define REPEATS 300 // random cases a property

// As often small as large.
static uint64_t count_below(double most) {
    return (uint64_t)exp(log(most) * uniform());
}

static double some_alpha(void) {
    static const double levels[] = {0.2, 0.05, 0.01, 1e-3, 1e-9};
    return levels[next_random() % (sizeof levels / sizeof *levels)];
}

static void check_mirrored(const char *what, struct p_values there, struct p_values back) {
    check_relative(what, back.less, there.greater, 1e-9);
    check_relative(what, back.greater, there.less, 1e-9);
    check_relative(what, back.two_sided, there.two_sided, 1e-9);
}

static void test_count_properties__binomial_tails_mirror_and_meet_at_the_mass(void **unused) {
    (void)unused;
    for (int i = 0; i < REPEATS; i++) {
        uint64_t n = count_below(1e9), k = (uint64_t)((double)n * uniform());
        double p = ((double)k + uniform()) / ((double)n + 1), q = 1 - p;
        double above = binomial_at_least(k, n, p, q), below = binomial_at_most(k, n, p, q);
        check_double("both tails", above + below, 1 + binomial_mass(k, n, p, q), 1e-11);
        check_relative("mirrored tail", binomial_at_most(n - k, n, q, p), above, 1e-10);
        check_relative("mirrored mass", binomial_mass(n - k, n, q, p), binomial_mass(k, n, p, q), 1e-10);
    }
}

// At an end of the interval the tail is alpha/2. The mirrored interval gives the other chance with all its digits.
static void test_count_properties__binomial_limits_are_roots_of_the_tails(void **unused) {
    (void)unused;
    for (int i = 0; i < REPEATS; i++) {
        uint64_t n = 2 + count_below(1e9), k = 1 + (uint64_t)((double)(n - 1) * uniform() * uniform());
        double alpha = some_alpha();
        struct binomial_interval ends, rest;
        assert_int_equal(binomial_interval_exact(k, n, alpha, BINOMIAL_TWO_SIDED, &ends), STATS_OK);
        assert_int_equal(binomial_interval_exact(n - k, n, alpha, BINOMIAL_TWO_SIDED, &rest), STATS_OK);
        check_relative("tail at the low end", binomial_at_least(k, n, ends.low, rest.high), alpha / 2, 1e-9);
        if (k < n) check_relative("tail at the high end", binomial_at_most(k, n, ends.high, rest.low), alpha / 2, 1e-9);
        check_double("low end and its rest", ends.low + rest.high, 1, 1e-11);
        check_double("high end and its rest", ends.high + rest.low, 1, 1e-11);
    }
}

static void test_count_properties__tables_may_be_swapped_and_transposed(void **unused) {
    (void)unused;
    for (int i = 0; i < REPEATS; i++) {
        uint64_t a = count_below(1e5), b = count_below(1e6), c = count_below(1e5), d = count_below(1e6);
        struct p_values table, swapped, transposed;
        assert_int_equal(fisher_test((struct fisher_table){a, b, c, d}, &table), STATS_OK);
        assert_int_equal(fisher_test((struct fisher_table){c, d, a, b}, &swapped), STATS_OK);
        assert_int_equal(fisher_test((struct fisher_table){d, b, c, a}, &transposed), STATS_OK);
        check_mirrored("rows swapped", table, swapped);
        check_relative("transposed and turned, greater", transposed.greater, table.greater, 1e-9);
        check_relative("transposed and turned, less", transposed.less, table.less, 1e-9);
        check_relative("transposed and turned, two-sided", transposed.two_sided, table.two_sided, 1e-9);
    }
}

static void test_count_properties__rates_may_be_swapped(void **unused) {
    (void)unused;
    for (int i = 0; i < REPEATS; i++) {
        struct poisson_count x = {count_below(1e7), 1000 * uniform()}, y = {count_below(1e7), 1000 * uniform()};
        double ratio = ldexp(1, (int)size_between(0, 4) - 2), alpha = some_alpha();
        y.exposure = x.exposure * ratio * (double)y.events / (double)x.events * (0.9 + 0.2 * uniform());
        struct poisson_test test, swapped;
        assert_int_equal(poisson_test(x, y, ratio, alpha, &test), STATS_OK);
        assert_int_equal(poisson_test(y, x, 1 / ratio, alpha, &swapped), STATS_OK);
        check_mirrored("sides swapped", test.p, swapped.p);
        check_relative("rate ratio", swapped.rate_ratio, 1 / test.rate_ratio, 1e-14);
        check_relative("low end", swapped.low, 1 / test.high, 1e-10);
        check_relative("high end", swapped.high, 1 / test.low, 1e-10);
    }
}

// The interval of the rate ratio ends where the one-sided tests reject at alpha/2.
static void test_count_properties__rate_limits_invert_the_test(void **unused) {
    (void)unused;
    for (int i = 0; i < REPEATS; i++) {
        struct poisson_count x = {count_below(1e6), 1}, y = {count_below(1e6), 1000 * uniform()};
        double alpha = some_alpha(), tolerance = 1e-9 * sqrt((double)(x.events + y.events));
        struct poisson_test test, at_low, at_high;
        assert_int_equal(poisson_test(x, y, 1, alpha, &test), STATS_OK);
        assert_int_equal(poisson_test(x, y, test.low, alpha, &at_low), STATS_OK);
        assert_int_equal(poisson_test(x, y, test.high, alpha, &at_high), STATS_OK);
        check_relative("greater at the low end", at_low.p.greater, alpha / 2, tolerance);
        check_relative("less at the high end", at_high.p.less, alpha / 2, tolerance);
    }
}

static void test_count_properties__adjusted_p_values_keep_their_order(void **unused) {
    (void)unused;
    static const enum p_adjust_method methods[] = {P_ADJUST_BENJAMINI_HOCHBERG, P_ADJUST_HOLM, P_ADJUST_BONFERRONI}; // ever more strict
    double p[MOST], reversed[MOST], adjusted[3][MOST], back[MOST], scratch[2 * MOST];
    for (int i = 0; i < REPEATS; i++) {
        size_t count = size_between(1, MOST);
        assert_in_range(p_adjust_scratch(count), 0, 2 * MOST);
        for (size_t k = 0; k < count; k++) p[k] = reversed[count - 1 - k] = i % 2 == 0 ? pow(uniform(), 4) : round(20 * uniform()) / 20;
        for (size_t m = 0; m < 3; m++) {
            assert_int_equal(p_adjust(methods[m], p, count, scratch, adjusted[m]), STATS_OK);
            assert_int_equal(p_adjust(methods[m], reversed, count, scratch, back), STATS_OK);
            for (size_t k = 0; k < count; k++) check_double("in reverse", back[count - 1 - k], adjusted[m][k], 0);
        }
        for (size_t k = 0; k < count; k++) {
            bool strict =
                p[k] <= adjusted[0][k] && adjusted[0][k] <= adjusted[1][k] && adjusted[1][k] <= adjusted[2][k] && adjusted[2][k] <= 1;
            if (!strict) fail_msg("%.17g becomes %.17g, %.17g, %.17g", p[k], adjusted[0][k], adjusted[1][k], adjusted[2][k]);
            if (k > 0 && (p[k] - p[k - 1]) * (adjusted[1][k] - adjusted[1][k - 1]) < 0) fail_msg("Holm turns the order of %zu", k);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_count_properties__binomial_tails_mirror_and_meet_at_the_mass),
        cmocka_unit_test(test_count_properties__binomial_limits_are_roots_of_the_tails),
        cmocka_unit_test(test_count_properties__tables_may_be_swapped_and_transposed),
        cmocka_unit_test(test_count_properties__rates_may_be_swapped),
        cmocka_unit_test(test_count_properties__rate_limits_invert_the_test),
        cmocka_unit_test(test_count_properties__adjusted_p_values_keep_their_order),
    };
    draws_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
