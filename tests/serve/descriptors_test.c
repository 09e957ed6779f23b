// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <cmocka.h>

#include "serve/descriptors.h"

static void test_descriptors__leave_some_for_all_else(void **state) {
    static const size_t cases[][2] = {{0, 1}, {64, 1}, {65, 1}, {66, 2}, {256, 192}, {1024, 768}, {4096, 3072}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) assert_int_equal(descriptors_for_clients(cases[i][0]), cases[i][1]);
}

static void test_descriptors__are_raised_up_to_the_hard_limit(void **state) {
    struct rlimit now, then = {100, 1000};
    (void)state;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &then), 0);
    assert_int_equal(descriptors_raise(30), 30); // enough are left as it is
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &now), 0);
    assert_int_equal(now.rlim_cur, 100);
    assert_int_equal(descriptors_raise(200), 200);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &now), 0);
    assert_int_equal(now.rlim_cur, 1000);
    assert_int_equal(descriptors_raise(2048), 750);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_descriptors__leave_some_for_all_else),
        cmocka_unit_test(test_descriptors__are_raised_up_to_the_hard_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
