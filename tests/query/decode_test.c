// SPDX-License-Identifier: GPL-3.0-or-later
// The decoder over recorded and made-up answers, whole and in pieces of any size.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/file.h"
#include "decoded.h"

static const char *text_of(const json_t *object, const char *name) {
    return json_string_value(json_object_get(object, name));
}

static void check_texts(const char *id, const struct text_list *list, const json_t *want) {
    if (list->count != json_array_size(want)) fail_msg("%s: %zu warnings, wanted %zu", id, list->count, json_array_size(want));
    for (size_t i = 0; i < list->count; i++) {
        const char *text = json_string_value(json_array_get(want, i));
        if (!view_is(list->items[i], text)) fail_msg("%s: warning %s, wanted %s", id, list->items[i].ptr, text);
    }
}

static void check_expect(const char *id, const struct decoded *got, const json_t *expect) {
    const char *want = text_of(expect, "outcome"), *name = outcome_name(got->result.outcome), *digest = text_of(expect, "canonical_sha256");
    if (strcmp(want, "either") != 0 && strcmp(want, name) != 0) fail_msg("%s: %s (%s), wanted %s", id, name, got->result.err.text, want);
    if (got->result.outcome != DECODE_OK && got->result.err.text[0] == '\0') fail_msg("%s: refused without a reason", id);
    if (got->result.outcome == DECODE_API_ERROR) {
        assert_string_equal(got->result.error_type, text_of(expect, "errorType"));
        assert_string_equal(got->result.error_text, text_of(expect, "error"));
    }
    if (got->result.outcome != DECODE_OK || digest == NULL) return;
    char hex[DIGEST_HEX_LEN + 1];
    digest_hex((struct view){buf_text(&got->canonical), got->canonical.len}, hex);
    if (strcmp(hex, digest) != 0) fail_msg("%s: canonical text %.300s", id, buf_text(&got->canonical));
    check_texts(id, &got->set.warnings, json_object_get(expect, "warnings"));
    assert_int_equal(got->set.partial, json_is_true(json_object_get(expect, "incomplete")));
}

static void check_fixture(const json_t *item) {
    const json_t *http = json_object_get(item, "http");
    const char *id = text_of(item, "id"), *path = text_of(json_object_get(item, "request"), "path");
    struct error err = {0};
    if (!decode_check_encoding(text_of(http, "content_encoding"), &err)) {
        assert_string_equal(text_of(json_object_get(item, "expect"), "outcome"), "clear_error");
        return;
    }
    bool metadata = path != NULL && (strstr(path, "/query") == NULL || strstr(path, "/query_exemplars") != NULL);
    struct arena arena = {0};
    struct view body;
    char name[512];
    snprintf(name, sizeof name, "%s/prometheus/%s", SERIN_FIXTURES, text_of(item, "file"));
    if (!file_read(name, (size_t)1 << 20, &arena, &body, &err)) fail_msg("%s", err.text);
    for (size_t i = 0; i < DECODED_PIECES; i++) {
        struct decoded got;
        int status = (int)json_integer_value(json_object_get(http, "status"));
        decoded_make(&got, status, text_of(http, "content_type"), body, decoded_pieces[i], NULL, metadata);
        check_expect(id, &got, json_object_get(item, "expect"));
        decoded_finish(&got);
    }
    arena_finish(&arena);
}

static void test_decode__recorded_answers_in_pieces_of_any_size(void **state) {
    (void)state;
    json_t *index = json_load_file(SERIN_FIXTURES "/prometheus/index.json", 0, NULL);
    const json_t *cases = json_object_get(index, "cases");
    assert_true(json_array_size(cases) > 100);
    for (size_t i = 0; i < json_array_size(cases); i++) check_fixture(json_array_get(cases, i));
    json_decref(index);
}

static const struct body good_bodies[] = {
    {200, "application/json", POINT("[1.5,\"1\"],[2,\"2\"]"), "S {job=\"a\"}\nF 1500 1\nF 2000 2\n"},
    {200, "Application/JSON; charset=utf-8", POINT(""), "S {job=\"a\"}\n"},
    {200, "application/stream+json", POINT("[-1.5,\"-0\"]"), "S {job=\"a\"}\nF -1500 -0\n"},
    {200, NULL, " \r\n\t" POINT(" [ 1 , \"1\" ] , [ 2e0 , \"\\u0032\" ] ") "\n ", "S {job=\"a\"}\nF 1000 1\nF 2000 2\n"},
    {200, NULL, POINT("[17356896e2,\"1\"],[1735689600.1236,\"1\"],[9223372036854775.807,\"1\"]"),
     "S {job=\"a\"}\nF 1735689600000 1\nF 1735689600124 1\nF 9223372036854775807 1\n"},
    {200, NULL, "{\"data\":{\"result\":[5,\"2.5\"],\"resultType\":\"scalar\"},\"status\":\"success\"}", "F 5000 2.5\n"},
    {200, NULL, "{\"data\":{\"result\":[5,\"a\\\"b\"],\"resultType\":\"string\"},\"status\":\"success\"}", "T 5000 \"a\\\"b\"\n"},
    {200, NULL,
     "{\"x\":[{\"a\":[null,true,false,-1.5e+3,\"\\ud83d\\ude00\"]}],"
     "\"status\":\"success\",\"warnings\":null,\"data\":"
     "{\"stats\":{},\"resultType\":\"matrix\",\"result\":[{\"y\":1,\"values\":[],\"metric\":{\"b\":\"\xc3\xa9\",\"a\":\"\"}}]}}",
     "S {a=\"\",b=\"\xc3\xa9\"}\n"},
    {200, NULL, HISTOGRAM("{\"sum\":\"NaN\",\"x\":{},\"count\":\"2.5\"}"), "S {}\nH 5000 count=2.5 sum=nan buckets=0\n"},
    {200, NULL, HISTOGRAM("{\"count\":\"1\",\"sum\":\"2\",\"buckets\":[[3,\"-Inf\",\"+Inf\",\"1\"]]}"),
     "S {}\nH 5000 count=1 sum=2 buckets=1\nB 3 -inf inf 1\n"},
};

static void test_decode__good_bodies(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof good_bodies / sizeof good_bodies[0]; i++) {
        const struct body *body = &good_bodies[i];
        for (size_t k = 0; k < DECODED_PIECES; k++) {
            struct decoded got;
            decoded_make(&got, body->status, body->type, view_of(body->text), decoded_pieces[k], NULL, false);
            if (got.result.outcome != DECODE_OK) fail_msg("%s: %s", body->text, got.result.err.text);
            assert_string_equal(buf_text(&got.canonical), body->want);
            decoded_finish(&got);
        }
    }
}

static void test_decode__sixty_four_levels_are_enough(void **state) {
    (void)state;
    for (int depth = 62; depth <= 64; depth++) {
        struct buf body;
        buf_init(&body, 1000);
        buf_str(&body, "{\"x\":");
        buf_repeat(&body, '[', (size_t)depth);
        buf_repeat(&body, ']', (size_t)depth);
        buf_str(&body, ",\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}");
        struct decoded got;
        decoded_make(&got, 200, NULL, (struct view){body.data, body.len}, SIZE_MAX, NULL, false);
        assert_string_equal(outcome_name(got.result.outcome), depth < 64 ? "ok" : "clear_error");
        decoded_finish(&got);
        buf_finish(&body);
    }
}

static void test_decode__long_series_fit_exactly(void **state) {
    (void)state;
    const size_t count = 50000; // more than one stage
    struct buf body;
    buf_init(&body, (size_t)4 << 20);
    buf_str(&body, SERIES);
    for (size_t i = 0; i < count; i++) buf_printf(&body, "%s[%zu.%03zu,\"%zu.25\"]", i > 0 ? "," : "", i, i % 1000, i);
    buf_str(&body, TAIL);
    struct decoded got;
    decoded_make(&got, 200, NULL, (struct view){body.data, body.len}, 16384, NULL, false);
    assert_string_equal(got.result.err.text, "");
    const struct series *series = &got.set.items[0];
    assert_int_equal(series->count, count);
    assert_int_equal(series->cap, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(series->time_ms[i], i * 1000 + i % 1000);
        if (series->value[i] != (double)i + 0.25) fail_msg("sample %zu: %.17g", i, series->value[i]);
    }
    decoded_finish(&got);
    buf_finish(&body);
}

static void test_decode__metadata_only_when_allowed(void **state) {
    (void)state;
    static const char *const texts[] = {"{\"status\":\"success\",\"data\":[\"a\",\"b\"],\"warnings\":[\"w\"]}",
                                        "{\"status\":\"success\",\"data\":{\"version\":\"2.42\"},\"warnings\":[\"w\"]}"};
    for (size_t i = 0; i < 2; i++) {
        struct decoded got;
        decoded_make(&got, 200, NULL, view_of(texts[i]), 3, NULL, true);
        assert_string_equal(got.result.err.text, "");
        assert_int_equal(got.set.type, RESULT_NONE);
        assert_int_equal(got.set.warnings.count, 1);
        decoded_finish(&got);
    }
}

static void test_decode__warnings_come_from_everywhere(void **state) {
    (void)state;
    const char *text = "{\"status\":\"success\",\"isPartial\":true,\"infos\":[\"i\"],\"warnings\":[\"w1\"],\"data\":"
                       "{\"resultType\":\"vector\",\"result\":[],\"warnings\":[\"w\\u00e9\"]}}";
    struct decoded got;
    decoded_make(&got, 200, NULL, view_of(text), 1, NULL, false);
    assert_string_equal(got.result.err.text, "");
    assert_true(got.set.partial);
    assert_int_equal(got.set.infos.count, 1);
    assert_int_equal(got.set.warnings.count, 2);
    assert_true(view_is(got.set.warnings.items[1], "w\xc3\xa9"));
    decoded_finish(&got);
}

static void test_decode__an_escaped_nul_is_kept(void **state) {
    (void)state;
    struct decoded got;
    decoded_make(&got, 200, NULL, view_of(VECTOR("{\"metric\":{\"a\":\"x\\u0000y\"},\"value\":[1,\"1\"]}")), SIZE_MAX, NULL, false);
    assert_string_equal(got.result.err.text, "");
    assert_int_equal(got.set.items[0].labels.items[0].value.len, 3);
    decoded_finish(&got);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decode__recorded_answers_in_pieces_of_any_size),
        cmocka_unit_test(test_decode__good_bodies),
        cmocka_unit_test(test_decode__sixty_four_levels_are_enough),
        cmocka_unit_test(test_decode__long_series_fit_exactly),
        cmocka_unit_test(test_decode__metadata_only_when_allowed),
        cmocka_unit_test(test_decode__warnings_come_from_everywhere),
        cmocka_unit_test(test_decode__an_escaped_nul_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
