// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "serve/json_plain.h"

static json_t *by_jansson(struct view text) {
    return json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
}

static void test_json_plain__reads_what_is_plain_as_jansson_does(void **state) {
    (void)state;
    static const char *const plain[] = {
        "{}",
        "[]",
        " [ ] ",
        "{ \"a\" : 1 , \"b\":[true,false,null,{}]}\r\n",
        "\"\"",
        "\"caf\xc3\xa9\"",
        "-0",
        "0",
        "-12",
        "999999999999999999",
        "[[[[1]]],[2,3]]",
        "{\"\":\"\x7f\"}",
        "\ttrue",
        "{\"canary\":\"checkout\",\"version\":\"1.42.0\"}",
    };
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        json_t *ours = json_plain_parse(view_of(plain[i])), *theirs = by_jansson(view_of(plain[i]));
        if (ours == NULL || !json_equal(ours, theirs)) fail_msg("%s is read otherwise", plain[i]);
        json_decref(ours);
        json_decref(theirs);
    }
}

static void test_json_plain__leaves_all_else(void **state) {
    (void)state;
    static const char *const others[] = {
        "",
        " ",
        "\"a\\n\"",
        "1.5",
        "1e3",
        "[1.5]",
        "1234567890123456789",
        "{\"a\":1,\"a\":2}",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{\"a\"}",
        "{\"a\":}",
        "{,}",
        "{a:1}",
        "[1",
        "{\"a\":1",
        "\"a",
        "\"\x01\"",
        "\"\xff\"",
        "\xc3\"",
        "01",
        "-",
        "- 1",
        "+1",
        "tru",
        "truex",
        "nul",
        "{}x",
        "[]]",
        "1 2",
        "-01",
        "\"\xed\xa0\x80\"",
        "{\"a\":1,}",
        "NaN",
        "\"\xc3\"",
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        json_t *ours = json_plain_parse(view_of(others[i]));
        if (ours != NULL) fail_msg("%s is taken", others[i]);
    }
    assert_null(json_plain_parse((struct view){"\"a\0b\"", 5}));
    assert_null(json_plain_parse((struct view){"1\0", 2}));
}

// Pieces of texts put together at random: what is taken is what jansson takes, and as it takes it.
static void test_json_plain__takes_nothing_that_jansson_refuses(void **state) {
    (void)state;
    static const char *const pieces[] = {"{", "}", "[", "]", ",", ":", "\"a\"", "\"b\"", "1", "-", "0", "true", "null", " ", ".5", "\\"};
    uint64_t random = 2385;
    size_t taken = 0;
    for (int i = 0; i < 200000; i++) {
        char text[64] = "";
        for (int k = 0; k < 7; k++) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            if (random >> 63 == 0 || k < 3) strcat(text, pieces[random >> 33 & 15]);
        }
        json_t *ours = json_plain_parse(view_of(text));
        if (ours == NULL) continue;
        json_t *theirs = by_jansson(view_of(text));
        if (!json_equal(ours, theirs)) fail_msg("%s is read otherwise", text);
        json_decref(ours);
        json_decref(theirs);
        taken++;
    }
    assert_true(taken > 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_plain__reads_what_is_plain_as_jansson_does),
        cmocka_unit_test(test_json_plain__leaves_all_else),
        cmocka_unit_test(test_json_plain__takes_nothing_that_jansson_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
