// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: Abramowitz and Stegun, table 26.5, and the exact doubles other judges use.
#include "stats/normal.h"

#include "check.h"

static void test_normal__two_sided_levels_to_the_last_bit(void **state) {
    (void)state;
    check_double("98 %", normal_two_sided(0.98), 2.326347874040841, 0);
    check_double("95 %", normal_two_sided(0.95), 1.959963984540054, 0);
}

static void test_normal__quantiles_over_all_branches(void **state) {
    (void)state;
    static const struct {
        double p, want;
    } cases[] = {{0.5, 0},
                 {0.01, -2.3263478740408411},
                 {0.975, 1.9599639845400542},
                 {0.001, -3.0902323061678135},
                 {1e-4, -3.7190164854556804},
                 {1e-7, -5.1993375821928169},
                 {1e-12, -7.0344838253011319},
                 {0, -(double)INFINITY},
                 {1, (double)INFINITY},
                 {-0.2, (double)NAN},
                 {1.2, (double)NAN}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) check_double("quantile", normal_quantile(cases[i].p), cases[i].want, 1e-13);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_normal__two_sided_levels_to_the_last_bit),
        cmocka_unit_test(test_normal__quantiles_over_all_branches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
