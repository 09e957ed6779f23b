// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/summary.h"

#include "check.h"

static void test_summary__known_samples(void **state) {
    (void)state;
    static const struct {
        const char *what;
        size_t count;
        double values[6];
        struct summary want;
    } cases[] = {
        {"none", 0, {0}, {0, 0, 0, 0, 0}},
        {"one", 1, {2.385}, {2.385, 2.385, 2.385, 0, 1}},
        {"two levels", 6, {1, 1, 1, 10, 10, 10}, {1, 10, 5.5, 4.929503017546495, 6}},
        {"uneven", 5, {20, 22, 21, 25, 30}, {20, 30, 23.6, 4.03732584763727, 5}},
        {"small", 5, {1, 2.2, 1.1, 2.5, 3}, {1, 3, 1.96, 0.8792041856133306, 5}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct summary got;
        summary_of(cases[i].values, cases[i].count, &got);
        check_double(cases[i].what, got.min, cases[i].want.min, 0);
        check_double(cases[i].what, got.max, cases[i].want.max, 0);
        check_double(cases[i].what, got.mean, cases[i].want.mean, 0);
        check_double(cases[i].what, got.std, cases[i].want.std, 0);
        assert_int_equal(got.count, cases[i].want.count);
    }
}

static void test_summary__keeps_digits_of_a_spread_far_below_the_level(void **state) {
    (void)state;
    double values[] = {1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16};
    struct summary got;
    summary_of(values, 4, &got);
    check_double("mean", got.mean, 1e9 + 10, 0);
    check_double("std", got.std, 5.477225575051661, 1e-12);
}

static void test_summary__infinity_spoils_mean_but_not_range(void **state) {
    (void)state;
    double values[] = {1.5, (double)INFINITY, 2.5};
    struct summary got;
    summary_of(values, 3, &got);
    check_double("min", got.min, 1.5, 0);
    check_double("max", got.max, (double)INFINITY, 0);
    check_double("mean", got.mean, (double)NAN, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_summary__known_samples),
        cmocka_unit_test(test_summary__keeps_digits_of_a_spread_far_below_the_level),
        cmocka_unit_test(test_summary__infinity_spoils_mean_but_not_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
