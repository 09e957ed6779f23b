// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "pace.h"

static void test_pace__spaces_requests_evenly(void **state) {
    (void)state;
    struct pace p = {.rate = 3};
    int64_t now = 5000;
    for (int i = 0; i < 31; i++) {
        now = pace_due_ms(&p, now);
        pace_take(&p, now);
    }
    assert_in_range((uint64_t)now, 14999, 15030);      // thirty gaps at three a second
    assert_int_equal(pace_due_ms(&p, 100000), 100000); // idle time is not saved up
    pace_take(&p, 100000);
    assert_int_equal(pace_due_ms(&p, 100000), 100334);
}

static void test_pace__without_a_rate_only_pauses_count(void **state) {
    (void)state;
    struct pace p = {0};
    pace_take(&p, 10);
    assert_int_equal(pace_due_ms(&p, 10), 10);
    pace_pause(&p, 300);
    pace_pause(&p, 200);
    assert_int_equal(pace_due_ms(&p, 10), 300);
    assert_int_equal(pace_due_ms(&p, 301), 301);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pace__spaces_requests_evenly),
        cmocka_unit_test(test_pace__without_a_rate_only_pauses_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
