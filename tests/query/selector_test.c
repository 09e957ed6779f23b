// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "query/selector.h"

static void test_selector__plain_ones_are_known(void **state) {
    (void)state;
    static const struct {
        const char *expr;
        bool plain;
    } cases[] = {
        {"up", true},
        {" http:requests_total ", true},
        {"up{}", true},
        {"up{a=\"b\"}", true},
        {"up { a = \"b\" , c !~ 'd.*', } ", true},
        {"{__name__=\"up\"}", true},
        {"{\"my.metric\", \"my.label\"=`x}\\`}", true},
        {"up{a=\"}\\\"{\"}", true},
        {"up{a=\"x[5m]\"}", true},
        {"", false},
        {"  ", false},
        {"up[5m]", false},
        {"up offset 5m", false},
        {"up @ 1609746000", false},
        {"-up", false},
        {"up + up", false},
        {"(up)", false},
        {"rate(up[5m])", false},
        {"sum(up)", false},
        {"1", false},
        {"NaN", false},
        {"Inf", false},
        {"\"text\"", false},
        {"up{a=\"b\"", false},
        {"up{a=\"b\"} > 0", false},
        {"up{a=\"b\"}{c=\"d\"}", false},
        {"up{a==\"b\"}", false},
        {"up # comment", false},
        {"9up", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (selector_is_plain(view_of(cases[i].expr)) != cases[i].plain) {
            fail_msg("%s: plain is %d, wanted %d", cases[i].expr, !cases[i].plain, cases[i].plain);
        }
    }
}

static void test_selector__every_selector_of_an_expression_is_found(void **state) {
    (void)state;
    static const struct {
        const char *expr, *want; // joined by " | "
    } cases[] = {
        {"up", "up"},
        {" up{a=\"b\"} ", "up{a=\"b\"}"},
        {"sum by (le, job) (rate(x_bucket{a=\"}\",b='c'}[5m]))", "x_bucket{a=\"}\",b='c'}"},
        {"sum(rate(bad{s=\"1\"}[5m])) by (x) / on (x) group_left(y) sum without(z) (rate(all:x{s=\"1\"}[5m:1m]))",
         "bad{s=\"1\"} | all:x{s=\"1\"}"},
        {"a + b offset 5m - c @ 1609746000 and d unless bool e", "a | b | c | d | e"},
        {"(a or vector(0)) > 1e5", "a"},
        {"count by (x) ({__name__=~\"a.*\", k=\"v\"}) == 0x1f", "{__name__=~\"a.*\", k=\"v\"}"},
        {"label_replace(x, \"up\", \"$1\", \"y\", \"(.*)\") # z\n * NaN", "x"},
        {"histogram_quantile(0.99, h) ^ Inf + x [5m]", "h | x"},
        {"1 + 2", ""},
        {"x{a=b} + y", ""},
        {"x{a=\"b", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char found[256] = "";
        struct view one;
        for (size_t at = 0; selector_next(view_of(cases[i].expr), &at, &one);) {
            if (found[0] != '\0') strcat(found, " | ");
            strncat(found, one.ptr, one.len);
        }
        if (strcmp(found, cases[i].want) != 0) fail_msg("%s: found %s, wanted %s", cases[i].expr, found, cases[i].want);
    }
}

static void test_selector__matchers_are_checked_in_any_expression(void **state) {
    (void)state;
    static const struct {
        const char *expr, *want; // NULL: good
    } cases[] = {
        {"up", NULL},
        {"sum by (a)(rate(x{b=~\"c+|d&e\"}[5m])) / ignoring(b) y{c!=\"}\"}", NULL},
        {"label_replace(x{a=\"b\"}, \"c\", \"$1{\", \"d\", \"(.*)\")", NULL},
        {"x # a comment with { and \"\n + y{a=\"b\"}", NULL},
        {"x{a=\"b\"", "the { is not closed"},
        {"sum(x{a=\"b\")", "at byte 12: expected , or } after a matcher"},
        {"x{a=\"b}", "at byte 5: the string is not closed"},
        {"x{a=\"b\nc\"}", "string is not closed"},
        {"x}", "at byte 2: a } without its {"},
        {"x{a>\"b\"}", "at byte 4: expected one of the operators"},
        {"x{a==\"b\"}", "operators"},
        {"x{a!\"b\"}", "operators"},
        {"x{a=b}", "at byte 5: expected a value in quotes"},
        {"x{=\"b\"}", "expected a label name"},
        {"x{a=\"b\",,c=\"d\"}", "expected a label name"},
        {"x{a=~\"\\d+\"}", "unknown escape"},
        {"x{a=~\"\\\\d+\"}", NULL},
        {"x{a=~`\\d+`}", NULL},
        {"x{a=\"\\x41\\u00e9\\U0001f600\\101\"}", NULL},
        {"x{a=\"\\x4\"}", "unknown escape"},
        {"x{a=~\"(b\"}", "at byte 6: the pattern \"(b\" has a ( that is not closed"},
        {"x{a=\"(b\"}", NULL},
        {"x{a!~\"[b\"}", "has a [ that is not closed"},
        {"y + x{a=~\"*b\"}", "nothing before a repetition"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error err = {0};
        bool ok = selector_check_matchers(view_of(cases[i].expr), &err);
        if (ok != (cases[i].want == NULL) || (!ok && strstr(err.text, cases[i].want) == NULL)) {
            fail_msg("%s: got \"%s\", wanted \"%s\"", cases[i].expr, ok ? "good" : err.text,
                     cases[i].want != NULL ? cases[i].want : "good");
        }
    }
}

// Patterns stand in backquotes, so that they are what they look like.
static void test_selector__patterns_are_read_as_re2_does(void **state) {
    (void)state;
    static const struct {
        const char *pattern, *want; // NULL: good
    } cases[] = {
        {"", NULL},
        {"5..|4[0-9]{2}", NULL},
        {"a*?b+?c??", NULL},
        {"(?i)abc(?:d|e)(?P<name>f)(?i-s:x)", NULL},
        {"^$", NULL},
        {"a{2}b{2,}c{2,5}", NULL},
        {"a{,5}|{x}|{|a{2", NULL},
        {"[]a]", NULL},
        {"[^]a]", NULL},
        {"[[:alpha:]_]", NULL},
        {"[\\]x]", NULL},
        {"\\.\\*\\pL\\p{Greek}\\x41\\012\\Q(*\\E", NULL},
        {"(a|b", "( that is not closed"},
        {"a)b", ") without its ("},
        {"[a", "[ that is not closed"},
        {"[]", "[ that is not closed"},
        {"[z-a]", "wrong way round"},
        {"*a", "nothing before"},
        {"+", "nothing before"},
        {"a|?", "nothing before"},
        {"(*a)", "nothing before"},
        {"{3}", "nothing before"},
        {"a**", "repeats a repetition"},
        {"a{2}{3}", "repeats a repetition"},
        {"a{5,2}", "wrong way round"},
        {"a{1001}", "more than 1000"},
        {"a\\", "ends in a backslash"},
        {"(a)\\1", "backreference"},
        {"(?=a)", "no lookaround"},
        {"(?!a)b", "no lookaround"},
        {"(?<=a)b", "no lookaround"},
        {"(?<!a)b", "no lookaround"},
        {"(?>a)", "atomic"},
        {"(?P=n)", "backreference"},
        {"(?x)", "does not know"},
        {"\\Z", "escape that RE2 does not know"},
        {"[\\y]", "escape that RE2 does not know"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error err = {0};
        struct buf expr;
        buf_init(&expr, 256);
        buf_printf(&expr, "x{a=~`%s`}", cases[i].pattern);
        bool ok = selector_check_matchers(view_of(buf_text(&expr)), &err);
        if (ok != (cases[i].want == NULL) || (!ok && strstr(err.text, cases[i].want) == NULL)) {
            fail_msg("%s: got \"%s\", wanted \"%s\"", cases[i].pattern, ok ? "good" : err.text,
                     cases[i].want != NULL ? cases[i].want : "good");
        }
        buf_finish(&expr);
    }
}

static void test_selector__matchers_are_escaped(void **state) {
    (void)state;
    static const struct {
        const char *name, *op, *value, *want;
    } cases[] = {
        {"app", "=", "checkout", "app=\"checkout\""},
        {"a", "=~", "\\d\"\n\xc3\xa9", "a=~\"\\\\d\\\"\\n\xc3\xa9\""},
        {"k8s.pod", "!=", "x", "\"k8s.pod\"!=\"x\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf buf, expr;
        buf_init(&buf, 256);
        buf_init(&expr, 256);
        selector_matcher(&buf, cases[i].name, cases[i].op, cases[i].value);
        assert_string_equal(buf_text(&buf), cases[i].want);
        buf_printf(&expr, "x{%s}", buf_text(&buf));
        assert_true(selector_is_plain(view_of(buf_text(&expr))));
        buf_finish(&buf);
        buf_finish(&expr);
    }
}

static void test_selector__expressions_that_look_at_the_window(void **state) {
    (void)state;
    static const struct {
        const char *expr;
        bool sees;
    } cases[] = {
        {"rate(x[5m] @ end())", true},
        {"x @ start ()", true},
        {"x - x @ # why\n START()", true},
        {"avg_over_time(x[1m]) * range()", true},
        {"range_avg(x)", true},
        {"topk_max(3, x)", true},
        {"label_replace(x, \"a\", \"start()\", \"b\", 'end()')", false},
        {"start{end=\"range()\"} + range", false},
        {"my_start(x)", false},
        {"x # start()", false},
        {"topk(3, rate(x[1h30m])) > 5", false},
        {"x{a=\"open} @ end()", true},
        {"", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (selector_sees_window(view_of(cases[i].expr)) != cases[i].sees) fail_msg("%s", cases[i].expr);
    }
}

static void test_selector_matchers__say_what_the_strings_stand_for(void **state) {
    (void)state;
    static const struct matcher want[] = {
        {MATCHER_EQUAL, {"__name__", 8}, {"http:up", 7}},
        {MATCHER_EQUAL, {"a", 1}, {"q\"\\\n\xc3\xa9", 6}},
        {MATCHER_NOT_EQUAL, {"b", 1}, {"", 0}},
        {MATCHER_REGEX, {"c", 1}, {"x\\.y|A", 6}},
        {MATCHER_NOT_REGEX, {"my.label", 8}, {"\xf0\x9f\x98\x80*", 5}},
        {MATCHER_EQUAL, {"__name__", 8}, {"my.metric", 9}},
    };
    static const char expr[] =
        " http:up { a='q\"\\\\\\n\\u00e9', b != \"\", c=~\"x\\\\.y|\\x41\", 'my.label'!~`\xf0\x9f\x98\x80*`, \"my.metric\" }";
    struct arena arena = {0};
    struct matcher *found;
    size_t count;
    assert_true(selector_matchers(view_of(expr), &arena, &found, &count));
    assert_int_equal(count, sizeof want / sizeof want[0]);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(found[i].type, want[i].type);
        assert_int_equal(found[i].name.len, want[i].name.len);
        assert_memory_equal(found[i].name.ptr, want[i].name.ptr, want[i].name.len);
        assert_int_equal(found[i].value.len, want[i].value.len);
        assert_memory_equal(found[i].value.ptr, want[i].value.ptr, want[i].value.len);
    }
    assert_false(selector_matchers(view_of("up[5m]"), &arena, &found, &count));
    assert_false(selector_matchers(view_of("up{a=\"b\""), &arena, &found, &count));
    arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_selector__plain_ones_are_known),
        cmocka_unit_test(test_selector__every_selector_of_an_expression_is_found),
        cmocka_unit_test(test_selector__matchers_are_checked_in_any_expression),
        cmocka_unit_test(test_selector_matchers__say_what_the_strings_stand_for),
        cmocka_unit_test(test_selector__patterns_are_read_as_re2_does),
        cmocka_unit_test(test_selector__matchers_are_escaped),
        cmocka_unit_test(test_selector__expressions_that_look_at_the_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
