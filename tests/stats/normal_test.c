// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: tails with 60 digits; Abramowitz and Stegun, table 26.5, and the exact doubles other judges use.
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

static void test_normal__upper_tails_and_their_logarithms(void **state) {
    (void)state;
    static const struct {
        double z, upper, log_upper;
    } cases[] = {{-10, 1, -7.61985302416052607e-24},
                 {-3, 0.998650101968369905, -0.0013508099647481938},
                 {-0.25, 0.598706325682923724, -0.512984075409430432},
                 {0, 0.5, -0.693147180559945309},
                 {1e-09, 0.49999999960105772, -0.693147181357829871},
                 {1, 0.158655253931457051, -1.84102164500926351},
                 {2.385, 0.00853956067668200407, -4.76304571551637059},
                 {5.999, 9.92681791028903811e-10, -20.7306109553751816},
                 {9.999999999999999, 7.61985302416060238e-24, -53.2312851505124606},
                 {10, 7.61985302416052607e-24, -53.2312851505124706},
                 {12.5, 3.73256429887771338e-36, -81.5759678707438832},
                 {37, 5.72557122252457682e-300, -689.030585576890594},
                 {37.5, 4.60535300958195484e-308, -707.668989317507191},
                 {100, 0, -5005.52420869420509},
                 {99999, 0, -4999900012.931854},
                 {1e5, 0, -5000000012.431864},
                 {1e150, 0, -5e299},
                 {1e200, 0, -(double)INFINITY},
                 {(double)INFINITY, 0, -(double)INFINITY},
                 {-(double)INFINITY, 1, 0},
                 {(double)NAN, (double)NAN, (double)NAN}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_double("tail", normal_upper(cases[i].z), cases[i].upper, 1e-13 * cases[i].upper);
        check_double("logarithm", normal_log_upper(cases[i].z), cases[i].log_upper, 1e-14 * fabs(cases[i].log_upper));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_normal__two_sided_levels_to_the_last_bit),
        cmocka_unit_test(test_normal__quantiles_over_all_branches),
        cmocka_unit_test(test_normal__upper_tails_and_their_logarithms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
