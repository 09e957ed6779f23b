// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: the incomplete beta with 60 digits; the row at 1e150 by its leading term, exact to 1e-299.
#include "stats/student_t.h"

#include "check.h"
#include "stats/normal.h"

static void test_student_t__upper_tails(void **state) {
    (void)state;
    static const struct {
        double t, df, want;
    } cases[] = {{0, 3.7, 0.5},
                 {1e-200, 3.7, 0.5},
                 {1e-08, 3.7, 0.499999996268384505},
                 {0.25, 1, 0.422020869622630675},
                 {3, 5, 0.0150496239487312869},
                 {-3, 5, 0.984950376051268713},
                 {12, 58.3, 1.08797371011448233e-17},
                 {40, 200, 1.12436982676012533e-97},
                 {1.7, 0.3, 0.295556534207453512},
                 {37, 1e9, 5.72825842877756956e-300},
                 {1e7, 2.5, 2.27475192372845791e-18},
                 {5, 0.001, 0.497130236290064454},
                 {2.385, 1e15, 0.00853956067668209664},
                 {300, 40, 5.62015126967360286e-69},
                 {1e150, 1.5, 3.77085243201624646e-226},
                 {1e300, 40, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_double("tail", student_t_upper(cases[i].t, cases[i].df), cases[i].want, 1e-12 * cases[i].want);
}

static void test_student_t__is_normal_in_the_limit(void **state) {
    (void)state;
    check_double("2e18", student_t_upper(2.385, 2e18), normal_upper(2.385), 0);
    check_double("infinite", student_t_upper(2.385, (double)INFINITY), normal_upper(2.385), 0);
    check_double("on both sides of the switch", student_t_upper(37, 0.9e18), normal_upper(37), 1e-12 * normal_upper(37));
}

static void test_student_t__root_meets_the_tail(void **state) {
    (void)state;
    static const double tails[] = {1e-300, 1e-17, 0.004, 0.05, 0.31, 0.72, 0.95}, dfs[] = {1, 3, 6.6629, 58.3, 1e6, 2e18};
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        for (size_t k = 0; k < sizeof dfs / sizeof *dfs; k++) {
            double t = student_t_upper_root(tails[i], dfs[k]);
            check_double("tail at the root", student_t_upper(t, dfs[k]), tails[i], tails[i] > 1e-18 ? 1e-11 * tails[i] : 1e-8 * tails[i]);
        }
    }
    check_double("quantile of 5 df", student_t_upper_root(0.05, 5), 2.01504837333302346, 1e-12);
    check_double("middle", student_t_upper_root(0.5, 5), 0, 1e-12);
    check_double("end", student_t_upper_root(0, 5), (double)INFINITY, 0);
    check_double("other end", student_t_upper_root(1, 5), -(double)INFINITY, 0);
    check_double("no tail", student_t_upper_root((double)NAN, 5), (double)NAN, 0);
    check_double("tail above 1", student_t_upper_root(1.1, 5), (double)NAN, 0);
    check_double("df 0", student_t_upper_root(0.1, 0), (double)NAN, 0);
}

static void test_student_t__ends_and_domain(void **state) {
    (void)state;
    check_double("far right", student_t_upper((double)INFINITY, 2.5), 0, 0);
    check_double("far left", student_t_upper(-(double)INFINITY, 2.5), 1, 0);
    check_double("no t", student_t_upper((double)NAN, 2.5), (double)NAN, 0);
    check_double("no df", student_t_upper(1, (double)NAN), (double)NAN, 0);
    check_double("df next to 0", student_t_upper(1, 1e-300), (double)NAN, 0);
    check_double("df 0", student_t_upper(1, 0), (double)NAN, 0);
    check_double("df below 0", student_t_upper(1, -2.5), (double)NAN, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_student_t__upper_tails),
        cmocka_unit_test(test_student_t__is_normal_in_the_limit),
        cmocka_unit_test(test_student_t__root_meets_the_tail),
        cmocka_unit_test(test_student_t__ends_and_domain),
    };
    return cmocka_run_group_tests(tests, check_setup, NULL);
}
