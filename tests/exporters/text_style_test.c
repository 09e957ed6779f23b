// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "text_style.h"

struct fixture {
    struct arena arena;
    struct buf buf;
    struct report_style style;
    struct text_out to;
};

static void start(struct fixture *f, bool ascii, int width) {
    *f = (struct fixture){.style = {.ascii = ascii, .width = width}};
    buf_init(&f->buf, 4096);
    f->to = (struct text_out){.out = &f->buf, .style = &f->style, .width = width, .arena = &f->arena};
}

static void finish(struct fixture *f) {
    buf_finish(&f->buf);
    arena_finish(&f->arena);
}

struct clean_case {
    const char *in;
    bool ascii;
    const char *out;
};

static const struct clean_case cleans[] = {
    {"plain", false, "plain"},
    {"a\tb\nc", false, "a b c"},
    {"\x1b[31m", false, "\xEF\xBF\xBD[31m"},
    {"\x1b[31m", true, "?[31m"},
    {"\x7F", true, "?"},
    {"\xC2\x9B", false, "\xEF\xBF\xBD"},
    {"\xE2\x80\xAE", false, "\xEF\xBF\xBD"},
    {"caf\xC3\xA9", false, "caf\xC3\xA9"},
    {"caf\xC3\xA9", true, "caf?"},
    {"\xC3(", false, "\xEF\xBF\xBD("},               // cut sequence
    {"\xC0\xAF", false, "\xEF\xBF\xBD\xEF\xBF\xBD"}, // overlong
    {"\xED\xA0\x80", true, "???"},                   // surrogate
};

static void test_text_style__cleans_text_from_outside(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cleans / sizeof cleans[0]; i++) {
        struct arena arena = {0};
        assert_string_equal(text_clean(&arena, cleans[i].in, strlen(cleans[i].in), cleans[i].ascii), cleans[i].out);
        arena_finish(&arena);
    }
}

static void test_text_style__cleans_a_zero_byte(void **state) {
    (void)state;
    struct arena arena = {0};
    assert_string_equal(text_clean(&arena, "a\0b", 3, true), "a?b");
    arena_finish(&arena);
}

struct cut_case {
    const char *in;
    int columns;
    const char *out;
};

static const struct cut_case cuts[] = {
    {"latency", 7, "latency"}, {"latency", 6, "laten…"}, {"latency", 1, "…"}, {"latency", 0, ""}, {"é✖ab", 4, "é✖ab"},
    {"é✖abc", 4, "é✖a…"},      {"漢字", 4, "漢字"},      {"漢字", 3, "漢…"},  {"漢字", 2, "…"},   {"", 3, ""},
};

static void test_text_style__cuts_by_columns(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        struct fixture f;
        start(&f, false, 80);
        assert_string_equal(text_cut(&f.to, cuts[i].in, cuts[i].columns), cuts[i].out);
        finish(&f);
    }
}

static void test_text_style__cuts_names_in_the_middle(void **state) {
    (void)state;
    static const struct cut_case names[] = {
        {"memory", 6, "memory"},
        {"memory{pod=a-1}", 10, "memo…=a-1}"},
        {"memory{pod=a-1}", 9, "memo…a-1}"},
        {"漢字漢字漢字", 6, "漢…字"}, // half a character is none
        {"x漢字漢字漢字", 6, "x…漢字"},
        {"memory", 2, "m…"},
        {"memory", 0, ""},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct fixture f;
        start(&f, false, 80);
        const char *cut = text_cut_name(&f.to, names[i].in, names[i].columns);
        assert_string_equal(cut, names[i].out);
        assert_in_range(text_columns(cut), 0, names[i].columns);
        finish(&f);
    }
}

struct prose_case {
    const char *in, *out;
};

static const struct prose_case proses[] = {
    {"one two", "   one two"},
    {"one two three four", "   one two\n   three four"},
    {"  blanks   between  ", "   blanks\n   between"},
    {"abcdefghijklmnopqrstuvwxyz", "   abcdefghijk\n   lmnopqrstuv\n   wxyz"}, // longer than a line
    {"one abcdefghijklmnopq", "   one abcdefg\n   hijklmnopq"},
    {"", ""},
};

static void test_text_style__wraps_prose(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof proses / sizeof proses[0]; i++) {
        struct fixture f;
        start(&f, false, 14);
        text_prose(&f.to, 3, PAINT_NONE, proses[i].in);
        text_newline(&f.to);
        f.buf.data[f.buf.len - 1] = '\0';
        assert_string_equal(buf_text(&f.buf), proses[i].out);
        finish(&f);
    }
}

static void test_text_style__divides_pieces(void **state) {
    (void)state;
    struct fixture f;
    start(&f, false, 14);
    text_piece(&f.to, 2, PAINT_NONE, "one");
    text_piece(&f.to, 2, PAINT_NONE, "twelve");
    text_piece(&f.to, 2, PAINT_NONE, "six");
    assert_string_equal(buf_text(&f.buf), "  one | twelve\n  six");
    finish(&f);
}

static void test_text_style__paints_only_when_asked(void **state) {
    (void)state;
    struct fixture f;
    start(&f, false, 80);
    text_put(&f.to, PAINT_FAIL, "bad");
    f.style.color = true;
    text_put(&f.to, PAINT_PASS, "good");
    assert_string_equal(buf_text(&f.buf), "bad\x1b[32mgood\x1b[0m");
    assert_int_equal(f.to.column, 7);
    finish(&f);
}

static void test_text_style__lets_no_text_be_a_command_of_a_pipeline(void **state) {
    (void)state;
    struct fixture f;
    start(&f, false, 80);
    text_tab(&f.to, 2);
    text_put(&f.to, PAINT_NONE, "::stop-commands::x");
    text_put(&f.to, PAINT_NONE, " ::inside");
    text_newline(&f.to);
    text_prose(&f.to, 4, PAINT_NONE, "::error::a ##vso[task.setvariable] ###[b] ## c");
    assert_string_equal(buf_text(&f.buf), "  \\::stop-commands::x ::inside\n    \\::error::a #\\#vso[task.setvariable] ##\\#[b] ## c");
    assert_int_equal(f.to.column, 53);
    finish(&f);
}

static void put_sparkline(struct fixture *f, const double values[TEXT_TREND], double lo, double hi) {
    buf_str(&f->buf, text_sparkline(&f->to, values, lo, hi));
}

static void test_text_style__draws_sparklines(void **state) {
    (void)state;
    struct fixture f;
    double rising[TEXT_TREND], flat[TEXT_TREND];
    for (int i = 0; i < TEXT_TREND; i++) rising[i] = i % 5 == 4 ? (double)NAN : i;
    for (int i = 0; i < TEXT_TREND; i++) flat[i] = 2.385 + 0.001 * (i % 2);
    start(&f, false, 80);
    put_sparkline(&f, rising, 0, 15);
    assert_string_equal(buf_text(&f.buf), "▁▁▂▂ ▃▄▄▅ ▆▆▇▇ █");
    assert_int_equal(text_columns(buf_text(&f.buf)), TEXT_TREND);
    finish(&f);
    start(&f, true, 80);
    put_sparkline(&f, flat, 2.385, 2.386); // small noise is not blown up
    assert_int_equal(strspn(buf_text(&f.buf), "-="), TEXT_TREND);
    finish(&f);
    start(&f, true, 80);
    for (int i = 0; i < TEXT_TREND; i++) flat[i] = 0;
    put_sparkline(&f, flat, 0, 0);
    assert_string_equal(buf_text(&f.buf), "::::::::::::::::");
    finish(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_style__cleans_text_from_outside),
        cmocka_unit_test(test_text_style__cleans_a_zero_byte),
        cmocka_unit_test(test_text_style__cuts_by_columns),
        cmocka_unit_test(test_text_style__cuts_names_in_the_middle),
        cmocka_unit_test(test_text_style__wraps_prose),
        cmocka_unit_test(test_text_style__divides_pieces),
        cmocka_unit_test(test_text_style__paints_only_when_asked),
        cmocka_unit_test(test_text_style__draws_sparklines),
        cmocka_unit_test(test_text_style__lets_no_text_be_a_command_of_a_pipeline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
