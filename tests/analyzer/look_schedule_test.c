// SPDX-License-Identifier: GPL-3.0-or-later
#include "look_schedule.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#define START_MS INT64_C(1735689600000)
#define MINUTE_MS INT64_C(60000)

static void test_look_schedule__places_the_looks(void **state) {
    (void)state;
    static const struct {
        const char *judge;
        struct window_config window; // length, warm-up, interval, step
        int64_t late_ms;             // how much after a full minute it begins
        size_t planned;
        int64_t first_ms, second_ms, last_ms; // ends of the looks, from START_MS on
    } cases[] = {
        {"serin", {30 * MINUTE_MS, 0, 0, MINUTE_MS}, 0, 5, 10 * MINUTE_MS, 15 * MINUTE_MS, 30 * MINUTE_MS},
        {"serin", {30 * MINUTE_MS, 2 * MINUTE_MS, 0, MINUTE_MS}, 0, 5, 12 * MINUTE_MS, 17 * MINUTE_MS, 30 * MINUTE_MS},
        {"serin", {30 * MINUTE_MS, 0, 4 * MINUTE_MS, MINUTE_MS}, 0, 6, 12 * MINUTE_MS, 16 * MINUTE_MS, 30 * MINUTE_MS},
        {"serin", {30 * MINUTE_MS, 0, 12 * MINUTE_MS, MINUTE_MS}, 0, 3, 12 * MINUTE_MS, 24 * MINUTE_MS, 30 * MINUTE_MS},
        {"serin", {9 * MINUTE_MS, 0, 0, MINUTE_MS}, 0, 1, 9 * MINUTE_MS, 9 * MINUTE_MS, 9 * MINUTE_MS},
        {"serin", {30 * MINUTE_MS, 0, 0, 15000}, 0, 23, 150000, 225000, 30 * MINUTE_MS},
        {"serin", {30 * MINUTE_MS, 0, 0, MINUTE_MS}, 1, 5, 11 * MINUTE_MS, 16 * MINUTE_MS, 31 * MINUTE_MS}, // no data from before it
        {"serin", {30 * MINUTE_MS, 0, 5000, MINUTE_MS}, 0, 21, 10 * MINUTE_MS, 11 * MINUTE_MS, 30 * MINUTE_MS},
        {"kayenta", {30 * MINUTE_MS, 0, 0, MINUTE_MS}, 0, 6, 5 * MINUTE_MS, 10 * MINUTE_MS, 30 * MINUTE_MS},
        {"threshold", {30 * MINUTE_MS, 0, 45 * MINUTE_MS, MINUTE_MS}, 0, 1, 30 * MINUTE_MS, 30 * MINUTE_MS, 30 * MINUTE_MS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct canary_config config = {.file = "c.yaml", .judge = {.name = cases[i].judge}, .window = cases[i].window};
        struct look_schedule s;
        struct error err = {0};
        if (!look_schedule_make(&config, START_MS + cases[i].late_ms, false, &s, &err)) fail_msg("%zu: %s", i, err.text);
        if (s.planned != cases[i].planned) fail_msg("%zu: %zu looks, wanted %zu", i, s.planned, cases[i].planned);
        assert_int_equal(look_schedule_end_ms(&s, 1) - START_MS, cases[i].first_ms);
        assert_int_equal(look_schedule_end_ms(&s, 2) - START_MS, cases[i].second_ms);
        assert_int_equal(look_schedule_end_ms(&s, s.planned) - START_MS, cases[i].last_ms);
        assert_int_equal(look_schedule_horizon_ms(&s) - START_MS, cases[i].last_ms);
        assert_int_equal(look_schedule_steps(&s, s.planned), s.steps);
    }
}

static void test_look_schedule__refuses_what_cannot_be_looked_at(void **state) {
    (void)state;
    static const struct {
        struct window_config window;
        const char *words;
    } cases[] = {
        {{0, 0, 0, MINUTE_MS}, "--length"},
        {{5 * MINUTE_MS, 5 * MINUTE_MS, 0, MINUTE_MS}, "--length"},
        {{24 * 60 * MINUTE_MS, 0, MINUTE_MS, MINUTE_MS}, "1431 looks are planned and at most 500"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct canary_config config = {.file = "c.yaml", .judge = {.name = "serin"}, .window = cases[i].window};
        struct look_schedule s;
        struct error err = {0};
        assert_false(look_schedule_make(&config, START_MS, false, &s, &err));
        assert_int_equal(err.code, ERROR_CONFIG);
        if (strstr(err.text, cases[i].words) == NULL) fail_msg("%zu: %s", i, err.text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_look_schedule__places_the_looks),
        cmocka_unit_test(test_look_schedule__refuses_what_cannot_be_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
