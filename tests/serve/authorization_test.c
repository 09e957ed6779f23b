// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "serve/authorization.h"

static const struct {
    const char *header, *token; // token NULL: there is none
    bool basic;
} cases[] = {
    {NULL, NULL, false},
    {"", NULL, false},
    {"Bearer ci.abc", "ci.abc", false},
    {"bearer   ci.abc", "ci.abc", false},
    {"Bearer ", "", false},
    {"Bearer", NULL, false},
    {"Bearers ci.abc", NULL, false},
    {"Digest username=\"ci\"", NULL, false},
    {"Basic YW5uOmNpLmFiYw==", "ci.abc", true},     // ann:ci.abc
    {"basic  OmNpLmFiYw==", "ci.abc", true},        // :ci.abc
    {"BASIC YW5uOmNpOmFiYw==", "ci:abc", true},     // ann:ci:abc
    {"Basic YW5uOmNpLmFiYw", NULL, true},           // padding cut off
    {"Basic YW5uOmNpLmFiYw==YW5uOg==", NULL, true}, // more behind the padding
    {"Basic YW5uOmNp!mFiYw==", NULL, true},         // none of the letters of base64
    {"Basic Y2kuYWJj", NULL, true},                 // ci.abc, without colon
    {"Basic YW5uOg==", "", true},                   // ann:
    {"Basic ", NULL, true},
    {"Basic", NULL, false},
};

static void test_authorization__reads_tokens_of_both_schemes(void **state) {
    struct arena arena = {0};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct view token = {"unset", 5};
        bool found = authorization_token(cases[i].header, &arena, &token);
        if (found != (cases[i].token != NULL) || (found && !view_is(token, cases[i].token)))
            fail_msg("%s: %.*s", cases[i].header, (int)token.len, token.ptr);
        if (authorization_is_basic(cases[i].header) != cases[i].basic) fail_msg("%s: basic", cases[i].header);
    }
    arena_finish(&arena);
}

static void test_authorization__keeps_bytes_that_are_no_text(void **state) {
    struct arena arena = {0};
    struct view token;
    (void)state;
    assert_true(authorization_token("Basic OgBhAA==", &arena, &token)); // a colon, NUL, a, NUL
    assert_int_equal(token.len, 3);
    assert_memory_equal(token.ptr, "\0a\0", 3);
    arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_authorization__reads_tokens_of_both_schemes),
        cmocka_unit_test(test_authorization__keeps_bytes_that_are_no_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
