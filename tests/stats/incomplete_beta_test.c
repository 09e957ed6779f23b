// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: the continued fraction of DLMF 8.17.22 with 60 digits, small shapes by the power series with 200.
#include "stats/incomplete_beta.h"

#include <stdbool.h>

#include "check.h"

static double slack(double value, double relative) {
    return relative * fmax(fmin(1, fabs(value)), 1e-15 * fabs(value));
}

static void test_incomplete_beta__both_tails(void **state) {
    (void)state;
    static const struct {
        double a, b, x, y, log_lower, log_upper;
    } cases[] = {
        {5, 3, 0.25, 0.75, -4.35220239436316784, -0.0129620637194559088}, // P(X >= 5) of 7: 211 / 2^14
        {0.5, 0.5, 0.1, 0.9, -1.58556141473035332, -0.229202827581115156},
        {1, 1000000, 1e-06, 0.999999, -0.458674854398649575, -1.00000050000033329},
        {3, 99998, 1e-05, 0.99999, -2.5219797132854392, -0.0837082681171782225},
        {1e9, 1e9, 0.49959, 0.50041, -676.921907112600165, -1.03884573609111085e-294},
        {5e9, 5e9, 0.5000004, 0.4999996, -0.631334799441209672, -0.759033536582438581},
        {1e6, 1e10, 9.58e-05, 0.9999042, -908.048728288520468, 0},
        {4e8, 6e8, 0.4, 0.6, -0.693143747016233379, -0.693150614115446502},
        {2.5, 1e9, 3.7e-09, 0.9999999963, -0.213874680084631499, -1.64739717615799088},
        {0.001, 5, 0.01, 0.99, -0.00256221057273941364, -5.96816571986819748},
        {1e-06, 0.25, 0.3, 0.7, -4.59277227708245884e-6, -12.291029030665583},
        {0.01, 1e6, 1e-07, 0.9999999, -0.0183017805388192744, -4.00989386050750085},
        {0.5, 1e6, 2e-06, 0.999998, -0.0465678274453313377, -3.09003893303639556},
        {1e-12, 50, 0.018, 0.982, -2.60570266449388305e-13, -28.9759038332399784},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct beta_tails tails = incomplete_beta(cases[i].a, cases[i].b, cases[i].x, cases[i].y);
        check_double("lower", tails.log_lower, cases[i].log_lower, slack(cases[i].log_lower, 5e-13));
        check_double("upper", tails.log_upper, cases[i].log_upper, slack(cases[i].log_upper, 5e-13));
        struct beta_tails other = incomplete_beta(cases[i].b, cases[i].a, cases[i].y, cases[i].x);
        check_double("mirrored lower", other.log_lower, tails.log_upper, 0);
        check_double("mirrored upper", other.log_upper, tails.log_lower, 0);
    }
    check_double("no logarithm, lower", incomplete_beta_lower(5, 3, 0.25, 0.75), 211.0 / 16384, 1e-17);
    check_double("no logarithm, upper", incomplete_beta_upper(5, 3, 0.25, 0.75), 16173.0 / 16384, 1e-15);
}

static void test_incomplete_beta__ends_and_domain(void **state) {
    (void)state;
    static const double inf = (double)INFINITY, nan_ = (double)NAN;
    const struct {
        double a, b, x, y, log_lower, log_upper;
    } cases[] = {
        {3, 4, 0, 1, -inf, 0},
        {3, 4, 1, 0, 0, -inf},
        {0, 4, 0.3, 0.7, 0, -inf},
        {3, 0, 0.3, 0.7, -inf, 0},
        {0, 0, 0.3, 0.7, nan_, nan_},
        {-1, 4, 0.3, 0.7, nan_, nan_},
        {3, -1, 0.3, 0.7, nan_, nan_},
        {inf, 4, 0.3, 0.7, nan_, nan_},
        {nan_, 4, 0.3, 0.7, nan_, nan_},
        {3, 4, -0.1, 1.1, nan_, nan_},
        {3, 4, 1.1, -0.1, nan_, nan_},
        {3, 4, nan_, 0.7, nan_, nan_},
        {3, 4, 0.3, nan_, nan_, nan_},
        {1e-310, 4, 0.3, 0.7, nan_, nan_},
        {1e21, 1e21, 0.5, 0.5, nan_, nan_},
        {1e19, 1e19, 0.5, 0.5, nan_, nan_}, // the fraction does not settle
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct beta_tails tails = incomplete_beta(cases[i].a, cases[i].b, cases[i].x, cases[i].y);
        check_double("lower", tails.log_lower, cases[i].log_lower, 0);
        check_double("upper", tails.log_upper, cases[i].log_upper, 0);
    }
}

static void test_incomplete_beta__roots(void **state) {
    (void)state;
    static const struct {
        bool upper;
        double a, b, log_p, x, y;
    } cases[] = {
        {false, 3, 99998, -3.6888794541139363, 6.18676395892203128e-6, 0.999993813236041078},
        {true, 4, 99997, -3.6888794541139363, 0.0000876702025663620157, 0.999912329797433638},
        {false, 10, 999999991, -27.631021115928547, 2.93460374595252361e-10, 0.999999999706539625},
        {true, 1, 3000, -2.995732273553991, 0.000998079011996586956, 0.999001920988003413}, // 1 - 0.05^(1/3000)
        {false, 5e8, 5e8, -5.298317366548036, 0.499959272562742275, 0.500040727437257725},
        {false, 2.5, 0.75, -1.2039728043259361, 0.692479479299896787, 0.307520520700103213},
        {false, 1e6, 7, -690.7755278982137, 0.999276553042419555, 0.000723446957580444963},
        {true, 1e6, 7, -20.72326583694641, 0.99999982097674013, 1.79023259870438742e-7},
        {false, 7, 1e9, -0.0010005003335835344, 1.80616366229027977e-8, 0.999999981938363377},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct beta_root root = cases[i].upper ? incomplete_beta_root_upper(cases[i].a, cases[i].b, cases[i].log_p)
                                               : incomplete_beta_root_lower(cases[i].a, cases[i].b, cases[i].log_p);
        check_double("x", root.x, cases[i].x, 1e-12 * cases[i].x);
        check_double("y", root.y, cases[i].y, 1e-12 * cases[i].y);
    }
}

static void test_incomplete_beta__log_factor(void **state) {
    (void)state;
    check_double("a 5, b 3", incomplete_beta_log_factor(5, 3, 0.25, 0.75), log(105.0 * 27 / 65536), 1e-15); // 105 = 1 / B(5, 3)
    check_double("x 0", incomplete_beta_log_factor(5, 3, 0, 1), -(double)INFINITY, 0);
    check_double("y 0", incomplete_beta_log_factor(5, 3, 1, 0), -(double)INFINITY, 0);
    check_double("a 0", incomplete_beta_log_factor(0, 3, 0.25, 0.75), (double)NAN, 0);
    check_double("x above 1", incomplete_beta_log_factor(5, 3, 1.1, -0.1), (double)NAN, 0);
}

// Small shapes put their mass at the very ends, where the tails are flat.
static void test_incomplete_beta__tails_of_roots(void **state) {
    (void)state;
    static const double shapes[] = {0.02, 0.3, 1, 7.5, 1e4, 1e9}, log_ps[] = {-690, -30, -3.7, -0.7, -0.69, -0.01};
    for (size_t i = 0; i < 36; i++) {
        for (size_t k = 0; k < sizeof log_ps / sizeof *log_ps; k++) {
            double a = shapes[i / 6], b = shapes[i % 6];
            struct beta_root root = incomplete_beta_root_lower(a, b, log_ps[k]);
            if (root.x == 0 || root.y == 0) continue; // beyond the smallest double
            check_double("ln p", incomplete_beta(a, b, root.x, root.y).log_lower, log_ps[k], 2e-10);
        }
    }
}

static void test_incomplete_beta__ends_and_domain_of_roots(void **state) {
    (void)state;
    static const double inf = (double)INFINITY, nan_ = (double)NAN;
    const struct {
        double a, b, log_p, x, y;
    } cases[] = {
        {3, 4, -inf, 0, 1},     {3, 4, 0, 1, 0},         {0, 4, -1, 0, 1},          {3, 0, -1, 1, 0},         {1e-3, 4, -20, 0, 1},
        {1e-299, 3, -1, 0, 1},  {3, 1e-299, -1, 1, 0},   {3, 4, -1e300, 0, 1},      {3, 4, 0.1, nan_, nan_},  {3, 4, nan_, nan_, nan_},
        {0, 0, -1, nan_, nan_}, {-1, 4, -1, nan_, nan_}, {3, nan_, -1, nan_, nan_}, {inf, 3, -1, nan_, nan_},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct beta_root lower = incomplete_beta_root_lower(cases[i].a, cases[i].b, cases[i].log_p);
        struct beta_root upper = incomplete_beta_root_upper(cases[i].b, cases[i].a, cases[i].log_p);
        check_double("x", lower.x, cases[i].x, 0);
        check_double("y", lower.y, cases[i].y, 0);
        check_double("x of the upper tail", upper.x, cases[i].y, 0);
        check_double("y of the upper tail", upper.y, cases[i].x, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_incomplete_beta__both_tails),     cmocka_unit_test(test_incomplete_beta__ends_and_domain),
        cmocka_unit_test(test_incomplete_beta__log_factor),     cmocka_unit_test(test_incomplete_beta__roots),
        cmocka_unit_test(test_incomplete_beta__tails_of_roots), cmocka_unit_test(test_incomplete_beta__ends_and_domain_of_roots),
    };
    return cmocka_run_group_tests(tests, check_setup, NULL);
}
