// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "query/decimal.h"

static uint64_t bits_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static void check_as_strtod(const char *text) {
    double own = 2.385, peer = strtod(text, NULL);
    if (!decimal_parse(text, strlen(text), &own)) fail_msg("%s was refused", text);
    if (bits_of(own) != bits_of(peer)) fail_msg("%s: %.17g, wanted %.17g", text, own, peer);
}

static void test_decimal__hard_cases_are_rounded_correctly(void **state) {
    (void)state;
    static const char *const texts[] = {
        "0",
        "-0",
        "0.000",
        "-0e99",
        "0e-999999",
        "1",
        "-1",
        "+1",
        "007",
        "1.5e-07",
        "5.",
        ".5",
        "9007199254740993",
        "9007199254740992.5",
        "9007199254740993.0000000000000000000000000000000000001",
        "1e22",
        "1e23",
        "8.5e22",
        "123456789012345678e-40",
        "1.7976931348623157e+308",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "1e309",
        "-1e309",
        "1e999999999999",
        "1e-999999999999",
        "5e-324",
        "4.9406564584124654e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "2.2250738585072014e-308",
        "2.2250738585072011e-308",
        "2.2250738585072012e-308",
        "18446744073709551615",
        "18446744073709551616",
        "99999999999999999999999",
        "0.3333333333333333",
        "0.30000000000000004",
        "0.00000000000000000000000000000000000012345678901234567890123",
        "7.2057594037927933e16",
        "4503599627370496.5",
        "4503599627370497.5",
        "1090544144181609348671888949248",
        "6929495644600919.5",
        "3.2378839133029012895883524125015321748630094509e-319",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) check_as_strtod(texts[i]);
}

static void test_decimal__three_hundred_and_nine_digits(void **state) {
    (void)state;
    char text[320];
    snprintf(text, sizeof text, "%.0f", 1.7976931348623157e308);
    assert_int_equal(strlen(text), 309);
    check_as_strtod(text);
    memset(text, '9', 309);
    check_as_strtod(text);
}

static uint64_t seed = 2385;

static uint64_t next_random(void) {
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return seed * 0x2545F4914F6CDD1Du;
}

static void test_decimal__random_texts_give_the_bits_of_strtod(void **state) {
    (void)state;
    for (int i = 0; i < 100000; i++) {
        char text[64];
        uint64_t bits = next_random();
        double value;
        memcpy(&value, &bits, sizeof value);
        if (isfinite(value)) {
            snprintf(text, sizeof text, "%.*e", 14 + i % 5, value);
            check_as_strtod(text);
        }
        snprintf(text, sizeof text, "%" PRIu64 "e%d", bits, (int)(next_random() % 700) - 350);
        check_as_strtod(text);
        snprintf(text, sizeof text, "%" PRIu64 ".%" PRIu64, bits % 1000, next_random());
        check_as_strtod(text);
    }
}

static void test_decimal__special_values(void **state) {
    (void)state;
    double value;
    assert_true(decimal_parse("NaN", 3, &value) && isnan(value));
    assert_true(decimal_parse("+Inf", 4, &value) && isinf(value) && value > 0);
    assert_true(decimal_parse("Inf", 3, &value) && isinf(value) && value > 0);
    assert_true(decimal_parse("-Inf", 4, &value) && isinf(value) && value < 0);
}

static void test_decimal__other_texts_are_refused(void **state) {
    (void)state;
    static const char *const texts[] = {
        "",     "-",    "+",         ".",   "-.",       "e5",       ".e5",   "1e",   "1e+",   "1e-",   " 1",    "1 ",  "1\n",
        "\t1",  "1,5",  "1x",        "5s",  "0x10",     "0x1p3",    "1_000", "--1",  "+-1",   "1.2.3", "1e5.0", "nan", "NAN",
        "-NaN", "+NaN", "nan(0x12)", "inf", "infinity", "Infinity", "+inf",  "NaNx", "+Infx", "1e5e5", "1d5",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        double value = 2.385;
        if (decimal_parse(texts[i], strlen(texts[i]), &value)) fail_msg("\"%s\" was read as %.17g", texts[i], value);
        if (value != 2.385) fail_msg("\"%s\" was refused but changed the value to %.17g", texts[i], value);
    }
    double value;
    assert_false(decimal_parse("1\0", 2, &value));
}

static void test_decimal__stays_within_its_length(void **state) {
    (void)state;
    double value = 0;
    assert_true(decimal_parse("12345678901234567890", 3, &value));
    if (value != 123) fail_msg("%.17g, wanted 123", value);
}

static void test_decimal__a_comma_locale_changes_nothing(void **state) {
    (void)state;
    if (setlocale(LC_NUMERIC, "de_DE.UTF-8") == NULL && setlocale(LC_NUMERIC, "fr_FR.UTF-8") == NULL) skip();
    double value = 0;
    // Long enough that only strtod can decide it.
    const char *text = "9007199254740993.00000000000000000000";
    bool good = decimal_parse(text, strlen(text), &value);
    setlocale(LC_NUMERIC, "C");
    assert_true(good);
    if (value != 9007199254740992.0) fail_msg("%.17g, wanted 9007199254740992", value);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decimal__hard_cases_are_rounded_correctly),
        cmocka_unit_test(test_decimal__three_hundred_and_nine_digits),
        cmocka_unit_test(test_decimal__random_texts_give_the_bits_of_strtod),
        cmocka_unit_test(test_decimal__special_values),
        cmocka_unit_test(test_decimal__other_texts_are_refused),
        cmocka_unit_test(test_decimal__stays_within_its_length),
        cmocka_unit_test(test_decimal__a_comma_locale_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
