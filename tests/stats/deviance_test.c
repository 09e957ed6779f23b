// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: the definitions with 50 digits.
#include "deviance.h"

#include "check.h"

static void test_deviance__keeps_its_digits(void **state) {
    (void)state;
    static const struct {
        double x, mean, want;
    } cases[] = {{1e9, 1000000123.5, 7.62612437211576649e-6},
                 {7, 7.25, 0.0043607613211092773},
                 {3, 900, 879.888652576031397},
                 {250, 2e-3, 2684.01925407110954},
                 {1e-300, 1e300, 1e300},
                 {0, 2.385, 2.385},
                 {0, 0, 0},
                 {2.385, 0, (double)INFINITY},
                 {2.385, 2.385, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_double("deviance", deviance(cases[i].x, cases[i].mean), cases[i].want, 1e-15 * cases[i].want);
}

static void test_deviance__takes_a_shift_finer_than_the_mean(void **state) {
    (void)state;
    check_double("near", deviance_shifted(1e9, 1e9, 1e-4), 5e-18, 1e-30); // shift^2 / (2 x)
    check_double("far", deviance_shifted(3, 900, 897), 879.888652576031397, 1e-12);
}

static void test_stirling_error__over_all_ranges(void **state) {
    (void)state;
    static const struct {
        double x, want;
    } cases[] = {{1e-05, 4.83764355646068842},  {0.25, 0.272510401213432061},   {0.75, 0.106262936339567862},
                 {1, 0.0810614667953272582},    {2.385, 0.0347450239213569776}, {17, 0.00490139594843473786},
                 {1e4, 8.33333333055555556e-6}, {1e9, 8.33333333333333333e-11}, {0, (double)NAN},
                 {-2.385, (double)NAN}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) check_double("error", stirling_error(cases[i].x), cases[i].want, 1e-15);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_deviance__keeps_its_digits),
        cmocka_unit_test(test_deviance__takes_a_shift_finer_than_the_mean),
        cmocka_unit_test(test_stirling_error__over_all_ranges),
    };
    return cmocka_run_group_tests(tests, check_setup, NULL);
}
