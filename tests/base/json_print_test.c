// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/json_print.h"

static void expect(const char *in, enum json_layout layout, const char *out) {
    struct buf text;
    struct error err = {0};
    json_t *tree = json_loads(in, JSON_DECODE_ANY, NULL);
    buf_init(&text, 1 << 16);
    if (!json_print(&text, tree, layout, &err)) fail_msg("%s: %s", in, err.text);
    assert_string_equal(buf_text(&text), out);
    buf_finish(&text);
    json_decref(tree);
}

static void test_json_print__lays_out_in_one_line_or_many(void **state) {
    (void)state;
    expect("{\"b\":[1, {}], \"a\":[]}", JSON_LINE, "{\"b\":[1,{}],\"a\":[]}");
    expect("{\"b\":[1, {}], \"a\":[]}", JSON_LINES, "{\n  \"b\": [\n    1,\n    {}\n  ],\n  \"a\": []\n}");
}

static void test_json_print__writes_any_value(void **state) {
    (void)state;
    static const char *const same[] = {"null", "true", "false", "0.1", "-0.0", "1e+300", "-9223372036854775808", "\"\"", "[[[]]]"};
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) expect(same[i], JSON_LINE, same[i]);
}

static void test_json_print__escapes_where_it_must_and_only_there(void **state) {
    (void)state;
    expect("\"\\\"\"", JSON_LINE, "\"\\\"\"");
    expect("\"a\\\\\\nb\\u001fc\\u007f\"", JSON_LINE, "\"a\\\\\\nb\\u001fc\\u007f\"");
    expect("\"\\u00e9/\\ud83d\\udc24\"", JSON_LINE, "\"é/🐤\"");
    expect("{\"\\t\":\"\\t\"}", JSON_LINE, "{\"\\t\":\"\\t\"}");
}

static void test_json_print__keeps_zero_bytes_of_texts(void **state) {
    (void)state;
    struct buf text;
    struct error err;
    json_t *tree = json_stringn("a\0b", 3);
    buf_init(&text, 100);
    assert_true(json_print(&text, tree, JSON_LINE, &err));
    assert_string_equal(buf_text(&text), "\"a\\u0000b\"");
    buf_finish(&text);
    json_decref(tree);
}

static void expect_failure(json_t *tree, size_t limit, enum error_code code) {
    struct buf text;
    struct error err = {0};
    buf_init(&text, limit);
    assert_false(json_print(&text, tree, JSON_LINE, &err));
    assert_int_equal(err.code, code);
    buf_finish(&text);
    json_decref(tree);
}

static void test_json_print__says_why_it_cannot(void **state) {
    (void)state;
    json_t *deep = json_array();
    for (int i = 0; i < 100; i++) deep = json_pack("[o]", deep);
    expect_failure(deep, 1 << 16, ERROR_LIMIT);
    expect_failure(json_pack("[s]", "longer than the limit"), 10, ERROR_LIMIT);
    expect_failure(json_stringn_nocheck("\xC3(", 2), 100, ERROR_DATA);
    expect_failure(json_stringn_nocheck("\xED\xA0\x80", 3), 100, ERROR_DATA);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_print__lays_out_in_one_line_or_many),
        cmocka_unit_test(test_json_print__writes_any_value),
        cmocka_unit_test(test_json_print__escapes_where_it_must_and_only_there),
        cmocka_unit_test(test_json_print__keeps_zero_bytes_of_texts),
        cmocka_unit_test(test_json_print__says_why_it_cannot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
