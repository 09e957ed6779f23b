// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

static void test_buf_double__spells_the_shortest_form(void **state) {
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0"},
        {-0.0, "-0"},
        {0.1, "0.1"},
        {2.385, "2.385"},
        {1.0 / 3, "0.3333333333333333"},
        {100, "100"},
        {1e21, "1e+21"},
        {1e-7, "1e-07"},
        {0.1 + 0.2, "0.30000000000000004"},
        {-2.5, "-2.5"},
        {DBL_MAX, "1.7976931348623157e+308"},
        {DBL_MIN, "2.2250738585072014e-308"},
        {DBL_TRUE_MIN, "5e-324"},
        {1e-310, "1e-310"},
        {(double)INFINITY, "+Inf"},
        {-(double)INFINITY, "-Inf"},
        {(double)NAN, "NaN"},
        {-(double)NAN, "NaN"},
        {9007199254740993.0, "9007199254740992"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf text;
        buf_init(&text, 64);
        buf_double(&text, cases[i].value);
        assert_string_equal(buf_text(&text), cases[i].text);
        buf_finish(&text);
    }
}

static void test_buf_double__reads_back_as_the_same_bits(void **state) {
    (void)state;
    uint64_t bits = 2385;
    struct buf text;
    buf_init(&text, 64);
    for (int i = 0; i < 20000; i++) {
        bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        double value, back;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value)) continue;
        buf_clear(&text);
        buf_double(&text, value);
        back = strtod(buf_text(&text), NULL);
        if (memcmp(&back, &value, sizeof back) != 0) fail_msg("%a became %s", value, buf_text(&text));
    }
    buf_finish(&text);
}

static void test_buf__latches_at_its_limit(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 5);
    buf_str(&b, "abc");
    assert_false(b.failed);
    buf_str(&b, "def");
    assert_true(b.failed);
    buf_char(&b, 'x'); // would fit, but comes after what did not
    assert_string_equal(buf_text(&b), "abc");
    buf_clear(&b);
    assert_false(b.failed);
    buf_printf(&b, "%d", 12345);
    assert_false(b.failed);
    assert_string_equal(buf_text(&b), "12345");
    buf_repeat(&b, 'y', SIZE_MAX);
    assert_true(b.failed);
    assert_int_equal(b.len, 5);
    buf_finish(&b);
}

static void test_buf_printf__writes_all_or_nothing(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 600);
    buf_printf(&b, "%s", "");
    assert_string_equal(buf_text(&b), "");
    buf_printf(&b, "%d-", 7);
    buf_printf(&b, "%0500d", 5); // more than what is at hand
    assert_int_equal(b.len, 502);
    assert_memory_equal(b.data, "7-000", 5);
    assert_string_equal(b.data + 499, "005");
    buf_printf(&b, "%099d", 1);
    assert_true(b.failed);
    assert_int_equal(b.len, 502);
    assert_int_equal(b.data[502], '\0');
    buf_printf(&b, "x");
    assert_int_equal(b.len, 502);
    buf_finish(&b);
}

static void test_buf__take_hands_the_text_over(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 100);
    assert_string_equal(buf_text(&b), "");
    char *empty = buf_take(&b);
    assert_string_equal(empty, "");
    free(empty);
    buf_i64(&b, INT64_MIN);
    buf_bytes(&b, "a\0b", 3);
    assert_int_equal(b.len, 23);
    char *text = buf_take(&b);
    assert_memory_equal(text, "-9223372036854775808a\0b", 24);
    free(text);
    assert_int_equal(b.len, 0);
    buf_str(&b, "again");
    assert_string_equal(buf_text(&b), "again");
    buf_finish(&b);
    buf_finish(&b);
    buf_finish(NULL);
}

static void test_buf__grows_by_small_and_large_steps(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 1 << 20);
    for (int i = 0; i < 10000; i++) buf_printf(&b, "%05d", i);
    buf_repeat(&b, 'z', 300000);
    assert_false(b.failed);
    assert_int_equal(b.len, 350000);
    assert_memory_equal(b.data + 5 * 9876, "09876", 5);
    assert_int_equal(b.data[349999], 'z');
    assert_int_equal(b.data[350000], '\0');
    buf_finish(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buf_double__spells_the_shortest_form),
        cmocka_unit_test(test_buf_double__reads_back_as_the_same_bits),
        cmocka_unit_test(test_buf__latches_at_its_limit),
        cmocka_unit_test(test_buf_printf__writes_all_or_nothing),
        cmocka_unit_test(test_buf__take_hands_the_text_over),
        cmocka_unit_test(test_buf__grows_by_small_and_large_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
