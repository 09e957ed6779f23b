// SPDX-License-Identifier: GPL-3.0-or-later
// Ends and estimates as the compatible judge reports them, to the last bit: they tell whether the search took the same path.
#include "stats/shift_interval.h"

#include "check.h"
#include "stats/rank.h"

#define MOST 30

struct pair {
    size_t m, n;
    double x[MOST], y[MOST];
};

static enum shift_status interval_of(const struct pair *pair, double confidence, struct shift_interval *ret) {
    double scratch[2 * MOST];
    double x[MOST], y[MOST];
    for (size_t i = 0; i < MOST; i++) {
        x[i] = pair->x[i];
        y[i] = pair->y[i];
    }
    rank_sort(x, pair->m);
    rank_sort(y, pair->n);
    struct shift_samples samples = {.x = x, .y = y, .x_count = pair->m, .y_count = pair->n, .scratch = scratch};
    shift_samples_prepare(&samples);
    return shift_interval(&samples, confidence, ret);
}

static void test_shift_interval__known_results(void **state) {
    (void)state;
    static const struct {
        const char *what;
        struct pair pair;
        struct shift_interval want;
    } cases[] = {
        {"clean drop", {5, 5, {1, 2.2, 1.1, 2.5, 3}, {20, 22, 21, 25, 30}}, {-28.99992173569856, -17.00007537441941, -20.348534089126225}},
        {"clean rise", {5, 5, {20, 22, 21, 25, 30}, {1, 2.2, 1.1, 2.5, 3}}, {17.00007537441941, 28.99992173569856, 20.0}},
        {"no change",
         {5, 5, {12.247, 8.5491, 7.4216, 6.3708, 6.6955}, {7.6954, 9.1536, 12.396, 10.674, 11.266}},
         {-6.025133564986733, 4.551533564986732, -2.126482999620103}},
        {"three a side", {3, 3, {8.5, 9, 9.5}, {5, 6, 7}}, {1.5, 4.5, 3}},
        {"many ties",
         {5, 5, {0.002, 0.001, 0.001, 0.002, 0.003}, {0.001, 0.002, 0.002, 0.002, 0.003}},
         {-0.002, 0.001028904649348437, -3.807764792637539e-05}},
        {"zero-inflated", {3, 3, {80.721, 0, 0}, {288.82, 0, 0}}, {-288.82, 80.721, -3.801974852865467e-05}},
        {"one against three", {3, 1, {50, 51, 52}, {1}}, {49, 51, 50}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct shift_interval got;
        assert_int_equal(interval_of(&cases[i].pair, 0.98, &got), SHIFT_OK);
        check_double(cases[i].what, got.lower, cases[i].want.lower, 0);
        check_double(cases[i].what, got.upper, cases[i].want.upper, 0);
        check_double(cases[i].what, got.estimate, cases[i].want.estimate, 0);
    }
}

static void test_shift_interval__infinity_gives_infinite_ends(void **state) {
    (void)state;
    struct pair pair = {20, 20, {0}, {0}};
    struct shift_interval got;
    for (size_t i = 0; i < 20; i++) {
        pair.x[i] = 5 + (double)i / 10;
        pair.y[i] = 1 + (double)i / 10;
    }
    pair.y[0] = (double)INFINITY;
    assert_int_equal(interval_of(&pair, 0.98, &got), SHIFT_OK);
    check_double("lower", got.lower, -(double)INFINITY, 0);
    check_double("upper", got.upper, -(double)INFINITY, 0);
    check_double("estimate", got.estimate, -(double)INFINITY, 0);
}

static void test_shift_interval__refuses_what_has_no_answer(void **state) {
    (void)state;
    struct shift_interval got = {1, 2, 3};
    struct pair empty = {0, 2, {0}, {1, 2}}, tied = {1, 1, {1.2}, {1.1}};
    assert_int_equal(interval_of(&empty, 0.98, &got), SHIFT_EMPTY);
    assert_int_equal(interval_of(&tied, 0.98, &got), SHIFT_NO_VARIANCE);
    check_double("untouched", got.upper, 2, 0);
}

static void test_shift_interval__swapping_sides_mirrors_the_statistic(void **state) {
    (void)state;
    double x[] = {1.5, 2.25, 4.75, 6.5}, y[] = {1, 3.5, 4.25};
    double scratch[7], mirrored[7];
    struct shift_samples a = {.x = x, .y = y, .x_count = 4, .y_count = 3, .scratch = scratch};
    struct shift_samples b = {.x = y, .y = x, .x_count = 3, .y_count = 4, .scratch = mirrored};
    shift_samples_prepare(&a);
    shift_samples_prepare(&b);
    for (double shift = -6; shift <= 6; shift += 0.375) {
        double one, other;
        assert_int_equal(shift_statistic(&a, shift, 0, &one), SHIFT_OK);
        assert_int_equal(shift_statistic(&b, -shift, 0, &other), SHIFT_OK);
        check_double("mirror", other, -one, 1e-12);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shift_interval__known_results),
        cmocka_unit_test(test_shift_interval__infinity_gives_infinite_ends),
        cmocka_unit_test(test_shift_interval__refuses_what_has_no_answer),
        cmocka_unit_test(test_shift_interval__swapping_sides_mirrors_the_statistic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
