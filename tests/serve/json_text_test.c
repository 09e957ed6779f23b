// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "serve/json_text.h"

static void test_json_text__is_strict(void **state) {
    static const struct {
        const char *text, *error; // NULL: taken
    } cases[] = {
        {"{}", NULL},
        {" [1, \"]]]]\\\"[\", null] ", NULL},
        {"\"text\"", NULL},
        {"", "line 1 column 0"},
        {"{\"a\":1,\"a\":1}", "duplicate object key"},
        {"{a:1}", "line 1 column 2"},
        {"[1,]", "line 1"},
        {"{}x", "end of file expected"},
        {"\"\xff\"", "unable to decode byte"},
        {"\"\\u0000\"", "\\u0000 is not allowed"},
        {"[NaN]", "line 1"},
        {"[1e999]", "real number overflow"},
        {"]]]]{", "line 1"},
        {"[\"", "line 1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error err = {0};
        json_t *json = json_text_parse(view_of(cases[i].text), &err);
        if ((json != NULL) != (cases[i].error == NULL)) fail_msg("%s: %s", cases[i].text, err.text);
        if (cases[i].error != NULL && strstr(err.text, cases[i].error) == NULL) fail_msg("%s: %s", cases[i].text, err.text);
        json_decref(json);
    }
}

static json_t *parse_repeated(const char *begin, const char *piece, size_t count, const char *end, struct error *err) {
    struct buf text;
    buf_init(&text, 1 << 22);
    buf_str(&text, begin);
    for (size_t i = 0; i < count; i++) buf_str(&text, piece);
    buf_str(&text, end);
    json_t *json = json_text_parse((struct view){buf_text(&text), text.len}, err);
    buf_finish(&text);
    return json;
}

static void test_json_text__is_bounded(void **state) {
    struct error err = {0};
    (void)state;
    json_t *json = parse_repeated("[0", ",0", JSON_MOST_VALUES - 1, "]", &err);
    assert_int_equal(json_array_size(json), JSON_MOST_VALUES);
    json_decref(json);
    assert_null(parse_repeated("[0", ",0", JSON_MOST_VALUES, "]", &err));
    assert_int_equal(err.code, ERROR_LIMIT);
    assert_null(parse_repeated("", "[", 100000, "", &err));
    assert_non_null(strstr(err.text, "deeper than 32"));
    assert_null(parse_repeated("", "{\"a\":", 33, "", &err));
    assert_int_equal(err.code, ERROR_LIMIT);
    json = parse_repeated("\"", "[[[{{{,,,", 10000, "\"", &err);
    assert_true(json_is_string(json));
    json_decref(json);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_json_text__is_strict), cmocka_unit_test(test_json_text__is_bounded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
