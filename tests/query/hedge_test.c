// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "hedge.h"

static void test_hedge__none_unless_it_is_set(void **state) {
    (void)state;
    struct hedge h = {0};
    for (int i = 0; i < 100; i++) hedge_answer(&h, 5);
    assert_int_equal(hedge_after_ms(&h), INT64_MAX);
    h.after_ms = 400;
    assert_int_equal(hedge_after_ms(&h), 400);
}

static void test_hedge__share_of_the_last_answers(void **state) {
    (void)state;
    struct hedge h = {.share = 0.95};
    for (int i = 0; i < 19; i++) hedge_answer(&h, 100 - i);
    assert_int_equal(hedge_after_ms(&h), INT64_MAX); // too few to tell
    hedge_answer(&h, 81);
    assert_int_equal(hedge_after_ms(&h), 101);
    for (int i = 0; i < 128; i++) hedge_answer(&h, 1 + i * 7 % 128); // 1 to 128 in some order; the earlier ones are forgotten
    assert_int_equal(hedge_after_ms(&h), 123);
}

static void test_hedge__one_of_twenty_at_most(void **state) {
    (void)state;
    struct hedge h = {.after_ms = 1};
    int taken = 0;
    for (int i = 0; i < 210; i++) {
        hedge_request(&h);
        taken += hedge_take(&h);
        if (i < 19) assert_int_equal(taken, 0);
    }
    assert_int_equal(taken, 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hedge__none_unless_it_is_set),
        cmocka_unit_test(test_hedge__share_of_the_last_answers),
        cmocka_unit_test(test_hedge__one_of_twenty_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
