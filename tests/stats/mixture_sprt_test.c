// SPDX-License-Identifier: GPL-3.0-or-later
// The mixture test. Wanted values: the integral over the mixture by R's integrate(), and decimal arithmetic with 50 digits.
#include "stats/mixture_sprt.h"

#include "check.h"

static void test_mixture_sprt__equals_the_integral_over_the_mixture(void **state) {
    (void)state;
    static const struct {
        struct mixture_sprt_model model;
        double n, mean, log_lr, p, tolerance;
    } cases[] = {
        {{0.002, 2.5, 0.004}, 1e4, 0.0123, -1.216907848498696, 1, 1e-11},
        {{0.2, 2.5, 0.4}, 37.5, -1.83, 25.518544925472344, 8.2686908089857483e-12, 1e-13},
        {{0, 1, 0.1}, 50, 0.3, 0.9791202653859724, 0.37564141829150666, 1e-14},
        {{0, 1, 0}, 50, 0.3, 0, 1, 0}, // no alternative
        {{0, 1, 1}, 1e9, 0.03, 449989.63791708101, 0, 1e-9},
        {{1e-9, 1e-18, 1e-18}, 3, 3e-9, 3.8068528194400547, 0.022217993076484616, 1e-14}, // 4.5 - ln(2), in nanoseconds
        {{0, 1e-300, 1e300}, 1, 1e-150, -690.2755278982138, 1, 1e-12},                    // weights that overflow
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mixture_sprt got;
        assert_int_equal(mixture_sprt_test(&cases[i].model, cases[i].n, cases[i].mean, &got), STATS_OK);
        check_double("log LR", got.log_lr, cases[i].log_lr, cases[i].tolerance);
        check_double("p", got.p_always_valid, cases[i].p, cases[i].tolerance * cases[i].p);
    }
}

static void test_mixture_sprt__statuses(void **state) {
    (void)state;
    const double inf = (double)INFINITY, nan = (double)NAN;
    const struct {
        struct mixture_sprt_model model;
        double n, mean;
        enum stats_status status;
        double log_lr, p;
    } cases[] = {
        {{0, 1, 1}, 0, 2.385, STATS_NODATA, 0, 1},      {{0, 1, 1}, 5, nan, STATS_NODATA, 0, 1},
        {{0, 1, 1}, 5, inf, STATS_NONFINITE, nan, nan}, {{0, 1, 1}, inf, 1, STATS_NONFINITE, nan, nan},
        {{0, 0, 1}, 5, 1, STATS_DEGENERATE, nan, nan},  {{0, -1, 1}, 5, 1, STATS_INVALID, nan, nan},
        {{0, 1, -1}, 5, 1, STATS_INVALID, nan, nan},    {{nan, 1, 1}, 5, 1, STATS_INVALID, nan, nan},
        {{0, 1, 1}, -1, 1, STATS_INVALID, nan, nan},    {{0, 1, inf}, 5, 1, STATS_INVALID, nan, nan},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mixture_sprt got;
        assert_int_equal(mixture_sprt_test(&cases[i].model, cases[i].n, cases[i].mean, &got), cases[i].status);
        check_double("log LR", got.log_lr, cases[i].log_lr, 0);
        check_double("p", got.p_always_valid, cases[i].p, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mixture_sprt__equals_the_integral_over_the_mixture),
        cmocka_unit_test(test_mixture_sprt__statuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
