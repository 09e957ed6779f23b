// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/nearest.h"

static void test_nearest__finds_what_was_meant(void **state) {
    (void)state;
    static const char *const words[] = {"query", "counts", "threshold", "tolerance", "critical", "group", "by"};
    static const struct {
        const char *text, *want; // NULL: none is near enough
    } cases[] = {
        {"querry", "query"},
        {"qurey", "query"},
        {"uery", "query"},
        {"quary", "query"},
        {"count", "counts"},
        {"treshhold", "threshold"},
        {"tolerence", "tolerance"},
        {"critcal", "critical"},
        {"gropu", "group"},
        {"groups", "group"},
        {"query", "query"},
        {"", NULL},
        {"zzz", NULL},
        {"histogram", NULL},
        {"quxyz", NULL},
        {"tolxxxnce", NULL},
        {"Query", "query"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *got = nearest_word(view_of(cases[i].text), words, sizeof words / sizeof words[0]);
        const char *want = cases[i].want;
        if ((got == NULL) != (want == NULL) || (got != NULL && strcmp(got, want) != 0)) {
            fail_msg("%s: %s, wanted %s", cases[i].text, got != NULL ? got : "none", want != NULL ? want : "none");
        }
    }
}

static void test_nearest__first_of_equals_and_long_words(void **state) {
    (void)state;
    char text[200];
    memset(text, 'a', sizeof text);
    const char *const equal[] = {"bat", "cat"};
    assert_string_equal(nearest_word(view_of("hat"), equal, 2), "bat");
    assert_null(nearest_word((struct view){text, 65}, equal, 2));
    text[64] = '\0';
    const char *const edge[] = {text};
    assert_ptr_equal(nearest_word((struct view){text, 63}, edge, 1), text);
    text[64] = 'a';
    text[70] = '\0';
    assert_null(nearest_word((struct view){text, 64}, edge, 1)); // a word too long to compare is passed over
    assert_null(nearest_word(view_of("hat"), equal, 0));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nearest__finds_what_was_meant),
        cmocka_unit_test(test_nearest__first_of_equals_and_long_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
