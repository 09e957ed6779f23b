// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "text_time.h"

#define NOON INT64_C(1735732800000) // 2025-01-01T12:00:00Z

static void test_text_time__writes_times_and_durations(void **state) {
    (void)state;
    struct arena arena = {0};
    assert_string_equal(text_time(&arena, NOON + 15000), "2025-01-01T12:00:15Z");
    assert_string_equal(text_duration(&arena, 5400000), "1h30m");
    arena_finish(&arena);
}

static void test_text_clock__leaves_out_what_is_not_asked_for(void **state) {
    (void)state;
    static const struct {
        int64_t ms;
        enum text_clock parts;
        const char *text;
    } cases[] = {
        {NOON + 15999, TEXT_SECONDS, "12:00:15"}, {NOON + 60000, TEXT_SECONDS, "12:01"},
        {NOON + 15000, TEXT_MINUTES, "12:00"},    {NOON, TEXT_DAYS, "01-01"},
        {-1, TEXT_SECONDS, "23:59:59"},           {INT64_MAX / 2, TEXT_SECONDS, ""},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(text_clock(&arena, cases[i].ms, cases[i].parts), cases[i].text);
    arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_time__writes_times_and_durations),
        cmocka_unit_test(test_text_clock__leaves_out_what_is_not_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
