// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <string.h>

#include "query/transcript.h"

static struct source *source;

static int set_up(void **state) {
    (void)state;
    struct error err;
    source = source_create_prometheus("main", &(struct source_settings){.url = "http://127.0.0.1:1"}, &err);
    return source == NULL;
}

static int tear_down(void **state) {
    (void)state;
    source_destroy(source);
    return 0;
}

static void decode(struct view body, struct answer *ret) {
    *ret = (struct answer){.http_status = 200, .pieces = 1};
    series_set_init(&ret->set);
    struct decoder *decoder = decoder_create(200, "application/json", NULL, &ret->set);
    decoder_feed(decoder, body.ptr, body.len);
    decoder_end(decoder, &ret->result);
    decoder_destroy(decoder);
}

static void check_texts(const struct text_list *a, const struct text_list *b) {
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        assert_int_equal(a->items[i].len, b->items[i].len);
        assert_memory_equal(a->items[i].ptr, b->items[i].ptr, a->items[i].len);
    }
}

static void check_same(const struct series_set *a, const struct series_set *b) {
    struct buf x, y;
    buf_init(&x, 1 << 20);
    buf_init(&y, 1 << 20);
    series_set_canonical(&x, a);
    series_set_canonical(&y, b);
    assert_string_equal(buf_text(&x), buf_text(&y));
    assert_int_equal(a->type, b->type);
    assert_int_equal(a->partial, b->partial);
    check_texts(&a->warnings, &b->warnings);
    check_texts(&a->infos, &b->infos);
    for (size_t i = 0; i < a->count; i++) // to the bit
        assert_memory_equal(a->items[i].value, b->items[i].value, a->items[i].count * sizeof(double));
    buf_finish(&x);
    buf_finish(&y);
}

static void test_transcript__reads_back_as_what_was_read(void **state) {
    (void)state;
#define BODY(text) "{\"status\":\"success\",\"data\":{\"resultType\":" text "}"
    static const char *const bodies[] = {
        BODY("\"matrix\",\"result\":[]}"),
        BODY("\"matrix\",\"result\":[{\"metric\":{\"a\":\"x \\\"y\\\" "
             "\\u00e9\\n\",\"b\":\"\"},\"values\":[[1735689600.123,\"0.1\"],[1735689601,\"NaN\"],"
             "[1735689602,\"-Inf\"],[1735689603,\"-0\"],[1735689604,\"5e-324\"],[1735689605,\"1.7976931348623157e308\"]]},"
             "{\"metric\":{},\"values\":[[-1.5,\"2.385\"]]}]},\"warnings\":[\"one\",\"two\"],\"infos\":[\"three\"],\"isPartial\":true"),
        BODY("\"matrix\",\"result\":[{\"metric\":{\"a\":\"b\"},\"histograms\":[[1735689600,{\"count\":\"7.5\",\"sum\":\"NaN\",\"buckets\":"
             "[[3,\"-0.001\",\"0.001\",\"2\"],[0,\"1\",\"+Inf\",\"5.5\"]]}],[1735689615,{\"count\":\"0\",\"sum\":\"0\"}]]}]}"),
        BODY("\"vector\",\"result\":[{\"metric\":{\"a\":\"b\"},\"value\":[1735689600.5,\"3\"]},{\"metric\":{\"a\":\"c\"},\"histogram\":"
             "[1735689600,{\"count\":\"1\",\"sum\":\"2\",\"buckets\":[[0,\"1\",\"2\",\"1\"]]}]}]}"),
        BODY(
            "\"matrix\",\"result\":[{\"metric\":{\"a\":\"b\"},\"values\":[]},{\"metric\":{\"a\":\"c\"},\"values\":[[1735689600,\"1\"]]}]}"),
        BODY("\"scalar\",\"result\":[1735689600.5,\"2.385\"]}"),
        BODY("\"string\",\"result\":[1735689600.5,\"a\\tb\"]}"),
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct fetch_job job = {.source = source, .query = {.expr = "up"}};
        struct buf index, body;
        struct error err = {0};
        struct answer again;
        buf_init(&index, 1 << 20);
        buf_init(&body, 1 << 20);
        decode(view_of(bodies[i]), &job.answer);
        assert_int_equal(job.answer.result.outcome, DECODE_OK);
        if (!transcript_answer(&index, &body, &job, "00001.body", &err)) fail_msg("%s", err.text);
        decode((struct view){buf_text(&body), body.len}, &again);
        if (again.result.outcome != DECODE_OK) fail_msg("%s: %s", buf_text(&body), again.result.err.text);
        check_same(&job.answer.set, &again.set);
        answer_finish(&job.answer);
        answer_finish(&again);
        buf_finish(&index);
        buf_finish(&body);
    }
}

static void test_transcript__says_how_an_answer_came(void **state) {
    (void)state;
    struct fetch_job job = {.source = source, .query = {"up", QUERY_RAW, 1000, 2000, 0}};
    struct buf index, body;
    struct error err = {0};
    buf_init(&index, 1 << 20);
    buf_init(&body, 1 << 20);
    job.answer = (struct answer){.result = {.outcome = DECODE_API_ERROR}, .http_status = 422, .pieces = 3, .hedged = 1, .shared = true};
    error_set(&job.answer.result.err, ERROR_API, "source main: too many series");
    assert_true(transcript_answer(&index, &body, &job, "00001.body", &err));
    assert_int_equal(body.len, 0);
    json_t *line = json_loads(buf_text(&index), 0, NULL);
    assert_string_equal(json_string_value(json_object_get(line, "file")), "");
    assert_string_equal(json_string_value(json_object_get(line, "error")), "source main: too many series");
    assert_int_equal(json_integer_value(json_object_get(line, "outcome")), DECODE_API_ERROR);
    assert_int_equal(json_integer_value(json_object_get(line, "pieces")), 3);
    assert_int_equal(json_integer_value(json_object_get(line, "hedged")), 1);
    assert_true(json_is_true(json_object_get(line, "shared")));
    assert_null(json_object_get(line, "transcript"));
    json_decref(line);
    buf_finish(&index);
    buf_finish(&body);
}

static void test_transcript__is_bounded(void **state) {
    (void)state;
    struct fetch_job job = {.source = source, .query = {.expr = "up"}};
    struct buf index, body;
    struct error err = {0};
    buf_init(&index, 1 << 20);
    buf_init(&body, 50);
    decode(view_of("{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"1\"]}}"), &job.answer);
    assert_false(transcript_answer(&index, &body, &job, "00001.body", &err));
    assert_int_equal(err.code, ERROR_LIMIT);
    answer_finish(&job.answer);
    buf_finish(&index);
    buf_finish(&body);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_transcript__reads_back_as_what_was_read),
        cmocka_unit_test(test_transcript__says_how_an_answer_came),
        cmocka_unit_test(test_transcript__is_bounded),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
