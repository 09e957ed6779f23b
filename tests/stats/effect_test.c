// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/effect.h"

#include "check.h"

static void test_effect__mean_ratio(void **state) {
    (void)state;
    double x[] = {20, 22, 21, 25, 30}, y[] = {1, 2.2, 1.1, 2.5, 3}, zero[] = {-2.5, 2.5};
    check_double("ratio", effect_mean_ratio(x, 5, y, 5), 12.040816326530614, 0);
    check_double("zero below", effect_mean_ratio(x, 5, zero, 2), (double)NAN, 0);
    check_double("zero above", effect_mean_ratio(zero, 2, y, 5), (double)NAN, 0);
}

static void test_effect__cles_counts_pairs_with_ties_half(void **state) {
    (void)state;
    double scratch[16];
    static const struct {
        double x[3], y[4], want;
    } cases[] = {
        {{5, 6, 7}, {1, 2, 3, 4}, 1},
        {{1, 2, 3}, {4, 5, 6, 7}, 0},
        {{2, 2, 2}, {2, 2, 2, 2}, 0.5},
        {{1, 3, 5}, {2, 3, 4, 6}, (0 + 1.5 + 3) / 12},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_double("cles", effect_cles(cases[i].x, 3, cases[i].y, 4, scratch), cases[i].want, 0);
    check_double("empty", effect_cles(cases[0].x, 0, cases[0].y, 4, scratch), (double)NAN, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_effect__mean_ratio),
        cmocka_unit_test(test_effect__cles_counts_pairs_with_ties_half),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
