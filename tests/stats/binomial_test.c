// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: sums of exact fractions; from a thousand million trials on the incomplete beta with 60 digits.
#include "stats/binomial.h"

#include "check.h"

static void test_binomial__tails_and_mass(void **state) {
    (void)state;
    static const struct {
        uint64_t k, n;
        double p, at_least, at_most, mass;
    } cases[] = {
        {1, 1000, 0.001, 0.632304575229035963, 0.735758913030187305, 0.368063488259223268},
        {0, 10, 0.2, 1.0, 0.107374182399999985, 0.107374182399999985},
        {3, 10, 0.2, 0.322200473600000034, 0.87912611839999998, 0.201326592000000014},
        {10, 10, 0.2, 1.02400000000000057e-7, 1.0, 1.02400000000000057e-7},
        {17, 60, 0.75, 0.999999999999994512, 4.31087139509492789e-14, 3.76202358517412409e-14},
        {60, 60, 0.999, 0.941736262223168147, 1.0, 0.941736262223168147},
        {40, 200, 1e-08, 2.05015479495444784e-278, 1.0, 2.05015471494840635e-278},
        {150, 300, 0.01, 2.09736779176156054e-212, 1.0, 2.07632537500271154e-212},
        {1001000, 1000000000, 0.001, 0.158655213614599509, 0.84158667654707476, 0.000241890161674269202},
        {1036000, 1000000000, 0.001, 4.621474179278561e-281, 1.0, 1.6087623459033329e-282},
        {500000000, 1000000000, 0.5, 0.500012615662606947, 0.500012615662606947, 0.0000252313252138937692},
        {2001000000, 20000000000, 0.1, 4.05882491501261167e-123, 1.0, 2.25781793623359901e-126},
        {3, 1000000000, 1e-09, 0.0803013969794243471, 0.981011843185159427, 0.0613132401645837744},
        {0, 0, 0.3, 1, 1, 1},
        {11, 10, 0.3, 0, 1, 0},
        {0, 10, 0, 1, 1, 1},
        {3, 10, 0, 0, 1, 0},
        {3, 10, 1, 1, 0, 0},
        {10, 10, 1, 1, 1, 1},
        {3, 10, -0.1, (double)NAN, (double)NAN, (double)NAN},
        {3, 10, 1.1, (double)NAN, (double)NAN, (double)NAN},
        {3, 10, (double)NAN, (double)NAN, (double)NAN, (double)NAN},
        {0, 10, (double)NAN, (double)NAN, (double)NAN, (double)NAN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t k = cases[i].k, n = cases[i].n;
        double p = cases[i].p;
        check_double("at least", binomial_at_least(k, n, p, 1 - p), cases[i].at_least, 1e-12 * cases[i].at_least);
        check_double("at most", binomial_at_most(k, n, p, 1 - p), cases[i].at_most, 1e-12 * cases[i].at_most);
        check_double("mass", binomial_mass(k, n, p, 1 - p), cases[i].mass, 1e-12 * cases[i].mass);
    }
}

static void test_binomial__takes_a_small_q_at_its_word(void **state) {
    (void)state;
    check_double("one failure of two", binomial_mass(1, 2, 1, 1e-30), 2e-30, 1e-42);
    check_double("some failure of 5", binomial_at_most(4, 5, 1, 1e-30), 5e-30, 1e-41);
    check_double("ln of none of 1e9", binomial_log_mass(1000000000, 1000000000, 1, 1e-30), -1e-21, 1e-33);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_binomial__tails_and_mass),
        cmocka_unit_test(test_binomial__takes_a_small_q_at_its_word),
    };
    return cmocka_run_group_tests(tests, check_setup, NULL);
}
