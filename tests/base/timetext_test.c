// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/timetext.h"

static void test_time__reads_rfc3339_and_unix_seconds(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t want;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2025-01-01T00:00:00Z", INT64_C(1735689600000)},
        {"2025-01-01 00:00:00z", INT64_C(1735689600000)},
        {"2025-01-01T00:00Z", INT64_C(1735689600000)},
        {"2025-01-01T02:30:00+02:30", INT64_C(1735689600000)},
        {"2024-12-31T18:00:00-06:00", INT64_C(1735689600000)},
        {"2025-01-01T00:00:00.1379Z", INT64_C(1735689600137)},
        {"2025-01-01T00:00:00.5Z", INT64_C(1735689600500)},
        {"2024-02-29T23:59:59.999Z", INT64_C(1709251199999)},
        {"2000-02-29T00:00:00Z", INT64_C(951782400000)},
        {"1969-12-31T23:59:59Z", -1000},
        {"1900-03-01T00:00:00Z", INT64_C(-2203891200000)},
        {"0001-01-01T00:00:00Z", INT64_C(-62135596800000)},
        {"9999-12-31T23:59:59Z", INT64_C(253402300799000)},
        {"1735689600", INT64_C(1735689600000)},
        {"1735689600.137", INT64_C(1735689600137)},
        {"1735689600.5", INT64_C(1735689600500)},
        {"0", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t ms = -77;
        if (!time_parse(view_of(cases[i].text), &ms)) fail_msg("%s was refused", cases[i].text);
        assert_int_equal(ms, cases[i].want);
    }
}

static void test_time__refuses_other_texts_and_leaves_the_result_alone(void **state) {
    (void)state;
    static const char *const texts[] = {
        "",
        " ",
        "now",
        "2025",
        "2025-13-01T00:00:00Z",
        "2025-00-01T00:00:00Z",
        "2025-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2025-04-31T00:00:00Z",
        "2025-01-00T00:00:00Z",
        "2025-01-01T24:00:00Z",
        "2025-01-01T00:60:00Z",
        "2025-01-01T00:00:61Z",
        "2025-01-01T00:00:00",
        "2025-01-01",
        "2025-01-01T00:00:00.Z",
        "2025-01-01T00:00:00+2:00",
        "2025-01-01T00:00:00+24:00",
        "2025-01-01T00:00:00Zx",
        "2025-1-1T00:00:00Z",
        "2025-01-01T00:00.5Z",
        "2025-01-01T00:00:Z",
        "1735689600.",
        "1735689600.1234",
        "-5",
        "+5",
        ".5",
        "1e9",
        "0x10",
        "1735689600 ",
        "12345678901234567890",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        // "2025" alone is a good number of seconds; every other text is neither.
        int64_t ms = -77;
        bool seconds = strcmp(texts[i], "2025") == 0;
        if (time_parse(view_of(texts[i]), &ms) != seconds) fail_msg("%s: taken as %lld", texts[i], (long long)ms);
        assert_int_equal(ms, seconds ? 2025000 : -77);
    }
}

static void test_time__format_and_parse_are_inverse(void **state) {
    (void)state;
    struct buf text;
    buf_init(&text, 64);
    // Steps of a prime number of milliseconds, from before the common era's leap rules matter to the year 9999.
    size_t count = 0;
    for (int64_t ms = INT64_C(-62135596800000); ms < INT64_C(253402300800000); ms += INT64_C(31536000013), count++) {
        int64_t back = 0;
        buf_clear(&text);
        time_format(&text, ms);
        if (!time_parse(view_of(buf_text(&text)), &back)) fail_msg("%s was refused", buf_text(&text));
        assert_int_equal(back, ms);
    }
    assert_true(count > 9000);
    buf_finish(&text);
}

static void test_time__formats(void **state) {
    (void)state;
    static const struct {
        int64_t ms;
        const char *text, *seconds;
    } cases[] = {
        {0, "1970-01-01T00:00:00Z", "0"},
        {-1, "1969-12-31T23:59:59.999Z", "-0.001"},
        {INT64_C(951868800000), "2000-03-01T00:00:00Z", "951868800"},
        {INT64_C(1735689600137), "2025-01-01T00:00:00.137Z", "1735689600.137"},
        {INT64_C(1735689600100), "2025-01-01T00:00:00.100Z", "1735689600.100"},
        {INT64_C(-62135596800000), "0001-01-01T00:00:00Z", "-62135596800"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf text, seconds;
        buf_init(&text, 64);
        buf_init(&seconds, 64);
        time_format(&text, cases[i].ms);
        time_format_unix(&seconds, cases[i].ms);
        assert_string_equal(buf_text(&text), cases[i].text);
        assert_string_equal(buf_text(&seconds), cases[i].seconds);
        buf_finish(&text);
        buf_finish(&seconds);
    }
}

static void test_duration__reads_units_in_falling_order(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t want; // -1: refused
    } cases[] = {
        {"90s", 90000},
        {"1h30m", 5400000},
        {"250ms", 250},
        {"7d", 604800000},
        {"1w", 604800000},
        {"1y", INT64_C(31536000000)},
        {"1y2w3d4h5m6s7ms", INT64_C(33019506007)},
        {"0s", 0},
        {"100y", INT64_C(3153600000000)},
        {"5m0s", 300000},
        {"007s", 7000},
        {"", -1},
        {"5", -1},
        {"s", -1},
        {"1m1h", -1},
        {"1m1m", -1},
        {"1.5h", -1},
        {"-5m", -1},
        {"+5m", -1},
        {"5 m", -1},
        {"5M", -1},
        {"5min", -1},
        {"101y", -1},
        {"100y1ms", -1},
        {"9999999999999999999s", -1},
        {"9999999999999s", -1},
        {"1ms1s", -1},
        {"5m ", -1},
        {"1h30", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t ms = -1;
        bool ok = duration_parse(view_of(cases[i].text), &ms);
        if (ok != (cases[i].want >= 0) || ms != cases[i].want)
            fail_msg("%s: %lld, wanted %lld", cases[i].text, (long long)ms, (long long)cases[i].want);
    }
}

static void test_duration__format_and_parse_are_inverse(void **state) {
    (void)state;
    struct buf text;
    buf_init(&text, 64);
    for (int64_t ms = 0; ms < INT64_C(3153600000000); ms = ms * 3 + 2385) {
        int64_t back = -1;
        buf_clear(&text);
        duration_format(&text, ms);
        if (!duration_parse(view_of(buf_text(&text)), &back)) fail_msg("%s was refused", buf_text(&text));
        assert_int_equal(back, ms);
    }
    buf_clear(&text);
    duration_format(&text, 5400000);
    assert_string_equal(buf_text(&text), "1h30m");
    buf_finish(&text);
}

static void test_time__clocks_run(void **state) {
    (void)state;
    int64_t before = mono_now_ms();
    assert_true(wall_now_ms() > INT64_C(1735689600000));
    assert_true(mono_now_ms() >= before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_time__reads_rfc3339_and_unix_seconds),
        cmocka_unit_test(test_time__refuses_other_texts_and_leaves_the_result_alone),
        cmocka_unit_test(test_time__format_and_parse_are_inverse),
        cmocka_unit_test(test_time__formats),
        cmocka_unit_test(test_duration__reads_units_in_falling_order),
        cmocka_unit_test(test_duration__format_and_parse_are_inverse),
        cmocka_unit_test(test_time__clocks_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
