// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/http.h"
#include "base/mem.h"
#include "base/timetext.h"
#include "fake_server.h"
#include "query/source.h"

#define VECTOR                                                                                                                             \
    "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{\"a\":\"b\"},\"value\":[1735689600,\"2.385\"]}]" \
    "}}"
#define MATRIX                                                                                                                             \
    "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{},\"values\":[[1735689599.9,\"1\"],"             \
    "[1735689600,\"2\"],[1735689630.5,\"3\"]]}]}}"
#define API_ERROR(type) "{\"status\":\"error\",\"errorType\":\"" type "\",\"error\":\"it is so\"}"
#define JSON_AND(lines) "Content-Type: application/json\r\n" lines

static const struct query instant = {.expr = "up", .mode = QUERY_INSTANT, .start_ms = 1735689600000, .end_ms = 1735689600137};

struct played {
    struct fake_server *server;
    struct source *source;
    char *url; // the source borrows it
};

static struct played play(const struct fake_answer *script, size_t count, struct source_settings settings, const char *path) {
    struct played p = {.server = fake_server_start(script, count, NULL)};
    struct error err = {0};
    p.url = mem_alloc(128);
    snprintf(p.url, 128, "http://127.0.0.1:%d%s", fake_server_port(p.server), path);
    settings.url = p.url;
    p.source = source_create_prometheus("prod", &settings, &err);
    if (p.source == NULL) fail_msg("%s", err.text);
    return p;
}

static void played_finish(struct played *p) {
    source_destroy(p->source);
    fake_server_stop(p->server);
    free(p->url);
}

static struct answer ask(struct source *source, const struct query *query, int64_t deadline_ms) {
    struct fetch_job job = {.source = source, .query = *query};
    struct error err = {0};
    if (!fetch_run(&job, 1, &(struct fetch_options){.deadline_ms = deadline_ms}, &err)) fail_msg("%s", err.text);
    return job.answer;
}

static void has_text(const char *text, const char *part) {
    if (strstr(text, part) == NULL) fail_msg("\"%s\" is not in \"%s\"", part, text);
}

static void test_fetch__outcomes_tries_and_texts(void **state) {
    (void)state;
    static const struct {
        struct fake_answer script[5];
        size_t count;
        enum decode_outcome outcome;
        int tries, status;
        const char *text;
    } cases[] = {
        {{{.body = VECTOR}}, 1, DECODE_OK, 1, 200, ""},
        {{{.status = 500, .headers = "Content-Type: text/plain\r\n", .body = "oops"}, {.body = VECTOR}}, 2, DECODE_OK, 2, 200, ""},
        {{{.status = 500, .body = API_ERROR("internal")}, {.body = VECTOR}}, 2, DECODE_OK, 2, 200, ""},
        {{{.status = 500, .body = API_ERROR("execution")}, {.body = VECTOR}}, 2, DECODE_API_ERROR, 1, 500, "it is so"},
        {{{.status = 502, .body = "<html>", .headers = "Content-Type: text/html\r\n"}, {.body = VECTOR}}, 2, DECODE_OK, 2, 200, ""},
        {{{.status = 429, .headers = JSON_AND("Retry-After: 0\r\n"), .body = "slow down"}, {.body = VECTOR}}, 2, DECODE_OK, 2, 200, ""},
        {{{.close_at_once = true}, {.body = VECTOR}}, 2, DECODE_OK, 2, 200, ""},
        {{{.status = 503, .body = API_ERROR("timeout")}}, 1, DECODE_API_ERROR, 2, 503, "source prod, after 2 tries: "},
        {{{.status = 500, .body = API_ERROR("internal")}}, 1, DECODE_API_ERROR, 3, 500, "after 3 tries"},
        {{{.status = 400, .body = API_ERROR("bad_data")}, {.body = VECTOR}}, 2, DECODE_API_ERROR, 1, 400, "source prod: "},
        {{{.status = 401, .headers = "Content-Type: text/plain\r\n", .body = "Unauthorized"}, {.body = VECTOR}},
         2,
         DECODE_HTTP_ERROR,
         1,
         401,
         "401"},
        {{{.status = 422, .body = API_ERROR("execution")}, {.body = VECTOR}}, 2, DECODE_API_ERROR, 1, 422, "it is so"},
        {{{.body = VECTOR, .cut_after = 60}, {.body = VECTOR}}, 2, DECODE_BROKEN, 1, 200, "cut off after 60 bytes"},
        {{{.body = "{\"status\":\"succ"}, {.body = VECTOR}}, 2, DECODE_BROKEN, 1, 200, "source prod: "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct played p = play(cases[i].script, cases[i].count, (struct source_settings){0}, "");
        struct answer a = ask(p.source, &instant, 10000);
        if (a.result.outcome != cases[i].outcome || a.tries != cases[i].tries || a.http_status != cases[i].status) {
            fail_msg("case %zu: outcome %d tries %d status %d: %s", i, (int)a.result.outcome, a.tries, a.http_status, a.result.err.text);
        }
        if (cases[i].outcome == DECODE_OK) {
            assert_int_equal(a.set.count, 1);
            assert_true(a.set.items[0].value[0] == 2.385);
            assert_int_equal(a.bytes, strlen(VECTOR));
        } else {
            has_text(a.result.err.text, cases[i].text);
        }
        answer_finish(&a);
        played_finish(&p);
    }
}

static void test_fetch__html_with_200_is_no_data(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.headers = "Content-Type: text/html\r\n", .body = VECTOR}};
    struct played p = play(script, 1, (struct source_settings){0}, "");
    struct answer a = ask(p.source, &instant, 5000);
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
    struct answer a = ask(source, &instant, 20000);
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
    static const struct fake_answer slow[] = {{.delay_ms = 8000, .body = VECTOR}},
                                    waits[] = {{.status = 503, .headers = "Retry-After: 30\r\n"}};
    struct {
        const struct fake_answer *script;
        int64_t most_ms;
        int status;
    } cases[] = {{slow, 900, 0}, {waits, 700, 503}};
    for (size_t i = 0; i < 2; i++) {
        struct played p = play(cases[i].script, 1, (struct source_settings){0}, "");
        int64_t from = mono_now_ms();
        struct answer a = ask(p.source, &instant, 400);
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
    static const struct fake_answer script[] = {{.status = 503, .headers = "Retry-After: 1\r\n"}, {.body = VECTOR}};
    struct played p = play(script, 2, (struct source_settings){0}, "");
    struct answer a = ask(p.source, &instant, 5000);
    assert_int_equal(a.result.outcome, DECODE_OK);
    assert_in_range((uint64_t)a.duration_ms, 1000, 1900);
    answer_finish(&a);
    played_finish(&p);
}

static void test_fetch__requests_are_exact(void **state) {
    (void)state;
    static const struct {
        struct query query;
        const char *path, *body;
    } cases[] = {
        {{"sum by (a)(x{b=~\"c+|d&e\"})", QUERY_INSTANT, 0, 1735689600137, 0},
         "/pre/fix/api/v1/query",
         "query=sum%20by%20%28a%29%28x%7Bb%3D~%22c%2B%7Cd%26e%22%7D%29&time=1735689600.137&timeout=19&dedup=true&storeMatch%5B%5D=%7Ba%3D%"
         "22b%22%7D"},
        {{"rate(x[1m])", QUERY_RANGE, 1735689600000, 1735689660000, 15000},
         "/pre/fix/api/v1/query_range",
         "query=rate%28x%5B1m%5D%29&start=1735689600&end=1735689660&step=15&timeout=19&dedup=true&storeMatch%5B%5D=%7Ba%3D%22b%22%7D"},
        {{"x{a=\"b\"} ", QUERY_RAW, 1735689600000, 1735689660000, 0},
         "/pre/fix/api/v1/query",
         "query=x%7Ba%3D%22b%22%7D%5B61s%5D&time=1735689660&timeout=19&dedup=true&storeMatch%5B%5D=%7Ba%3D%22b%22%7D"},
    };
    static const struct source_header params[] = {{"dedup", "true"}, {"storeMatch[]", "{a=\"b\"}"}}, headers[] = {{"X-Custom", "yes"}};
    static const struct fake_answer script[] = {{.body = VECTOR}};
    struct source_settings settings = {
        .params = params, .param_count = 2, .headers = headers, .header_count = 1, .tenant = "team-a", .timeout_ms = 20000};
    struct played p = play(script, 1, settings, "/pre/fix//");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct answer a = ask(p.source, &cases[i].query, 60000);
        struct fake_request request = fake_server_request(p.server, i);
        assert_string_equal(request.method, "POST");
        assert_string_equal(request.path, cases[i].path);
        assert_string_equal(request.body, cases[i].body);
        has_text(request.head, "Content-Type: application/x-www-form-urlencoded\r\n");
        has_text(request.head, "X-Scope-OrgID: team-a\r\n");
        has_text(request.head, "X-Custom: yes\r\n");
        assert_null(strstr(request.head, "Accept-Encoding"));
        answer_finish(&a);
    }
    played_finish(&p);
}

static void write_secret(char path[], const char *text) {
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static void test_fetch__secrets_come_from_files_read_for_each_run(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.body = VECTOR}};
    char path[] = "/tmp/serin-secret-XXXXXX";
    write_secret(path, "t0ken\n");
    struct played p = play(script, 1, (struct source_settings){.bearer_token_file = path}, "");
    struct answer a = ask(p.source, &instant, 5000);
    has_text(fake_server_request(p.server, 0).head, "Authorization: Bearer t0ken\r\n");
    answer_finish(&a);
    struct played basic = play(script, 1, (struct source_settings){.username = "ann", .password_file = path}, "");
    a = ask(basic.source, &instant, 5000);
    has_text(fake_server_request(basic.server, 0).head, "Authorization: Basic YW5uOnQwa2Vu\r\n");
    answer_finish(&a);
    unlink(path);
    a = ask(p.source, &instant, 5000);
    assert_int_equal(a.result.outcome, DECODE_HTTP_ERROR);
    has_text(a.result.err.text, "source prod: bearer_token_file: /tmp/serin-secret-");
    assert_int_equal(fake_server_requests(p.server), 1);
    answer_finish(&a);
    played_finish(&p);
    played_finish(&basic);
}

static void test_fetch__at_most_so_many_at_once_over_kept_connections(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.delay_ms = 30, .body = VECTOR}};
    struct played p = play(script, 1, (struct source_settings){0}, "");
    struct fetch_job jobs[40];
    for (size_t i = 0; i < 40; i++) jobs[i] = (struct fetch_job){.source = p.source, .query = instant};
    assert_true(fetch_run(jobs, 40, NULL, NULL));
    for (size_t i = 0; i < 40; i++) {
        assert_int_equal(jobs[i].answer.result.outcome, DECODE_OK);
        answer_finish(&jobs[i].answer);
    }
    assert_int_equal(fake_server_requests(p.server), 40);
    assert_int_equal(fake_server_most_at_once(p.server), 8);
    assert_in_range(fake_server_connections(p.server), 8, 10);
    played_finish(&p);
}

struct alarm_clock {
    volatile int rung;
};

static void ring(void *user, size_t done, size_t total) {
    struct alarm_clock *c = user;
    if (done == 1 && total == 2) c->rung = 1;
}

static void test_fetch__a_client_keeps_connections_from_run_to_run(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.body = VECTOR}};
    struct played p = play(script, 1, (struct source_settings){.concurrency = 1}, "");
    const struct fetch_options options = {.client = http_client_create()};
    size_t connections = 0;
    for (int i = 0; i < 3; i++) {
        struct fetch_job job = {.source = p.source, .query = instant};
        struct error err = {0};
        if (!fetch_run(&job, 1, &options, &err)) fail_msg("%s", err.text);
        assert_int_equal(job.answer.result.outcome, DECODE_OK);
        assert_int_equal(http_client_active(options.client), 0);
        answer_finish(&job.answer);
        if (i == 0) connections = fake_server_connections(p.server);
    }
    assert_int_equal(fake_server_requests(p.server), 3);
    assert_int_equal(fake_server_connections(p.server), connections);
    http_client_destroy(options.client);
    played_finish(&p);
}

static void test_fetch__interruption_ends_it_within_a_second(void **state) {
    (void)state;
    static const struct fake_answer slow[] = {{.body = VECTOR}, {.delay_ms = 20000}};
    struct played p = play(slow, 2, (struct source_settings){0}, "");
    struct alarm_clock clock = {0};
    struct fetch_job jobs[2] = {{.source = p.source, .query = instant}, {.source = p.source, .query = instant}};
    struct error err = {0};
    int64_t from = mono_now_ms();
    assert_false(fetch_run(jobs, 2, &(struct fetch_options){.progress = ring, .user = &clock, .interrupted = &clock.rung}, &err));
    assert_in_range((uint64_t)(mono_now_ms() - from), 0, 1000);
    assert_int_equal(err.code, ERROR_CANCELLED);
    for (size_t i = 0; i < 2; i++) answer_finish(&jobs[i].answer);
    played_finish(&p);
}

static void test_fetch__raw_answers_are_clipped(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.body = MATRIX}};
    const struct query raw = {.expr = "x", .mode = QUERY_RAW, .start_ms = 1735689600000, .end_ms = 1735689630500};
    struct played p = play(script, 1, (struct source_settings){0}, "");
    struct answer a = ask(p.source, &raw, 5000);
    assert_int_equal(a.result.outcome, DECODE_OK);
    assert_int_equal(a.set.items[0].count, 2);
    assert_int_equal(a.set.items[0].time_ms[0], 1735689600000);
    answer_finish(&a);
    played_finish(&p);
}

static void test_fetch__what_cannot_be_asked_is_not_sent(void **state) {
    (void)state;
    static const struct {
        struct query query;
        const char *text;
    } cases[] = {
        {{"x @ start()", QUERY_RANGE, 0, 11001000, 1000}, "11002 points are more than the 11,000 a server gives at once"},
        {{"x", QUERY_RANGE, 0, 11000001000, 1000}, "would take 1001 requests"},
        {{"x", QUERY_RANGE, 0, 1000, 0}, "step"},
        {{"x", QUERY_INSTANT, 2, 1, 0}, "ends before it starts"},
        {{"rate(x[5m])", QUERY_RAW, 0, 1000, 0}, "only a plain selector"},
    };
    static const struct fake_answer script[] = {{.body = VECTOR}};
    struct played p = play(script, 1, (struct source_settings){0}, "");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct answer a = ask(p.source, &cases[i].query, 5000);
        assert_int_equal(a.result.outcome, DECODE_HTTP_ERROR);
        has_text(a.result.err.text, cases[i].text);
        answer_finish(&a);
    }
    assert_int_equal(fake_server_requests(p.server), 0);
    played_finish(&p);
}

static void test_fetch__a_moved_grid_is_refused(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.body = MATRIX}};
    const struct query range = {.expr = "x", .mode = QUERY_RANGE, .start_ms = 1735689599900, .end_ms = 1735689659900, .step_ms = 15000};
    struct played p = play(script, 1, (struct source_settings){0}, "");
    struct answer a = ask(p.source, &range, 5000);
    assert_int_equal(a.result.outcome, DECODE_BROKEN);
    has_text(a.result.err.text, "nocache=1");
    answer_finish(&a);
    played_finish(&p);
}

// Asks several queries at once; returns how many of them came out so.
static size_t ask_all(struct source *source, size_t count, enum decode_outcome outcome, struct error *ret_last) {
    struct fetch_job *jobs = mem_zero(count, sizeof *jobs);
    size_t so = 0;
    for (size_t i = 0; i < count; i++) jobs[i] = (struct fetch_job){.source = source, .query = instant};
    assert_true(fetch_run(jobs, count, NULL, NULL));
    for (size_t i = 0; i < count; i++) {
        so += jobs[i].answer.result.outcome == outcome;
        *ret_last = jobs[i].answer.result.err;
        answer_finish(&jobs[i].answer);
    }
    free(jobs);
    return so;
}

static void test_fetch__breaker_refuses_the_rest(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.status = 502, .body = "no", .headers = "Content-Type: text/plain\r\n"}};
    struct played p = play(script, 1, (struct source_settings){.concurrency = 1, .tries = 1}, "");
    struct error err;
    assert_int_equal(ask_all(p.source, 10, DECODE_HTTP_ERROR, &err), 10);
    assert_int_equal(fake_server_requests(p.server), 3);
    has_text(err.text, "source prod: not asked, as 3 queries in a row failed (the circuit breaker is open); the last one: HTTP status 502");
    const struct source_counters *c = source_counters(p.source);
    assert_int_equal(c->queries, 10);
    assert_int_equal(c->tries, 3);
    assert_int_equal(c->refused, 7);
    assert_int_equal(ask_all(p.source, 2, DECODE_HTTP_ERROR, &err), 2); // the next run finds it open
    assert_int_equal(fake_server_requests(p.server), 3);
    played_finish(&p);
}

static void test_fetch__breaker_stays_closed_while_a_server_answers(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.status = 422, .body = API_ERROR("execution")}};
    struct played p = play(script, 1, (struct source_settings){0}, "");
    struct error err;
    assert_int_equal(ask_all(p.source, 10, DECODE_API_ERROR, &err), 10);
    assert_int_equal(fake_server_requests(p.server), 10);
    played_finish(&p);
}

static void test_fetch__requests_keep_to_the_rate(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.body = VECTOR}};
    struct played p = play(script, 1, (struct source_settings){.rate = 20}, "");
    struct error err;
    int64_t from = mono_now_ms();
    assert_int_equal(ask_all(p.source, 7, DECODE_OK, &err), 7);
    assert_true(mono_now_ms() - from >= 300); // seven queries, six gaps of 50 ms
    played_finish(&p);
}

static void test_fetch__one_throttled_query_holds_all_back(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.status = 429, .headers = JSON_AND("Retry-After: 1\r\n"), .body = "slow down"},
                                                {.body = VECTOR}};
    struct played p = play(script, 2, (struct source_settings){.concurrency = 1}, "");
    struct error err;
    int64_t from = mono_now_ms();
    assert_int_equal(ask_all(p.source, 3, DECODE_OK, &err), 3);
    assert_true(mono_now_ms() - from >= 1000);
    const struct source_counters *c = source_counters(p.source);
    assert_int_equal(c->throttled, 1);
    assert_int_equal(c->tries, 4);
    assert_int_equal(c->retries, 1);
    assert_int_equal(c->bytes, 3 * strlen(VECTOR));
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
    struct played p = play(script, 3, (struct source_settings){.concurrency = 1}, "");
    struct answer a = ask(p.source, &range, 5000);
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
    struct played p = play(script, 1, (struct source_settings){0}, ""),
                  noted = play(script, 1, (struct source_settings){.warnings = SOURCE_WARNINGS_NOTE}, "");
    struct answer a = ask(p.source, &instant, 5000), b = ask(noted.source, &instant, 5000);
    assert_int_equal(a.result.outcome, DECODE_INCOMPLETE);
    has_text(a.result.err.text, "source prod: the answer is incomplete");
    assert_int_equal(b.result.outcome, DECODE_OK);
    assert_true(b.set.partial);
    answer_finish(&a);
    answer_finish(&b);
    played_finish(&p);
    played_finish(&noted);
}

static void test_fetch__kinds_get_their_own_parameters(void **state) {
    (void)state;
    static const struct query range = {.expr = "x", .mode = QUERY_RANGE, .start_ms = 0, .end_ms = 15000, .step_ms = 15000};
    static const struct source_header own[] = {{"dedup", "false"}};
    static const struct {
        struct source_settings settings;
        const struct query *query;
        const char *tail;
    } cases[] = {
        {{.kind = SOURCE_MIMIR, .tenant = "a|b"}, &range, "timeout=28.500"},
        {{.kind = SOURCE_VICTORIAMETRICS}, &range, "timeout=28.500&nocache=1&deny_partial_response=1"},
        {{.kind = SOURCE_VICTORIAMETRICS}, &instant, "timeout=28.500&deny_partial_response=1"},
        {{.kind = SOURCE_THANOS}, &instant, "timeout=28.500&dedup=true&partial_response=false&max_source_resolution=0s"},
        {{.kind = SOURCE_THANOS, .params = own, .param_count = 1},
         &range,
         "timeout=28.500&partial_response=false&max_source_resolution=0s&dedup=false"},
    };
    static const struct fake_answer script[] = {{.body = "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct played p = play(script, 1, cases[i].settings, "");
        struct answer a = ask(p.source, cases[i].query, 60000);
        struct fake_request request = fake_server_request(p.server, 0);
        const char *from = strstr(request.body, "timeout=");
        assert_non_null(from);
        assert_string_equal(from, cases[i].tail);
        answer_finish(&a);
        played_finish(&p);
    }
}

static void test_fetch__sizes_are_bounded(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.body = VECTOR}};
    struct played p = play(script, 1, (struct source_settings){.limits = {.bytes = 40}}, "");
    struct answer a = ask(p.source, &instant, 5000);
    assert_int_equal(a.result.outcome, DECODE_BROKEN);
    assert_int_equal(a.tries, 1);
    answer_finish(&a);
    played_finish(&p);
}

static void test_fetch__settings_are_checked(void **state) {
    (void)state;
    static const struct source_header query[] = {{"query", "x"}}, host[] = {{"host", "x"}}, auth[] = {{"authorization", "x"}};
    static const struct {
        struct source_settings settings;
        const char *text;
    } cases[] = {
        {{.url = NULL}, "url is missing"},
        {{.url = "file:///etc/passwd"}, "http"},
        {{.url = "http://ann:pw@h"}, "password"},
        {{.url = "http://h", .params = query, .param_count = 1}, "params: query"},
        {{.url = "http://h", .headers = host, .header_count = 1}, "headers: host"},
        {{.url = "http://h", .headers = auth, .header_count = 1, .username = "ann"}, "headers: authorization"},
        {{.url = "http://h", .username = "ann", .bearer_token_file = "/x"}, "only one can be used"},
        {{.url = "http://h", .password_file = "/x"}, "needs a username"},
        {{.url = "http://h", .cert_file = "/x"}, "go together"},
        {{.url = "http://h", .timeout_ms = -1}, "negative"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error err = {0};
        assert_null(source_create_prometheus("prod", &cases[i].settings, &err));
        assert_int_equal(err.code, ERROR_CONFIG);
        has_text(err.text, cases[i].text);
        assert_null(strstr(err.text, "ann:pw"));
    }
}

static void test_fetch__server_version_is_asked_once(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.body = VECTOR}};
    struct fake_server *server = fake_server_start(script, 1, "{\"status\":\"success\",\"data\":{\"version\":\"2.42.0+ds\"}}");
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d", fake_server_port(server));
    struct source *source = source_create_prometheus("prod", &(struct source_settings){.url = url}, NULL);
    struct answer a = ask(source, &instant, 5000);
    assert_string_equal(source_version(source), "2.42.0+ds");
    answer_finish(&a);
    source_destroy(source);
    fake_server_stop(server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fetch__outcomes_tries_and_texts),
        cmocka_unit_test(test_fetch__html_with_200_is_no_data),
        cmocka_unit_test(test_fetch__nobody_listens),
        cmocka_unit_test(test_fetch__deadline_ends_the_run),
        cmocka_unit_test(test_fetch__retry_after_is_obeyed),
        cmocka_unit_test(test_fetch__requests_are_exact),
        cmocka_unit_test(test_fetch__secrets_come_from_files_read_for_each_run),
        cmocka_unit_test(test_fetch__at_most_so_many_at_once_over_kept_connections),
        cmocka_unit_test(test_fetch__a_client_keeps_connections_from_run_to_run),
        cmocka_unit_test(test_fetch__interruption_ends_it_within_a_second),
        cmocka_unit_test(test_fetch__raw_answers_are_clipped),
        cmocka_unit_test(test_fetch__what_cannot_be_asked_is_not_sent),
        cmocka_unit_test(test_fetch__a_moved_grid_is_refused),
        cmocka_unit_test(test_fetch__breaker_refuses_the_rest),
        cmocka_unit_test(test_fetch__breaker_stays_closed_while_a_server_answers),
        cmocka_unit_test(test_fetch__requests_keep_to_the_rate),
        cmocka_unit_test(test_fetch__one_throttled_query_holds_all_back),
        cmocka_unit_test(test_fetch__long_ranges_go_in_windows_without_a_common_point),
        cmocka_unit_test(test_fetch__incomplete_answers_are_refused),
        cmocka_unit_test(test_fetch__kinds_get_their_own_parameters),
        cmocka_unit_test(test_fetch__sizes_are_bounded),
        cmocka_unit_test(test_fetch__settings_are_checked),
        cmocka_unit_test(test_fetch__server_version_is_asked_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
