// SPDX-License-Identifier: GPL-3.0-or-later
// Many queries at once: how many a source is asked at a time, how fast, and when it is left alone.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/http.h"
#include "base/mem.h"
#include "base/timetext.h"
#include "played.h"

#define API_ERROR(type) "{\"status\":\"error\",\"errorType\":\"" type "\",\"error\":\"it is so\"}"
#define JSON_AND(lines) "Content-Type: application/json\r\n" lines

static const struct query instant = {.expr = "up", .mode = QUERY_INSTANT, .start_ms = 1735689600000, .end_ms = 1735689600137};

static void test_fetch__at_most_so_many_at_once_over_kept_connections(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.delay_ms = 30, .body = PLAYED_VECTOR}};
    struct played p = played_start(script, 1, (struct source_settings){0}, "");
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

static void test_fetch__a_client_keeps_connections_from_run_to_run(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.body = PLAYED_VECTOR}};
    struct played p = played_start(script, 1, (struct source_settings){.concurrency = 1}, "");
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

struct alarm_clock {
    volatile int rung;
};

static void ring(void *user, size_t done, size_t total) {
    struct alarm_clock *c = user;
    if (done == 1 && total == 2) c->rung = 1;
}

static void test_fetch__interruption_ends_it_within_a_second(void **state) {
    (void)state;
    static const struct fake_answer slow[] = {{.body = PLAYED_VECTOR}, {.delay_ms = 20000}};
    struct played p = played_start(slow, 2, (struct source_settings){0}, "");
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
    struct played p = played_start(script, 1, (struct source_settings){.concurrency = 1, .tries = 1}, "");
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
    struct played p = played_start(script, 1, (struct source_settings){0}, "");
    struct error err;
    assert_int_equal(ask_all(p.source, 10, DECODE_API_ERROR, &err), 10);
    assert_int_equal(fake_server_requests(p.server), 10);
    played_finish(&p);
}

static void test_fetch__requests_keep_to_the_rate(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.body = PLAYED_VECTOR}};
    struct played p = played_start(script, 1, (struct source_settings){.rate = 20}, "");
    struct error err;
    int64_t from = mono_now_ms();
    assert_int_equal(ask_all(p.source, 7, DECODE_OK, &err), 7);
    assert_true(mono_now_ms() - from >= 300); // seven queries, six gaps of 50 ms
    played_finish(&p);
}

static void test_fetch__one_throttled_query_holds_all_back(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.status = 429, .headers = JSON_AND("Retry-After: 1\r\n"), .body = "slow down"},
                                                {.body = PLAYED_VECTOR}};
    struct played p = played_start(script, 2, (struct source_settings){.concurrency = 1}, "");
    struct error err;
    int64_t from = mono_now_ms();
    assert_int_equal(ask_all(p.source, 3, DECODE_OK, &err), 3);
    assert_true(mono_now_ms() - from >= 1000);
    const struct source_counters *c = source_counters(p.source);
    assert_int_equal(c->throttled, 1);
    assert_int_equal(c->tries, 4);
    assert_int_equal(c->retries, 1);
    assert_int_equal(c->bytes, 3 * strlen(PLAYED_VECTOR));
    played_finish(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fetch__at_most_so_many_at_once_over_kept_connections),
        cmocka_unit_test(test_fetch__a_client_keeps_connections_from_run_to_run),
        cmocka_unit_test(test_fetch__interruption_ends_it_within_a_second),
        cmocka_unit_test(test_fetch__breaker_refuses_the_rest),
        cmocka_unit_test(test_fetch__breaker_stays_closed_while_a_server_answers),
        cmocka_unit_test(test_fetch__requests_keep_to_the_rate),
        cmocka_unit_test(test_fetch__one_throttled_query_holds_all_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
