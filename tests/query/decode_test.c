// SPDX-License-Identifier: GPL-3.0-or-later
// The decoder over recorded and made-up answers, whole and in pieces of any size, and over a table of small bodies.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/file.h"
#include "query/decode.h"

struct outcome {
    struct decode_result result;
    struct series_set set;
    struct buf canonical;
};

static const size_t pieces[] = {SIZE_MAX, 16384, 7, 1};

static void decode(struct outcome *ret, int status, const char *type, struct view body, size_t piece, const struct decode_limits *limits,
                   bool metadata) {
    series_set_init(&ret->set);
    struct decoder *decoder = decoder_create(status, type, limits, &ret->set);
    if (metadata) decoder_allow_metadata(decoder);
    for (size_t at = 0; at < body.len;) {
        size_t len = body.len - at < piece ? body.len - at : piece;
        if (!decoder_feed(decoder, body.ptr + at, len)) break;
        at += len;
    }
    decoder_end(decoder, &ret->result);
    decoder_destroy(decoder);
    buf_init(&ret->canonical, (size_t)64 << 20);
    if (ret->result.outcome == DECODE_OK) series_set_canonical(&ret->canonical, &ret->set);
}

static void finish(struct outcome *outcome) {
    buf_finish(&outcome->canonical);
    series_set_finish(&outcome->set);
}

static const char *outcome_name(enum decode_outcome outcome) {
    static const char *const names[] = {
        [DECODE_OK] = "ok", [DECODE_API_ERROR] = "api_error", [DECODE_HTTP_ERROR] = "http_error", [DECODE_BROKEN] = "clear_error"};
    return names[outcome];
}

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

static void check_expect(const char *id, const struct outcome *got, const json_t *expect) {
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
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct outcome got;
        int status = (int)json_integer_value(json_object_get(http, "status"));
        decode(&got, status, text_of(http, "content_type"), body, pieces[i], NULL, metadata);
        check_expect(id, &got, json_object_get(item, "expect"));
        finish(&got);
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

#define HEAD "{\"status\":\"success\",\"data\":{\"resultType\":"
#define SERIES HEAD "\"matrix\",\"result\":[{\"metric\":{\"job\":\"a\"},\"values\":["
#define TAIL "]}]}}"
#define POINT(text) SERIES text TAIL
#define VECTOR(text) HEAD "\"vector\",\"result\":[" text "]}}"
#define HISTOGRAM(text) VECTOR("{\"metric\":{},\"histogram\":[5," text "]}")

struct body {
    int status;
    const char *type;
    const char *text;
    const char *want; // canonical text of a good answer, a part of the reason else
};

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
        for (size_t k = 0; k < sizeof pieces / sizeof pieces[0]; k++) {
            struct outcome got;
            decode(&got, body->status, body->type, view_of(body->text), pieces[k], NULL, false);
            if (got.result.outcome != DECODE_OK) fail_msg("%s: %s", body->text, got.result.err.text);
            assert_string_equal(buf_text(&got.canonical), body->want);
            finish(&got);
        }
    }
}

static const struct body broken_bodies[] = {
    {200, "text/html", POINT(""), "content type"},
    {200, "text/plain; x=application/json", POINT(""), "content type"},
    {200, "application/json", "", "empty"},
    {200, NULL, "\xef\xbb\xbf" POINT(""), "expected"},
    {200, NULL, POINT("") "x", "follows the end"},
    {200, NULL, POINT("") POINT(""), "follows the end"},
    {200, NULL, POINT("[1,\"1\"],"), "expected"},
    {200, NULL, POINT("[1,\"1\"][2,\"1\"]"), "comma"},
    {200, NULL, POINT("[1,\"1\"],[2,\"1\",3]"), "more than a time"},
    {200, NULL, POINT("[1]"), "not a list of time and value"},
    {200, NULL, POINT("[]"), "not a list of time and value"},
    {200, NULL, POINT("[1,1]"), "in quotes"},
    {200, NULL, POINT("[\"1\",\"1\"]"), "not a number"},
    {200, NULL, POINT("[01,\"1\"]"), "malformed number"},
    {200, NULL, POINT("[1.,\"1\"]"), "malformed number"},
    {200, NULL, POINT("[1e,\"1\"]"), "malformed number"},
    {200, NULL, POINT("[-,\"1\"]"), "malformed number"},
    {200, NULL, POINT("[+1,\"1\"]"), "expected"},
    {200, NULL, POINT("[0x1,\"1\"]"), "comma"},
    {200, NULL, POINT("[1e999,\"1\"]"), "beyond"},
    {200, NULL, POINT("[9223372036854775.808,\"1\"]"), "beyond"},
    {200, NULL, POINT("[1,\"\"]"), "decimal"},
    {200, NULL, POINT("[1,\" 1\"]"), "decimal"},
    {200, NULL, POINT("[1,\"0x1p3\"]"), "decimal"},
    {200, NULL, POINT("[1,\"1\"],[1.0,\"2\"]"), "do not rise"},
    {200, NULL, POINT("[2,\"1\"],[1,\"2\"]"), "do not rise"},
    {200, NULL, POINT("[1,\"1\\x\"]"), "escape"},
    {200, NULL, POINT("[1,\"\\ude00\"]"), "surrogate"},
    {200, NULL, POINT("[1,\"\\ud83d\\u0041\"]"), "surrogate"},
    {200, NULL, POINT("[1,\"\\ud83dx\"]"), "surrogate"},
    {200, NULL, POINT("[1,\"\\u00g0\"]"), "hexadecimal"},
    {200, NULL, POINT("[1,\"a\nb\"]"), "control"},
    {200, NULL, POINT("[1,\"\xc0\xaf\"]"), "UTF-8"},
    {200, NULL, POINT("[1,\"\xe0\x80\x80\"]"), "UTF-8"},
    {200, NULL, POINT("[1,\"\xf4\x90\x80\x80\"]"), "UTF-8"},
    {200, NULL, POINT("[1,\"\xc3\"]"), "UTF-8"},
    {200, NULL, POINT("[1,\"1\"]/**/"), "comma"},
    {200, NULL, VECTOR("{\"metric\":{},\"value\":[1,\"1\"],\"histogram\":[1,{\"count\":\"1\",\"sum\":\"1\"}]}"), "only one of these"},
    {200, NULL, VECTOR("{\"metric\":{},\"values\":[]}"), "resultType says"},
    {200, NULL, VECTOR("{\"metric\":{},\"values\":[]},{\"metric\":{\"a\":\"b\"},\"value\":[1,\"1\"]}"), "beside"},
    {200, NULL, VECTOR("{\"value\":[1,\"1\"]}"), "without metric"},
    {200, NULL, VECTOR("{\"metric\":{\"a\":1},\"value\":[1,\"1\"]}"), "label value"},
    {200, NULL, VECTOR("{\"metric\":{\"a\":\"1\",\"\\u0061\":\"2\"},\"value\":[1,\"1\"]}"), "twice"},
    {200, NULL,
     VECTOR("{\"metric\":{\"a\":\"1\",\"b\":\"2\"},\"value\":[1,\"1\"]},{\"metric\":{\"b\":\"2\",\"a\":\"1\"},\"value\":[1,\"1\"]}"),
     "same labels"},
    {200, NULL, VECTOR("{\"x\":{\"k\":1,\"l\":1,\"k\":2},\"metric\":{},\"value\":[1,\"1\"]}"), "twice"},
    {200, NULL, VECTOR("1,\"1\""), "resultType says"},
    {200, NULL, HEAD "\"scalar\",\"result\":[]}}", "time and value"},
    {200, NULL, HEAD "\"scalar\",\"result\":[1]}}", "time and value"},
    {200, NULL, HEAD "\"scalar\",\"result\":[1,\"x\"]}}", "scalar"},
    {200, NULL, HEAD "\"matrix\",\"result\":null}}", "result is not a list"},
    {200, NULL, "{\"status\":\"success\",\"data\":{\"result\":[]}}", "no resultType"},
    {200, NULL, "{\"status\":\"success\",\"data\":[]}", "not the result of a query"},
    {200, NULL, "{\"status\":\"success\",\"data\":{}}", "no resultType"},
    {200, NULL, "{\"status\":\"success\",\"data\":null}", "neither"},
    {200, NULL, "{\"status\":\"success\",\"stat\\u0075s\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}", "twice"},
    {200, NULL, "{\"data\":{\"result\":5},\"status\":\"success\"}", "result is not a list"},
    {200, NULL, "{}", "no status"},
    {200, NULL, "[]", "not an object"},
    {200, NULL, "{\"status\":\"error\"}", "missing"},
    {400, "application/json", "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"cut", "cut off"},
    {200, NULL, HISTOGRAM("{\"count\":\"1\"}"), "without count or sum"},
    {200, NULL, HISTOGRAM("{\"count\":1,\"sum\":\"1\"}"), "count"},
    {200, NULL, HISTOGRAM("{\"count\":\"-1\",\"sum\":\"1\"}"), "negative"},
    {200, NULL, HISTOGRAM("{\"count\":\"1\",\"sum\":\"1\",\"buckets\":[[4,\"0\",\"1\",\"1\"]]}"), "rule"},
    {200, NULL, HISTOGRAM("{\"count\":\"1\",\"sum\":\"1\",\"buckets\":[[0,\"0\",\"1\"]]}"), "less than four"},
    {200, NULL, HISTOGRAM("{\"count\":\"1\",\"sum\":\"1\",\"buckets\":[[0,\"0\",\"1\",\"1\",\"1\"]]}"), "more than four"},
    {200, NULL, HISTOGRAM("{\"count\":\"1\",\"sum\":\"1\",\"buckets\":[[0,\"2\",\"1\",\"1\"]]}"), "order"},
    {200, NULL,
     HEAD "\"matrix\",\"result\":[{\"metric\":{},\"values\":[[5,\"1\"]],\"histograms\":[[5,{\"count\":\"1\",\"sum\":\"1\"}]]}]}}",
     "same time"},
};

static void test_decode__broken_bodies_are_refused_with_a_reason(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof broken_bodies / sizeof broken_bodies[0]; i++) {
        const struct body *body = &broken_bodies[i];
        for (size_t k = 0; k < sizeof pieces / sizeof pieces[0]; k++) {
            struct outcome got;
            decode(&got, body->status, body->type, view_of(body->text), pieces[k], NULL, false);
            const char *name = outcome_name(got.result.outcome), *reason = got.result.err.text;
            if (got.result.outcome != DECODE_BROKEN) fail_msg("%s: %s %s", body->text, name, reason);
            if (strstr(reason, body->want) == NULL) fail_msg("%s: \"%s\", wanted \"%s\"", body->text, reason, body->want);
            finish(&got);
        }
    }
}

static void test_decode__every_cut_of_a_good_body_is_refused(void **state) {
    (void)state;
    const char *text =
        "{\"status\":\"success\",\"warnings\":[\"w\"],\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{\"a\":\"\\u00e9\"},"
        "\"values\":[[1,\"1\"],[2.5,\"-1e-5\"]],\"histograms\":[[3,{\"count\":\"1\",\"sum\":\"2\",\"buckets\":[[0,\"0\",\"1\",\"1\"]]}]]}]}"
        "}";
    for (size_t len = 0; len <= strlen(text); len++) {
        struct outcome got;
        decode(&got, 200, NULL, (struct view){text, len}, SIZE_MAX, NULL, false);
        bool whole = len == strlen(text);
        if ((got.result.outcome == DECODE_OK) != whole) fail_msg("%zu bytes: %s", len, outcome_name(got.result.outcome));
        finish(&got);
    }
}

static const struct {
    int status;
    const char *type, *text;
    enum decode_outcome want;
} status_cases[] = {
    {200, "application/json", "{\"status\":\"error\",\"errorType\":\"t\",\"error\":\"e\"}", DECODE_API_ERROR},
    {422, "application/json", "{\"error\":\"e\",\"errorType\":\"t\",\"data\":{\"result\":null},\"status\":\"error\"}", DECODE_API_ERROR},
    {400, "text/plain", "{\"status\":\"error\",\"errorType\":\"t\",\"error\":\"e\"}", DECODE_API_ERROR},
    {204, NULL, "", DECODE_HTTP_ERROR},
    {500, NULL, "", DECODE_HTTP_ERROR},
    {503, "text/plain", "Service Unavailable", DECODE_HTTP_ERROR},
    {502, "application/json", "<html>", DECODE_HTTP_ERROR},
    {404, "application/json", "{\"code\":404,\"message\":\"not here\"}", DECODE_HTTP_ERROR},
    {404, "application/json", "\"path not found\"", DECODE_HTTP_ERROR},
    {500, "application/json", HEAD "\"vector\",\"result\":[]}}", DECODE_HTTP_ERROR},
    {502, "text/html", "{ not json", DECODE_HTTP_ERROR},
};

static void test_decode__status_and_envelope_decide_together(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof status_cases / sizeof status_cases[0]; i++) {
        for (size_t k = 0; k < sizeof pieces / sizeof pieces[0]; k++) {
            struct outcome got;
            decode(&got, status_cases[i].status, status_cases[i].type, view_of(status_cases[i].text), pieces[k], NULL, false);
            if (got.result.outcome != status_cases[i].want) {
                fail_msg("%d %s: %s, wanted %s", status_cases[i].status, status_cases[i].text, outcome_name(got.result.outcome),
                         outcome_name(status_cases[i].want));
            }
            if (got.result.outcome == DECODE_API_ERROR) assert_string_equal(got.result.error_text, "e");
            assert_true(got.result.err.text[0] != '\0');
            finish(&got);
        }
    }
}

static void test_decode__limits_stop_it(void **state) {
    (void)state;
    static const struct {
        struct decode_limits limits;
        bool good;
    } cases[] = {
        {{.bytes = 50}, false}, {{.samples = 3}, false},      {{.samples = 4}, true},       {{.series = 1}, false},
        {{.series = 3}, true},  {{.string_bytes = 9}, false}, {{.string_bytes = 10}, true}, {{0}, true},
    };
    const char *text = HEAD "\"matrix\",\"result\":[{\"metric\":{\"a\":\"1\"},\"values\":[[1,\"1\"],[2,\"2\"],[3,\"3\"]]},"
                            "{\"metric\":{\"b\":\"1\"},\"values\":[[1,\"1\"]]}]}}";
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (size_t k = 0; k < sizeof pieces / sizeof pieces[0]; k++) {
            struct outcome got;
            decode(&got, 200, NULL, view_of(text), pieces[k], &cases[i].limits, false);
            bool good = got.result.outcome == DECODE_OK;
            if (good != cases[i].good) fail_msg("case %zu: %s", i, got.result.err.text);
            assert_int_equal(got.result.err.code, good ? ERROR_NONE : ERROR_LIMIT);
            finish(&got);
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
        struct outcome got;
        decode(&got, 200, NULL, (struct view){body.data, body.len}, SIZE_MAX, NULL, false);
        assert_string_equal(outcome_name(got.result.outcome), depth < 64 ? "ok" : "clear_error");
        finish(&got);
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
    struct outcome got;
    decode(&got, 200, NULL, (struct view){body.data, body.len}, 16384, NULL, false);
    assert_string_equal(got.result.err.text, "");
    const struct series *series = &got.set.items[0];
    assert_int_equal(series->count, count);
    assert_int_equal(series->cap, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(series->time_ms[i], i * 1000 + i % 1000);
        if (series->value[i] != (double)i + 0.25) fail_msg("sample %zu: %.17g", i, series->value[i]);
    }
    finish(&got);
    buf_finish(&body);
}

static void test_decode__metadata_only_when_allowed(void **state) {
    (void)state;
    static const char *const texts[] = {"{\"status\":\"success\",\"data\":[\"a\",\"b\"],\"warnings\":[\"w\"]}",
                                        "{\"status\":\"success\",\"data\":{\"version\":\"2.42\"},\"warnings\":[\"w\"]}"};
    for (size_t i = 0; i < 2; i++) {
        struct outcome got;
        decode(&got, 200, NULL, view_of(texts[i]), 3, NULL, true);
        assert_string_equal(got.result.err.text, "");
        assert_int_equal(got.set.type, RESULT_NONE);
        assert_int_equal(got.set.warnings.count, 1);
        finish(&got);
    }
}

static void test_decode__warnings_come_from_everywhere(void **state) {
    (void)state;
    const char *text = "{\"status\":\"success\",\"isPartial\":true,\"infos\":[\"i\"],\"warnings\":[\"w1\"],\"data\":"
                       "{\"resultType\":\"vector\",\"result\":[],\"warnings\":[\"w\\u00e9\"]}}";
    struct outcome got;
    decode(&got, 200, NULL, view_of(text), 1, NULL, false);
    assert_string_equal(got.result.err.text, "");
    assert_true(got.set.partial);
    assert_int_equal(got.set.infos.count, 1);
    assert_int_equal(got.set.warnings.count, 2);
    assert_true(view_is(got.set.warnings.items[1], "w\xc3\xa9"));
    finish(&got);
}

static void test_decode__an_escaped_nul_is_kept(void **state) {
    (void)state;
    struct outcome got;
    decode(&got, 200, NULL, view_of(VECTOR("{\"metric\":{\"a\":\"x\\u0000y\"},\"value\":[1,\"1\"]}")), SIZE_MAX, NULL, false);
    assert_string_equal(got.result.err.text, "");
    assert_int_equal(got.set.items[0].labels.items[0].value.len, 3);
    finish(&got);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decode__recorded_answers_in_pieces_of_any_size),
        cmocka_unit_test(test_decode__good_bodies),
        cmocka_unit_test(test_decode__broken_bodies_are_refused_with_a_reason),
        cmocka_unit_test(test_decode__every_cut_of_a_good_body_is_refused),
        cmocka_unit_test(test_decode__status_and_envelope_decide_together),
        cmocka_unit_test(test_decode__limits_stop_it),
        cmocka_unit_test(test_decode__sixty_four_levels_are_enough),
        cmocka_unit_test(test_decode__long_series_fit_exactly),
        cmocka_unit_test(test_decode__metadata_only_when_allowed),
        cmocka_unit_test(test_decode__warnings_come_from_everywhere),
        cmocka_unit_test(test_decode__an_escaped_nul_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
