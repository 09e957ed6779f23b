// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/utf8.h"

static void test_utf8_is_valid__follows_rfc_3629(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        bool valid;
    } cases[] = {
        {"", 0, true},
        {"plain", 5, true},
        {"nul\0inside", 10, true},
        {"\xC2\x80", 2, true},
        {"\xDF\xBF", 2, true},
        {"\xE0\xA0\x80", 3, true},
        {"\xED\x9F\xBF", 3, true},
        {"\xEE\x80\x80", 3, true},
        {"\xF0\x90\x80\x80", 4, true},
        {"\xF4\x8F\xBF\xBF", 4, true},
        {"\x80", 1, false},             // goes on without a beginning
        {"\xC1\xBF", 2, false},         // overlong
        {"\xE0\x9F\xBF", 3, false},     // overlong
        {"\xF0\x8F\xBF\xBF", 4, false}, // overlong
        {"\xED\xA0\x80", 3, false},     // surrogate
        {"\xED\xBF\xBF", 3, false},     // surrogate
        {"\xF4\x90\x80\x80", 4, false}, // beyond U+10FFFF
        {"\xF8\x88\x80\x80\x80", 5, false},
        {"\xFF", 1, false},
        {"ab\xE2\x82", 4, false}, // cut off
        {"\xC3(", 2, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool valid = utf8_is_valid((struct view){cases[i].bytes, cases[i].len});
        if (valid != cases[i].valid) fail_msg("case %zu: %d, wanted %d", i, valid, cases[i].valid);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_utf8_is_valid__follows_rfc_3629)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
