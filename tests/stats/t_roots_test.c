// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "stats/student_t.h"
#include "stats/t_roots.h"

static void test_t_roots__are_those_of_the_distribution(void **state) {
    (void)state;
    struct t_roots roots = {0};
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 3 * T_ROOTS_MOST; i++) { // more than are kept
            double p = 0.005 * (1 + i % 3), df = 7.25 + i / 3;
            double expected = student_t_upper_root(p, df);
            assert_true(t_roots_upper(&roots, p, df) == expected);
            assert_true(t_roots_upper(NULL, p, df) == expected);
        }
    }
    assert_int_equal(roots.count, T_ROOTS_MOST);
}

static void test_t_roots__keeps_each_once(void **state) {
    (void)state;
    struct t_roots roots = {0};
    for (int i = 0; i < 5; i++) t_roots_upper(&roots, 0.05, 12.5);
    assert_int_equal(roots.count, 2); // and the normal one
    t_roots_upper(&roots, 0.025, 12.5);
    t_roots_upper(&roots, 0.05, 12);
    assert_int_equal(roots.count, 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_t_roots__are_those_of_the_distribution),
        cmocka_unit_test(test_t_roots__keeps_each_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
