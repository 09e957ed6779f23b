// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "text_value.h"

struct value_case {
    double value;
    const char *unit;
    bool sign, ascii;
    const char *text;
};

static const struct value_case values[] = {
    {0.0021, "ratio", false, false, "0.21%"},
    {0.01342, "ratio", false, false, "1.34%"},
    {1, "ratio", false, false, "100%"},
    {0.0113, "ratio", true, false, "+1.13pp"},
    {-0.5, "ratio", true, false, "-50pp"},
    {0, "ratio", false, false, "0%"},
    {0.212, "s", false, false, "212ms"},
    {0.0485, "s", false, false, "48.5ms"},
    {2.385, "s", false, false, "2.38s"},
    {0.00041, "s", false, false, "410µs"},
    {0.00041, "s", false, true, "410us"},
    {3.2e-8, "s", false, false, "32ns"},
    {0.9996, "s", false, false, "1s"},
    {119, "s", false, false, "119s"},
    {150, "s", false, false, "2.5min"},
    {9000, "s", false, false, "2.5h"},
    {216000, "s", false, false, "2.5d"},
    {0, "s", false, false, "0s"},
    {-0.212, "s", true, false, "-212ms"},
    {0.07, "s", true, false, "+70ms"},
    {0, "s", true, false, "+0s"},
    {356515840, "bytes", false, false, "340MiB"},
    {512, "bytes", false, false, "512B"},
    {0, "bytes", false, false, "0B"},
    {1536, "bytes", false, false, "1.5KiB"},
    {14234, "", false, false, "14.2k"},
    {184, NULL, false, false, "184"},
    {999.6, NULL, false, false, "1k"},
    {0.4123, NULL, false, false, "0.412"},
    {1234567, NULL, false, false, "1.23M"},
    {-0.0, NULL, false, false, "0"},
    {14.23, "req/s", false, false, "14.2 req/s"},
    {1.5e-7, NULL, false, false, "1.5e-07"},
    {(double)NAN, "s", false, false, "NaN"},
    {(double)INFINITY, "ratio", false, false, "+Inf"},
    {2.5e-308, NULL, false, false, "2.5e-308"},
    {7e20, NULL, false, false, "700000000T"},
};

static void test_text_value__shows_three_digits_and_the_unit(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct arena arena = {0};
        const struct value_case *c = &values[i];
        assert_string_equal(text_value(&arena, c->value, c->unit, c->sign, c->ascii), c->text);
        arena_finish(&arena);
    }
}

struct change_case {
    double ratio;
    const char *unit, *text;
};

static const struct change_case changes[] = {
    {6.38, "ratio", "x6.4"}, {1.024, "ratio", "x1.02"}, {0.5, "ratio", "x0.5"},  {1.3726, "s", "+37%"},        {0.932, "s", "-6.8%"},
    {2, "s", "+100%"},       {2.04, "s", "x2"},         {123.4, "s", "x123"},    {12345, NULL, "x12.3k"},      {1.0004, "s", "0%"},
    {1, "s", "0%"},          {0, "s", "-100%"},         {(double)NAN, "s", "-"}, {(double)INFINITY, "s", "-"}, {-0.5, "s", "-"},
};

static void test_text_value__shows_changes(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct arena arena = {0};
        assert_string_equal(text_change(&arena, changes[i].ratio, changes[i].unit), changes[i].text);
        arena_finish(&arena);
    }
}

static void test_text_value__never_rounds_a_score_up(void **state) {
    (void)state;
    static const struct change_case scores[] = {{84.96, "", "84.9"},
                                                {85, "", "85"},
                                                {100, "", "100"},
                                                {0, "", "0"},
                                                {69.99999999999999, "", "70"},
                                                {66.66666666666667, "", "66.6"}};
    for (size_t i = 0; i < sizeof scores / sizeof scores[0]; i++) {
        struct arena arena = {0};
        assert_string_equal(text_score(&arena, scores[i].ratio), scores[i].text);
        arena_finish(&arena);
    }
}

static void test_text_tick__tells_neighbours_apart(void **state) {
    (void)state;
    static const struct {
        double value, step;
        const char *unit;
        bool sign;
        const char *text;
    } cases[] = {
        {212023296, 104857.6, "bytes", false, "202.2MiB"},
        {212860928, 104857.6, "bytes", false, "203MiB"},
        {0.2385, 0.0001, "s", false, "238.5ms"},
        {0.02, 0.01, "ratio", true, "+2pp"},
        {0, 0.01, "ratio", true, "0%"},
        {-0.01, 0.01, "ratio", true, "-1pp"},
        {1238500, 500, "", false, "1.2385M"},
        {2385, 1000, NULL, false, "2.38k"},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(text_tick(&arena, cases[i].value, cases[i].step, cases[i].unit, cases[i].sign), cases[i].text);
    arena_finish(&arena);
}

static void test_text_p__is_never_nought(void **state) {
    (void)state;
    struct arena arena = {0};
    assert_string_equal(text_p(&arena, 0), "<1e-300");
    assert_string_equal(text_p(&arena, 0.02385), "0.024");
    assert_string_equal(text_p(&arena, 1), "1");
    arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_value__shows_three_digits_and_the_unit),
        cmocka_unit_test(test_text_value__shows_changes),
        cmocka_unit_test(test_text_value__never_rounds_a_score_up),
        cmocka_unit_test(test_text_tick__tells_neighbours_apart),
        cmocka_unit_test(test_text_p__is_never_nought),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
