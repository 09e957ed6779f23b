// SPDX-License-Identifier: GPL-3.0-or-later
// What the decoder refuses, and why: broken bodies, cut ones, errors of servers, answers beyond a limit.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "decoded.h"

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
        for (size_t k = 0; k < DECODED_PIECES; k++) {
            struct decoded got;
            decoded_make(&got, body->status, body->type, view_of(body->text), decoded_pieces[k], NULL, false);
            const char *name = outcome_name(got.result.outcome), *reason = got.result.err.text;
            if (got.result.outcome != DECODE_BROKEN) fail_msg("%s: %s %s", body->text, name, reason);
            if (strstr(reason, body->want) == NULL) fail_msg("%s: \"%s\", wanted \"%s\"", body->text, reason, body->want);
            decoded_finish(&got);
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
        struct decoded got;
        decoded_make(&got, 200, NULL, (struct view){text, len}, SIZE_MAX, NULL, false);
        bool whole = len == strlen(text);
        if ((got.result.outcome == DECODE_OK) != whole) fail_msg("%zu bytes: %s", len, outcome_name(got.result.outcome));
        decoded_finish(&got);
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
        for (size_t k = 0; k < DECODED_PIECES; k++) {
            struct decoded got;
            decoded_make(&got, status_cases[i].status, status_cases[i].type, view_of(status_cases[i].text), decoded_pieces[k], NULL, false);
            if (got.result.outcome != status_cases[i].want) {
                fail_msg("%d %s: %s, wanted %s", status_cases[i].status, status_cases[i].text, outcome_name(got.result.outcome),
                         outcome_name(status_cases[i].want));
            }
            if (got.result.outcome == DECODE_API_ERROR) assert_string_equal(got.result.error_text, "e");
            assert_true(got.result.err.text[0] != '\0');
            decoded_finish(&got);
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
        for (size_t k = 0; k < DECODED_PIECES; k++) {
            struct decoded got;
            decoded_make(&got, 200, NULL, view_of(text), decoded_pieces[k], &cases[i].limits, false);
            bool good = got.result.outcome == DECODE_OK;
            if (good != cases[i].good) fail_msg("case %zu: %s", i, got.result.err.text);
            assert_int_equal(got.result.err.code, good ? ERROR_NONE : ERROR_LIMIT);
            decoded_finish(&got);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decode__broken_bodies_are_refused_with_a_reason),
        cmocka_unit_test(test_decode__every_cut_of_a_good_body_is_refused),
        cmocka_unit_test(test_decode__status_and_envelope_decide_together),
        cmocka_unit_test(test_decode__limits_stop_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
