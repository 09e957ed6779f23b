// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bit_reader.h"

static void test_bit_read__crosses_bytes_and_tells_the_end(void **state) {
    (void)state;
    static const unsigned char bytes[] = {0x9A, 0xBC, 0xDE, 0xF0, 0x12, 0x34, 0x56, 0x78, 0x9A, 0xBC, 0xDE};
    struct bit_reader r = {bytes, sizeof bytes, 0};
    assert_int_equal(bit_read(&r, 1), 1);
    assert_int_equal(bit_read(&r, 3), 1);
    assert_true(bit_read(&r, 64) == UINT64_C(0xABCDEF0123456789));
    assert_int_equal(bit_read(&r, 12), 0xABC);
    assert_int_equal(bit_reader_left(&r), 8);
    assert_int_equal(bit_read(&r, 8), 0xDE);
    assert_false(bit_reader_over(&r));
    assert_int_equal(bit_read(&r, 9), 0);
    assert_true(bit_reader_over(&r));
    assert_int_equal(bit_reader_left(&r), 0);
}

static void test_bit_signed__has_one_positive_number_more(void **state) {
    (void)state;
    assert_int_equal(bit_signed(8191, 14), 8191);
    assert_int_equal(bit_signed(8192, 14), 8192);
    assert_int_equal(bit_signed(8193, 14), -8191);
    assert_int_equal(bit_signed(16383, 14), -1);
    assert_int_equal(bit_signed(4, 3), 4);
    assert_int_equal(bit_signed(5, 3), -3);
    assert_true(bit_signed(UINT64_MAX, 64) == -1);
    assert_true(bit_signed(UINT64_C(1) << 63, 64) == INT64_MIN);
}

static void test_bit_read_varint__refuses_what_does_not_fit(void **state) {
    (void)state;
    static const struct {
        unsigned char bytes[11];
        bool good;
        int64_t value;
    } cases[] = {
        {{0x00}, true, 0},
        {{0x01}, true, -1},
        {{0x02}, true, 1},
        {{0xAC, 0x02}, true, 150},
        {{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01}, true, INT64_MIN},
        {{0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01}, true, INT64_MAX},
        {{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02}, false, 0},
        {{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bit_reader r = {cases[i].bytes, sizeof cases[i].bytes, 0};
        int64_t value = 0;
        bool good = bit_read_varint(&r, &value);
        if (good != cases[i].good || value != cases[i].value) fail_msg("case %zu: %d %lld", i, good, (long long)value);
    }
}

// A prefix of ones and a zero says how many bits follow.
static void test_bit_read_varbit__reads_each_width(void **state) {
    (void)state;
    static const struct {
        unsigned char bytes[9];
        int64_t whole;
        uint64_t natural;
        size_t bits;
    } cases[] = {
        {{0x00}, 0, 0, 1},
        {{0xA0}, 4, 4, 5},         // 10 100
        {{0xA8}, -3, 5, 5},        // 10 101
        {{0xDF, 0x00}, -2, 62, 9}, // 110 111110
        {{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE}, -2, UINT64_MAX - 1, 72},
        {{0xFE, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01}, INT64_C(1) - (INT64_C(1) << 55), (UINT64_C(1) << 55) + 1, 64},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bit_reader a = {cases[i].bytes, sizeof cases[i].bytes, 0}, b = a;
        int64_t whole = bit_read_varbit_int(&a);
        uint64_t natural = bit_read_varbit_uint(&b);
        if (whole != cases[i].whole || natural != cases[i].natural || a.at != cases[i].bits || b.at != a.at) {
            fail_msg("case %zu: %lld and %llu in %zu bits", i, (long long)whole, (unsigned long long)natural, a.at);
        }
    }
}

static void test_bit_read_xor__keeps_and_moves_the_window(void **state) {
    (void)state;
    // 11, 12 leading zeros, 4 bits: 1011; 10 and 0001; 0; then a window wider than a double
    static const unsigned char bytes[] = {0xD8, 0x25, 0xC2, 0xFF, 0xF8};
    struct bit_reader r = {bytes, sizeof bytes, 0};
    struct xor_field field = {0};
    bit_read_xor(&r, &field);
    assert_true(field.bits == UINT64_C(0xB) << 48);
    bit_read_xor(&r, &field);
    assert_true(field.bits == UINT64_C(0xA) << 48);
    bit_read_xor(&r, &field);
    assert_true(field.bits == UINT64_C(0xA) << 48);
    assert_false(bit_reader_over(&r));
    bit_read_xor(&r, &field);
    assert_true(bit_reader_over(&r));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bit_read__crosses_bytes_and_tells_the_end),  cmocka_unit_test(test_bit_signed__has_one_positive_number_more),
        cmocka_unit_test(test_bit_read_varint__refuses_what_does_not_fit), cmocka_unit_test(test_bit_read_varbit__reads_each_width),
        cmocka_unit_test(test_bit_read_xor__keeps_and_moves_the_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
