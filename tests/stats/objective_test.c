// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/objective.h"

#include "check.h"

static void test_objective__budget_is_the_exact_decimal(void **state) {
    (void)state;
    static const struct {
        double percent, want;
    } cases[] = {{99.9, 0.001},
                 {99.99, 0.0001},
                 {99.999, 0.00001},
                 {99.9999, 0.000001},
                 {99.95, 0.0005},
                 {99.5, 0.005},
                 {99, 0.01},
                 {97.3, 0.027},
                 {95, 0.05},
                 {93.05, 0.0695},
                 {83.3, 0.167},
                 {50, 0.5},
                 {33.4, 0.666},
                 {0.1, 0.999},
                 {1e-7, 0.999999999},
                 {0, 1},
                 {100, 0},
                 {99.999999999999, 1e-14},
                 {100 - 0x1p-46, 0x1p-46 / 100},
                 {-0.1, (double)NAN},
                 {100.1, (double)NAN},
                 {(double)NAN, (double)NAN}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) check_double("budget", objective_budget(cases[i].percent), cases[i].want, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_objective__budget_is_the_exact_decimal)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
