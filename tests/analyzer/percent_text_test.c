// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "percent_text.h"

static void test_percent_text__has_no_exponent_where_people_read_it(void **state) {
    static const struct {
        double percent;
        const char *want;
    } cases[] = {{0, "0%"},
                 {0.12345, "0.123%"},
                 {99.96, "100%"},
                 {999.4, "999%"},
                 {999.6, "1000%"},
                 {12345.6, "12346%"},
                 {-9900.2, "-9900%"},
                 {2.3e-7, "2.3e-07%"},
                 {(double)INFINITY, "inf%"},
                 {(double)NAN, "NaN%"}};
    struct arena arena = {0};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) assert_string_equal(percent_text(&arena, cases[i].percent), cases[i].want);
    arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_percent_text__has_no_exponent_where_people_read_it)};
    return cmocka_run_group_tests_name("percent_text", tests, NULL, NULL);
}
