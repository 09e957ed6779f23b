// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shortest.h"

static uint64_t next(uint64_t *state) {
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 11;
}

static double made(uint64_t *state, int kind) {
    uint64_t bits = next(state);
    int power = (int)(next(state) % 18) - 3;
    switch (kind) {
    case 0: // any digits, of any magnitude
        return ldexp((double)bits, -53) * pow(10, power);
    case 1: // few digits
        return (double)(bits % 1000000) / 1e4;
    case 2: // the neighbour of few digits
        return nextafter((double)(bits % 1000000) / 1e4, bits % 2 ? 1e9 : 0);
    case 3: // a border of gaps
        return ldexp(1, (int)(bits % 60) - 12);
    default: // exact halves of the last digit
        return ldexp((double)(bits % (1 << 20)), -(int)(bits % 40));
    }
}

// What snprintf and strtod find out together.
static void expect_same(double value, size_t *clear) {
    char ours[SHORTEST_MOST + 1], theirs[64];
    size_t len = shortest_text(value, ours);
    if (len == 0) return;
    ours[len] = '\0';
    (*clear)++;
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(theirs, sizeof theirs, "%.*g", digits, value);
        if (strtod(theirs, NULL) == value) break;
    }
    if (strcmp(ours, theirs) != 0) fail_msg("%a became %s instead of %s", value, ours, theirs);
}

static void test_shortest_text__agrees_with_the_c_library(void **state) {
    (void)state;
    uint64_t random = 2385;
    enum { KINDS = 5, EACH = 10000 };
    for (int kind = 0; kind < KINDS; kind++) {
        size_t clear = 0;
        for (int i = 0; i < EACH; i++) {
            double value = made(&random, kind);
            expect_same(i % 2 ? value : -value, &clear);
        }
        if (kind < 3 && clear < EACH * 7 / 10) fail_msg("only %zu of %d numbers of kind %d are told", clear, EACH, kind);
    }
}

static void test_shortest_text__leaves_what_it_cannot_tell(void **state) {
    (void)state;
    static const double others[] = {0, -0.0, 1e15, 9.99e-5, 1e300, 5e-324, -1e-9, (double)NAN, (double)INFINITY, -(double)INFINITY};
    char text[SHORTEST_MOST];
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) assert_int_equal(shortest_text(others[i], text), 0);
}

static void test_shortest_text__keeps_zeros_and_points_where_they_belong(void **state) {
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0.1 + 0.2, "0.30000000000000004"},       {2.385, "2.385"}, {-0.00012, "-0.00012"}, {250, "250"},
        {999999999999999.9, "999999999999999.9"}, {0.05, "0.05"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[SHORTEST_MOST + 1];
        text[shortest_text(cases[i].value, text)] = '\0';
        assert_string_equal(text, cases[i].text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shortest_text__agrees_with_the_c_library),
        cmocka_unit_test(test_shortest_text__leaves_what_it_cannot_tell),
        cmocka_unit_test(test_shortest_text__keeps_zeros_and_points_where_they_belong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
