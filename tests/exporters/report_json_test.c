// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "exporters/report.h"

enum { LIMIT = 1 << 20 };

static void test_report_json__reads_back_as_the_same_document(void **state) {
    (void)state;
    static const char *const documents[] = {"pass", "fail", "marginal", "inconclusive", "error"};
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++) {
        char path[512];
        struct arena arena = {0};
        struct error err = {0};
        struct view golden;
        struct buf out;
        snprintf(path, sizeof path, "%s/reports/%s.json", SERIN_FIXTURES, documents[i]);
        if (!file_read(path, LIMIT, &arena, &golden, &err)) fail_msg("%s", err.text);
        json_t *result = json_loadb(golden.ptr, golden.len, 0, NULL);
        buf_init(&out, LIMIT);
        assert_true(report_json(&out, result, &err));
        assert_string_equal(buf_text(&out), golden.ptr); // the files are in the writer's own form: order, indent, numbers
        buf_finish(&out);
        json_decref(result);
        arena_finish(&arena);
    }
}

struct written {
    const char *in, *out;
};

static const struct written written[] = {
    {"{}", "{}\n"},
    {"{\"b\":[],\"a\":{}}", "{\n  \"b\": [],\n  \"a\": {}\n}\n"},
    {"{\"a\":[1,[true,null]]}", "{\n  \"a\": [\n    1,\n    [\n      true,\n      null\n    ]\n  ]\n}\n"},
    {"{\"a\":0.1}", "{\n  \"a\": 0.1\n}\n"},
    {"{\"a\":70.0}", "{\n  \"a\": 70\n}\n"},
    {"{\"a\":0.30000000000000004}", "{\n  \"a\": 0.30000000000000004\n}\n"},
    {"{\"a\":-0.0}", "{\n  \"a\": -0.0\n}\n"},
    {"{\"a\":1e300}", "{\n  \"a\": 1e+300\n}\n"},
    {"{\"a\":9223372036854775807}", "{\n  \"a\": 9223372036854775807\n}\n"},
    {"{\"a\":\"q\\\" b\\\\ n\\n t\\t e\\u001b d\\u007f\"}", "{\n  \"a\": \"q\\\" b\\\\ n\\n t\\t e\\u001b d\\u007f\"\n}\n"},
    {"{\"\\u000b\":\"\\u00e9/\\ud83d\\udc24\"}", "{\n  \"\\u000b\": \"é/🐤\"\n}\n"},
};

static void test_report_json__writes_each_kind(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof written / sizeof written[0]; i++) {
        struct buf out;
        struct error err = {0};
        json_t *tree = json_loads(written[i].in, 0, NULL), *again;
        buf_init(&out, LIMIT);
        if (!report_json(&out, tree, &err)) fail_msg("%s: %s", written[i].in, err.text);
        assert_string_equal(buf_text(&out), written[i].out);
        again = json_loads(buf_text(&out), 0, NULL);
        assert_non_null(again);
        json_decref(again);
        json_decref(tree);
        buf_finish(&out);
    }
}

static void expect_failure(const json_t *tree, size_t limit, enum error_code code) {
    struct buf out;
    struct error err = {0};
    buf_init(&out, limit);
    assert_false(report_json(&out, tree, &err));
    assert_int_equal(err.code, code);
    buf_finish(&out);
}

static void test_report_json__refuses_what_is_no_document(void **state) {
    (void)state;
    json_t *list = json_array(), *bytes = json_pack("{s:o}", "a", json_stringn_nocheck("\xC3(", 2)), *deep = json_object();
    for (int i = 0; i < 100; i++) deep = json_pack("{s:o}", "a", deep);
    json_t *many = json_pack("{s:[i,i,i]}", "a", 1, 2, 3);
    expect_failure(list, LIMIT, ERROR_DATA);
    expect_failure(NULL, LIMIT, ERROR_DATA);
    expect_failure(bytes, LIMIT, ERROR_DATA);
    expect_failure(deep, LIMIT, ERROR_LIMIT);
    expect_failure(many, 10, ERROR_LIMIT);
    json_decref(list);
    json_decref(bytes);
    json_decref(deep);
    json_decref(many);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_report_json__reads_back_as_the_same_document),
        cmocka_unit_test(test_report_json__writes_each_kind),
        cmocka_unit_test(test_report_json__refuses_what_is_no_document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
