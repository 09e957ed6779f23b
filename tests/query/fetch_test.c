// SPDX-License-Identifier: GPL-3.0-or-later
// What becomes of one query: outcome, tries and texts, and what of an answer is refused.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/timetext.h"
#include "played.h"

#define MATRIX                                                                                                                             \
    "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{},\"values\":[[1735689599.9,\"1\"],"             \
    "[1735689600,\"2\"],[1735689630.5,\"3\"]]}]}}"

#define API_ERROR(type) "{\"status\":\"error\",\"errorType\":\"" type "\",\"error\":\"it is so\"}"
#define JSON_AND(lines) "Content-Type: application/json\r\n" lines

static const struct query instant = {.expr = "up", .mode = QUERY_INSTANT, .start_ms = 1735689600000, .end_ms = 1735689600137};

static void test_fetch__outcomes_tries_and_texts(void **state) {
    (void)state;
    static const struct {
        struct fake_answer script[5];
        size_t count;
        enum decode_outcome outcome;
        int tries, status;
        const char *text;
    } cases[] = {
        {{{.body = PLAYED_VECTOR}}, 1, DECODE_OK, 1, 200, ""},
        {{{.status = 500, .headers = "Content-Type: text/plain\r\n", .body = "oops"}, {.body = PLAYED_VECTOR}}, 2, DECODE_OK, 2, 200, ""},
        {{{.status = 500, .body = API_ERROR("internal")}, {.body = PLAYED_VECTOR}}, 2, DECODE_OK, 2, 200, ""},
        {{{.status = 500, .body = API_ERROR("execution")}, {.body = PLAYED_VECTOR}}, 2, DECODE_API_ERROR, 1, 500, "it is so"},
        {{{.status = 502, .body = "<html>", .headers = "Content-Type: text/html\r\n"}, {.body = PLAYED_VECTOR}}, 2, DECODE_OK, 2, 200, ""},
        {{{.status = 429, .headers = JSON_AND("Retry-After: 0\r\n"), .body = "slow down"}, {.body = PLAYED_VECTOR}},
         2,
         DECODE_OK,
         2,
         200,
         ""},
        {{{.close_at_once = true}, {.body = PLAYED_VECTOR}}, 2, DECODE_OK, 2, 200, ""},
        {{{.status = 503, .body = API_ERROR("timeout")}}, 1, DECODE_API_ERROR, 2, 503, "source prod, after 2 tries: "},
        {{{.status = 500, .body = API_ERROR("internal")}}, 1, DECODE_API_ERROR, 3, 500, "after 3 tries"},
        {{{.status = 400, .body = API_ERROR("bad_data")}, {.body = PLAYED_VECTOR}}, 2, DECODE_API_ERROR, 1, 400, "source prod: "},
        {{{.status = 401, .headers = "Content-Type: text/plain\r\n", .body = "Unauthorized"}, {.body = PLAYED_VECTOR}},
         2,
         DECODE_HTTP_ERROR,
         1,
         401,
         "401"},
        {{{.status = 422, .body = API_ERROR("execution")}, {.body = PLAYED_VECTOR}}, 2, DECODE_API_ERROR, 1, 422, "it is so"},
        {{{.body = PLAYED_VECTOR, .cut_after = 60}, {.body = PLAYED_VECTOR}}, 2, DECODE_BROKEN, 1, 200, "cut off after 60 bytes"},
        {{{.body = "{\"status\":\"succ"}, {.body = PLAYED_VECTOR}}, 2, DECODE_BROKEN, 1, 200, "source prod: "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct played p = played_start(cases[i].script, cases[i].count, (struct source_settings){0}, "");
        struct answer a = played_ask(p.source, &instant, 10000);
        if (a.result.outcome != cases[i].outcome || a.tries != cases[i].tries || a.http_status != cases[i].status) {
            fail_msg("case %zu: outcome %d tries %d status %d: %s", i, (int)a.result.outcome, a.tries, a.http_status, a.result.err.text);
        }
        if (cases[i].outcome == DECODE_OK) {
            assert_int_equal(a.set.count, 1);
            assert_true(a.set.items[0].value[0] == 2.385);
            assert_int_equal(a.bytes, strlen(PLAYED_VECTOR));
        } else {
            has_text(a.result.err.text, cases[i].text);
        }
        answer_finish(&a);
        played_finish(&p);
    }
}

static void test_fetch__html_with_200_is_no_data(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.headers = "Content-Type: text/html\r\n", .body = PLAYED_VECTOR}};
    struct played p = played_start(script, 1, (struct source_settings){0}, "");
    struct answer a = played_ask(p.source, &instant, 5000);
    assert_int_not_equal(a.result.outcome, DECODE_OK);
    assert_int_equal(a.tries, 1);
    answer_finish(&a);
    played_finish(&p);
}

static void test_fetch__nobody_listens(void **state) {
    (void)state;
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d", fake_free_port());
    struct source *source = source_create_prometheus("gone", &(struct source_settings){.url = url}, NULL);
    struct answer a = played_ask(source, &instant, 20000);
    assert_int_equal(a.result.outcome, DECODE_HTTP_ERROR);
    assert_int_equal(a.http_status, 0);
    assert_int_equal(a.tries, 4);
    assert_int_equal(a.result.err.code, ERROR_SOURCE);
    has_text(a.result.err.text, "source gone, after 4 tries: cannot connect to http://127.0.0.1:");
    assert_string_equal(source_version(source), "");
    answer_finish(&a);
    source_destroy(source);
}

static void test_fetch__deadline_ends_the_run(void **state) {
    (void)state;
    static const struct fake_answer slow[] = {{.delay_ms = 8000, .body = PLAYED_VECTOR}},
                                    waits[] = {{.status = 503, .headers = "Retry-After: 30\r\n"}};
    struct {
        const struct fake_answer *script;
        int64_t most_ms;
        int status;
    } cases[] = {{slow, 900, 0}, {waits, 700, 503}};
    for (size_t i = 0; i < 2; i++) {
        struct played p = played_start(cases[i].script, 1, (struct source_settings){0}, "");
        int64_t from = mono_now_ms();
        struct answer a = played_ask(p.source, &instant, 400);
        assert_in_range((uint64_t)(mono_now_ms() - from), 0, (uint64_t)cases[i].most_ms);
        assert_int_equal(a.result.outcome, DECODE_HTTP_ERROR);
        assert_int_equal(a.http_status, cases[i].status);
        assert_int_equal(a.tries, 1);
        answer_finish(&a);
        played_finish(&p);
    }
}

static void test_fetch__retry_after_is_obeyed(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.status = 503, .headers = "Retry-After: 1\r\n"}, {.body = PLAYED_VECTOR}};
    struct played p = played_start(script, 2, (struct source_settings){0}, "");
    struct answer a = played_ask(p.source, &instant, 5000);
    assert_int_equal(a.result.outcome, DECODE_OK);
    assert_in_range((uint64_t)a.duration_ms, 1000, 1900);
    answer_finish(&a);
    played_finish(&p);
}

static void test_fetch__raw_answers_are_clipped(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.body = MATRIX}};
    const struct query raw = {.expr = "x", .mode = QUERY_RAW, .start_ms = 1735689600000, .end_ms = 1735689630500};
    struct played p = played_start(script, 1, (struct source_settings){0}, "");
    struct answer a = played_ask(p.source, &raw, 5000);
    assert_int_equal(a.result.outcome, DECODE_OK);
    assert_int_equal(a.set.items[0].count, 2);
    assert_int_equal(a.set.items[0].time_ms[0], 1735689600000);
    answer_finish(&a);
    played_finish(&p);
}

static void test_fetch__a_moved_grid_is_refused(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.body = MATRIX}};
    const struct query range = {.expr = "x", .mode = QUERY_RANGE, .start_ms = 1735689599900, .end_ms = 1735689659900, .step_ms = 15000};
    struct played p = played_start(script, 1, (struct source_settings){0}, "");
    struct answer a = played_ask(p.source, &range, 5000);
    assert_int_equal(a.result.outcome, DECODE_BROKEN);
    has_text(a.result.err.text, "nocache=1");
    answer_finish(&a);
    played_finish(&p);
}

static void test_fetch__long_ranges_go_in_windows_without_a_common_point(void **state) {
    (void)state;
    static const struct query range = {.expr = "x", .mode = QUERY_RANGE, .start_ms = 0, .end_ms = 29999000, .step_ms = 1000};
    static const char *const bodies[] = {"start=0&end=10999&step=1&", "start=11000&end=21999&step=1&", "start=22000&end=29999&step=1&"};
    static const struct fake_answer script[] = {
        {.body = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{\"a\":\"1\"},\"values\":[[0,"
                 "\"1\"],[10999,\"2\"]]},{\"metric\":{\"a\":\"2\"},\"values\":[[5,\"9\"]]}]}}"},
        {.body = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}"},
        {.body = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{\"a\":\"1\"},\"values\":[[29999,"
                 "\"3\"]]}],\"warnings\":[]},\"infos\":[\"PromQL info: so\"]}"}};
    struct played p = played_start(script, 3, (struct source_settings){.concurrency = 1}, "");
    struct answer a = played_ask(p.source, &range, 5000);
    if (a.result.outcome != DECODE_OK) fail_msg("%s", a.result.err.text);
    for (size_t i = 0; i < 3; i++) has_text(fake_server_request(p.server, i).body, bodies[i]);
    assert_int_equal(a.set.count, 2);
    assert_int_equal(a.set.items[0].count, 3);
    assert_int_equal(a.set.items[0].time_ms[2], 29999000);
    assert_int_equal(a.set.items[1].count, 1);
    assert_int_equal(a.set.infos.count, 1);
    assert_int_equal(a.pieces, 3);
    answer_finish(&a);
    played_finish(&p);
}

static void test_fetch__incomplete_answers_are_refused(void **state) {
    (void)state;
    static const struct fake_answer script[] = {
        {.body = "{\"status\":\"success\",\"isPartial\":true,\"data\":{\"resultType\":\"vector\",\"result\":[]}}"}};
    struct played p = played_start(script, 1, (struct source_settings){0}, ""),
                  noted = played_start(script, 1, (struct source_settings){.warnings = SOURCE_WARNINGS_NOTE}, "");
    struct answer a = played_ask(p.source, &instant, 5000), b = played_ask(noted.source, &instant, 5000);
    assert_int_equal(a.result.outcome, DECODE_INCOMPLETE);
    has_text(a.result.err.text, "source prod: the answer is incomplete");
    assert_int_equal(b.result.outcome, DECODE_OK);
    assert_true(b.set.partial);
    answer_finish(&a);
    answer_finish(&b);
    played_finish(&p);
    played_finish(&noted);
}

static void test_fetch__sizes_are_bounded(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.body = PLAYED_VECTOR}};
    struct played p = played_start(script, 1, (struct source_settings){.limits = {.bytes = 40}}, "");
    struct answer a = played_ask(p.source, &instant, 5000);
    assert_int_equal(a.result.outcome, DECODE_BROKEN);
    assert_int_equal(a.tries, 1);
    answer_finish(&a);
    played_finish(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fetch__outcomes_tries_and_texts),
        cmocka_unit_test(test_fetch__html_with_200_is_no_data),
        cmocka_unit_test(test_fetch__nobody_listens),
        cmocka_unit_test(test_fetch__deadline_ends_the_run),
        cmocka_unit_test(test_fetch__retry_after_is_obeyed),
        cmocka_unit_test(test_fetch__raw_answers_are_clipped),
        cmocka_unit_test(test_fetch__a_moved_grid_is_refused),
        cmocka_unit_test(test_fetch__long_ranges_go_in_windows_without_a_common_point),
        cmocka_unit_test(test_fetch__incomplete_answers_are_refused),
        cmocka_unit_test(test_fetch__sizes_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
