// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/retry.h"

static void test_retry__backoff_doubles_up_to_its_cap(void **state) {
    (void)state;
    static const struct {
        int failed;
        int64_t most;
    } cases[] = {{1, 250}, {2, 500}, {3, 1000}, {4, 2000}, {6, 8000}, {7, 10000}, {60, 10000}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t seed = 2385;
        int64_t longest = 0, shortest = INT64_MAX;
        for (int k = 0; k < 4000; k++) {
            int64_t wait = retry_backoff_ms(cases[i].failed, &seed);
            assert_true(wait >= 0);
            if (wait > longest) longest = wait;
            if (wait < shortest) shortest = wait;
        }
        assert_in_range((uint64_t)longest, (uint64_t)(cases[i].most * 98 / 100), (uint64_t)cases[i].most);
        assert_in_range((uint64_t)shortest, 0, (uint64_t)(cases[i].most * 2 / 100)); // full jitter reaches down to nothing
    }
}

static void test_retry__same_seed_gives_same_waits(void **state) {
    (void)state;
    uint64_t a = 71, b = 71, c = 72;
    int same = 0;
    for (int i = 1; i < 20; i++) {
        int64_t wait = retry_backoff_ms(i, &a);
        assert_int_equal(wait, retry_backoff_ms(i, &b));
        if (wait == retry_backoff_ms(i, &c)) same++;
    }
    assert_in_range((uint64_t)same, 0, 3);
}

static void test_retry__reads_retry_after(void **state) {
    (void)state;
    const int64_t now = INT64_C(784111777000); // Sun, 06 Nov 1994 08:49:37 GMT
    static const struct {
        const char *text;
        int64_t want; // -1: refused
    } cases[] = {
        {"0", 0},
        {"10", 10000},
        {" 7 ", 7000},
        {"3600", 60000},
        {"99999999999999999999999", 60000},
        {"", -1},
        {"soon", -1},
        {"-5", -1},
        {"1.5", -1},
        {"10 apples", -1},
        {"Sun, 06 Nov 1994 08:49:40 GMT", 3000},
        {"Sun, 06 Nov 1994 08:49:00 GMT", 0},
        {"Mon, 07 Nov 1994 08:49:37 GMT", 60000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t ms = -1;
        bool ok = retry_after_ms(cases[i].text, now, &ms);
        assert_int_equal(ok, cases[i].want >= 0);
        assert_int_equal(ms, cases[i].want);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_retry__backoff_doubles_up_to_its_cap),
        cmocka_unit_test(test_retry__same_seed_gives_same_waits),
        cmocka_unit_test(test_retry__reads_retry_after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
