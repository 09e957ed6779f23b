// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "breaker.h"

static void test_breaker__opens_after_failures_in_a_row_only(void **state) {
    (void)state;
    struct breaker b = {0};
    for (int i = 0; i < 10; i++) breaker_report(&b, i % BREAKER_FAILURES == 0, "no", 1000);
    assert_int_equal(breaker_ask(&b, 1000), BREAKER_GO);
    for (int i = 0; i < BREAKER_FAILURES; i++) breaker_report(&b, false, i == 0 ? "early" : "late", 1000);
    assert_int_equal(breaker_ask(&b, 1001), BREAKER_REFUSE);
    assert_string_equal(b.why, "late");
}

static struct breaker opened(void) {
    struct breaker b = {0};
    for (int i = 0; i < BREAKER_FAILURES; i++) breaker_report(&b, false, "no", 0);
    return b;
}

static void test_breaker__one_probe_decides(void **state) {
    (void)state;
    for (int good = 0; good < 2; good++) {
        struct breaker b = opened();
        assert_int_equal(breaker_ask(&b, BREAKER_OPEN_MS - 1), BREAKER_REFUSE);
        assert_int_equal(breaker_ask(&b, BREAKER_OPEN_MS), BREAKER_GO);
        assert_int_equal(breaker_ask(&b, BREAKER_OPEN_MS), BREAKER_WAIT);
        breaker_report(&b, good, "again", BREAKER_OPEN_MS + 5);
        assert_int_equal(breaker_ask(&b, BREAKER_OPEN_MS + 6), good ? BREAKER_GO : BREAKER_REFUSE);
        assert_int_equal(breaker_ask(&b, 2 * BREAKER_OPEN_MS + 5), BREAKER_GO);
    }
}

static void test_breaker__a_probe_that_was_not_sent_is_replaced(void **state) {
    (void)state;
    struct breaker b = opened();
    assert_int_equal(breaker_ask(&b, BREAKER_OPEN_MS), BREAKER_GO);
    breaker_forget(&b);
    assert_int_equal(breaker_ask(&b, BREAKER_OPEN_MS), BREAKER_GO);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_breaker__opens_after_failures_in_a_row_only),
        cmocka_unit_test(test_breaker__one_probe_decides),
        cmocka_unit_test(test_breaker__a_probe_that_was_not_sent_is_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
