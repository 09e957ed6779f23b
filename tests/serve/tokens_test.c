// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "serve/tokens.h"

#define DEV_DIGEST "8e42ff20a012a17bdce05af60d87b56584e7cca3d49e7664620799d64fd708d6" // of 5a17dev.secret, by sha256sum

static void test_tokens__finds_what_it_made(void **state) {
    struct buf token, line, file;
    struct error err;
    (void)state;
    buf_init(&file, 10000);
    struct buf made[4];
    for (int i = 0; i < 4; i++) {
        buf_init(&token, 1000);
        buf_init(&line, 1000);
        assert_true(token_make(i < 2 ? "ci" : i == 2 ? "ops" : "c-i_2", i == 2 ? ROLE_ADMIN : ROLE_RUN, &token, &line, &err));
        assert_null(strstr(buf_text(&line), strchr(buf_text(&token), '.') + 1));
        buf_printf(&file, "%s\r\n", buf_text(&line));
        buf_finish(&line);
        made[i] = token;
    }
    struct tokens *tokens = tokens_parse((struct view){buf_text(&file), file.len}, "tokens", &err);
    assert_non_null(tokens);
    for (int i = 0; i < 4; i++) {
        const struct token *found = tokens_find(tokens, (struct view){buf_text(&made[i]), made[i].len});
        assert_non_null(found);
        assert_int_equal(found->role, i == 2 ? ROLE_ADMIN : ROLE_RUN);
        assert_null(tokens_find(tokens, (struct view){buf_text(&made[i]), made[i].len - 1}));
        made[i].data[made[i].len - 1] ^= 1;
        assert_null(tokens_find(tokens, (struct view){buf_text(&made[i]), made[i].len}));
        buf_finish(&made[i]);
    }
    tokens_destroy(tokens);
    buf_finish(&file);
}

static void test_tokens__agrees_with_sha256sum(void **state) {
    static const char text[] = "# comment\n\n  dev\trun sha256:5a17:" DEV_DIGEST "\n";
    struct error err;
    (void)state;
    struct tokens *tokens = tokens_parse(view_of(text), "tokens", &err);
    assert_non_null(tokens);
    assert_string_equal(tokens_find(tokens, view_of("dev.secret"))->name, "dev");
    assert_null(tokens_find(tokens, view_of("dev.secreT")));
    assert_null(tokens_find(tokens, view_of("dev")));
    assert_null(tokens_find(tokens, view_of("")));
    tokens_destroy(tokens);
}

static void test_tokens__tells_the_line_but_not_what_is_in_it(void **state) {
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"", "tokens: no token in it; serin token NAME --role ROLE makes one"},
        {"# only a comment\n", "tokens: no token"},
        {"\ndev.plain-secret\n", "tokens:2: a name is"},
        {"dev superuser sha256:00:11\n", "tokens:1: the role must be"},
        {"dev none sha256:00:" DEV_DIGEST "\n", "tokens:1: the role must be"},
        {"dev run\n", "tokens:1: expected NAME ROLE"},
        {"dev run plain-secret\n", "tokens:1: expected NAME ROLE"},
        {"dev run sha256:zz:" DEV_DIGEST "\n", "tokens:1: expected NAME ROLE"},
        {"dev run sha256:5a17:" DEV_DIGEST "0\n", "tokens:1: expected NAME ROLE"},
        {"dev run sha256:5a17:" DEV_DIGEST " more\n", "tokens:1: expected NAME ROLE"},
    };
    struct error err;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_null(tokens_parse(view_of(cases[i].text), "tokens", &err));
        if (strstr(err.text, cases[i].error) == NULL || strstr(err.text, "plain-secret") != NULL)
            fail_msg("%s: %s", cases[i].text, err.text);
    }
}

static void test_token_make__refuses_odd_names(void **state) {
    static const char *const names[] = {"",    "a b",      "a.b",
                                        "a/b", "\xc3\xa9", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    struct buf token, line;
    struct error err;
    (void)state;
    buf_init(&token, 1000);
    buf_init(&line, 1000);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) assert_false(token_make(names[i], ROLE_READ, &token, &line, &err));
    assert_int_equal(token.len + line.len, 0);
    buf_finish(&token);
    buf_finish(&line);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tokens__finds_what_it_made),
        cmocka_unit_test(test_tokens__agrees_with_sha256sum),
        cmocka_unit_test(test_tokens__tells_the_line_but_not_what_is_in_it),
        cmocka_unit_test(test_token_make__refuses_odd_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
