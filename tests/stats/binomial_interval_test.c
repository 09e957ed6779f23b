// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: R's qbeta at small totals, the incomplete beta with 60 digits at large ones; Wilson by its formula with 60.
#include "stats/binomial_interval.h"

#include <stdbool.h>

#include "check.h"

static void check_interval(struct binomial_interval got, double low, double high) {
    check_double("low", got.low, low, 1e-11 * low);
    check_double("high", got.high, high, 1e-11 * high);
}

static void test_binomial_interval__exact(void **state) {
    (void)state;
    static const struct {
        uint64_t k, n;
        double alpha;
        enum binomial_side side;
        double low, high;
    } cases[] = {
        {1, 10, 0.05, BINOMIAL_TWO_SIDED, 0.0025285785444617843, 0.44501611702819543},
        {7, 33, 0.2, BINOMIAL_TWO_SIDED, 0.12213041088550278, 0.33090167938207959},
        {13, 1000, 0.01, BINOMIAL_TWO_SIDED, 0.0055981288880180271, 0.025337548238268726},
        {10, 100000, 0.05, BINOMIAL_TWO_SIDED, 4.7954895139011399e-05, 0.00018389584537664981},
        {10, 1000000000, 1e-12, BINOMIAL_TWO_SIDED, 2.73308142396841351e-10, 5.31552624781765696e-8},
        {1000000, 1000000000, 0.05, BINOMIAL_TWO_SIDED, 0.000998041960675845956, 0.0010019609288197938},
        {500000000, 1000000000, 0.01, BINOMIAL_TWO_SIDED, 0.499959272062762641, 0.500040727937237359},
        {999999999, 1000000000, 0.05, BINOMIAL_TWO_SIDED, 0.999999994428356622, 0.999999999974682192},
        {0, 3000, 0.05, BINOMIAL_UPPER, 0, 0.00099807901199658691}, // 1 - 0.05^(1/3000)
        {0, 3000, 0.05, BINOMIAL_LOWER, 0, 1},
        {0, 3000, 0.1, BINOMIAL_TWO_SIDED, 0, 0.00099807901199658691},
        {3000, 3000, 0.05, BINOMIAL_LOWER, 0.99900192098800341, 1},
        {3000, 3000, 0.05, BINOMIAL_UPPER, 0, 1},
        {1, 10, 0.025, BINOMIAL_LOWER, 0.0025285785444617843, 1},
        {1, 10, 0.025, BINOMIAL_UPPER, 0, 0.44501611702819543},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct binomial_interval got;
        assert_int_equal(binomial_interval_exact(cases[i].k, cases[i].n, cases[i].alpha, cases[i].side, &got), STATS_OK);
        check_interval(got, cases[i].low, cases[i].high);
    }
}

static void test_binomial_interval__wilson(void **state) {
    (void)state;
    static const struct {
        uint64_t k, n;
        double alpha, low, high;
    } cases[] = {
        {0, 10, 0.05, 0.0, 0.277532799862889248},
        {10, 10, 0.05, 0.722467200137110752, 1.0},
        {7, 33, 0.2, 0.135716015367231887, 0.315822733902480042},
        {13, 1000, 0.01, 0.00646953398807950858, 0.0259502606278387446},
        {3, 1000000000, 0.05, 1.02027072887692358e-9, 8.82118805401164364e-9},
        {999999990, 1000000000, 1e-12, 0.999999930596729915, 0.999999998559145775},
        {1, 1000000, 1e-12, 1.89303602176520253e-8, 0.0000528225108746033155},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct binomial_interval got;
        assert_int_equal(binomial_interval_wilson(cases[i].k, cases[i].n, cases[i].alpha, &got), STATS_OK);
        check_interval(got, cases[i].low, cases[i].high);
    }
}

static void test_binomial_interval__statuses(void **state) {
    (void)state;
    static const struct {
        uint64_t k, n;
        double alpha;
        enum stats_status want;
    } cases[] = {{0, 0, 0.05, STATS_NODATA},   {1, 0, 0.05, STATS_INVALID},          {11, 10, 0.05, STATS_INVALID},
                 {1, 10, 0, STATS_INVALID},    {1, UINT64_MAX, 0.05, STATS_INVALID}, {1, 10, 1, STATS_INVALID},
                 {1, 10, -0.1, STATS_INVALID}, {1, 10, (double)NAN, STATS_INVALID}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct binomial_interval exact, wilson;
        assert_int_equal(binomial_interval_exact(cases[i].k, cases[i].n, cases[i].alpha, BINOMIAL_TWO_SIDED, &exact), cases[i].want);
        assert_int_equal(binomial_interval_wilson(cases[i].k, cases[i].n, cases[i].alpha, &wilson), cases[i].want);
        bool nodata = cases[i].want == STATS_NODATA;
        check_interval(exact, nodata ? 0 : (double)NAN, nodata ? 1 : (double)NAN);
        check_interval(wilson, nodata ? 0 : (double)NAN, nodata ? 1 : (double)NAN);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_binomial_interval__exact),
        cmocka_unit_test(test_binomial_interval__wilson),
        cmocka_unit_test(test_binomial_interval__statuses),
    };
    return cmocka_run_group_tests(tests, check_setup, NULL);
}
