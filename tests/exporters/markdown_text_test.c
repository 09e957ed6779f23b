// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "markdown_text.h"

struct pair {
    const char *in, *out;
};

static void test_markdown_text__escapes_markup_mentions_and_references(void **state) {
    (void)state;
    static const struct pair pairs[] = {
        {"plain words, 12 % more", "plain words, 12 % more"},
        {"error_ratio *is* [up](x) | `y`", "error\\_ratio \\*is\\* \\[up\\](x) \\| \\`y\\`"},
        {"<b> & ~x~", "&lt;b&gt; &amp; \\~x\\~"},
        {"@team #12", "@\xE2\x80\x8Bteam \\#\xE2\x80\x8B"
                      "12"},
        {"a\\b", "a\\\\b"},
        {"see https://evil.example", "see https:\xE2\x80\x8B//evil.example"},
        {"at WWW.evil.example a:b", "at WWW\xE2\x80\x8B.evil.example a:b"},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) assert_string_equal(markdown_text(&arena, pairs[i].in), pairs[i].out);
    arena_finish(&arena);
}

static void test_markdown_code__fences_are_longer_than_what_they_hold(void **state) {
    (void)state;
    static const struct pair pairs[] = {
        {"name", "`name`"}, {"a`b", "``a`b``"}, {"`a``b", "``` `a``b ```"}, {"a|b", "`a|b`"}, {"", "(no name)"}};
    struct arena arena = {0};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) assert_string_equal(markdown_code(&arena, pairs[i].in), pairs[i].out);
    assert_string_equal(markdown_cell(&arena, "a|b"), "`a\\|b`");
    arena_finish(&arena);
}

static void test_markdown_link__only_to_web_addresses(void **state) {
    (void)state;
    static const struct pair pairs[] = {
        {"https://a.example/b?c=d", "[go](https://a.example/b?c=d)"},
        {"https://a.example/(b) <c>", "[go](https://a.example/%28b%29%20%3Cc%3E)"},
        {"javascript:alert(1)", "`javascript:alert(1)`"},
        {"//a.example", "`//a.example`"},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        assert_string_equal(markdown_link(&arena, "go", pairs[i].in), pairs[i].out);
    }
    arena_finish(&arena);
}

static void test_markdown_marker__cannot_be_ended_early(void **state) {
    (void)state;
    struct arena arena = {0};
    assert_string_equal(markdown_marker(&arena, "checkout-api", "7f3a"), "<!-- serin:checkout-api:7f3a -->");
    assert_string_equal(markdown_marker(&arena, "a--b --> \n:", "x>"), "<!-- serin:a-_b_-_____:x_ -->");
    arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_markdown_text__escapes_markup_mentions_and_references),
        cmocka_unit_test(test_markdown_code__fences_are_longer_than_what_they_hold),
        cmocka_unit_test(test_markdown_link__only_to_web_addresses),
        cmocka_unit_test(test_markdown_marker__cannot_be_ended_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
