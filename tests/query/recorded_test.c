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

#include "base/file.h"
#include "fake_server.h"
#include "query/source.h"

#define QUERIES 6

static const struct fake_answer script[] = {
    {.body = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{\"a\":\"b\"},\"values\":[[1735689599.9,"
             "\"1\"],"
             "[1735689600,\"0.1\"],[1735689615.5,\"NaN\"]]}]},\"warnings\":[\"PromQL warning: look out\"]}"},
    {.status = 422, .body = "{\"status\":\"error\",\"errorType\":\"execution\",\"error\":\"too many series\"}"},
    {.status = 404, .headers = "Content-Type: text/plain\r\n", .body = "404 page not found"},
    {.body = "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}", .cut_after = 20},
    {.body = "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[}}"},
    {.status = 500, .headers = "Content-Type: text/plain\r\n", .body = "oops"},
    {.body = "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}"},
};

static const struct query queries[QUERIES] = {
    {"up{a=\"\xc3\xa9\"}", QUERY_RAW, 1735689600000, 1735689660000, 0},
    {"b", QUERY_RANGE, 1735689600000, 1735689660000, 15000},
    {"c", QUERY_INSTANT, 0, 1735689660000, 0},
    {"d", QUERY_INSTANT, 0, 1735689660000, 0},
    {"e", QUERY_INSTANT, 0, 1735689660000, 0},
    {"f", QUERY_INSTANT, 0, 1735689660000, 0},
};

static char *new_dir(void **state) {
    char path[] = "/tmp/serin-recorded-XXXXXX";
    if (mkdtemp(path) == NULL) abort();
    *state = strdup(path);
    return *state;
}

static int set_up(void **state) {
    return new_dir(state) == NULL;
}

static int tear_down(void **state) {
    char path[256];
    for (int i = 1; i < 40; i++) {
        snprintf(path, sizeof path, "%s/%05d.body", (char *)*state, i);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/answers.jsonl", (char *)*state);
    unlink(path);
    rmdir(*state);
    free(*state);
    return 0;
}

static void run_all(struct source *source, const char *record_dir, struct fetch_job jobs[QUERIES]) {
    struct error err = {0};
    for (size_t i = 0; i < QUERIES; i++) jobs[i] = (struct fetch_job){.source = source, .query = queries[i]};
    if (!fetch_run(jobs, QUERIES, &(struct fetch_options){.record_dir = record_dir}, &err)) fail_msg("%s", err.text);
}

static void same_answers(const struct answer *a, const struct answer *b, const char *expr) {
    struct buf x, y;
    buf_init(&x, 1 << 16);
    buf_init(&y, 1 << 16);
    if (a->result.outcome != b->result.outcome)
        fail_msg("%s: outcome %d and %d: %s", expr, (int)a->result.outcome, (int)b->result.outcome, b->result.err.text);
    assert_string_equal(a->result.err.text, b->result.err.text);
    assert_int_equal(a->result.err.code, b->result.err.code);
    assert_string_equal(a->result.error_type, b->result.error_type);
    assert_string_equal(a->result.error_text, b->result.error_text);
    assert_int_equal(a->http_status, b->http_status);
    assert_int_equal(a->tries, b->tries);
    assert_int_equal(a->pieces, b->pieces);
    assert_int_equal(a->requests, b->requests);
    assert_int_equal(a->throttled, b->throttled);
    assert_int_equal(a->refused, b->refused);
    assert_int_equal(a->duration_ms, b->duration_ms);
    assert_int_equal(a->bytes, b->bytes);
    if (a->result.outcome == DECODE_OK) {
        series_set_canonical(&x, &a->set);
        series_set_canonical(&y, &b->set);
        assert_string_equal(buf_text(&x), buf_text(&y));
        assert_int_equal(a->set.warnings.count, b->set.warnings.count);
    }
    buf_finish(&x);
    buf_finish(&y);
}

static void test_recorded__replay_gives_the_same_answers(void **state) {
    struct fake_server *server = fake_server_start(script, 7, "{\"status\":\"success\",\"data\":{\"version\":\"2.42.0\"}}");
    char url[64];
    struct error err = {0};
    snprintf(url, sizeof url, "http://127.0.0.1:%d", fake_server_port(server));
    struct source *live = source_create_prometheus("prod", &(struct source_settings){.url = url, .concurrency = 1}, NULL);
    struct fetch_job first[QUERIES], again[QUERIES];
    run_all(live, *state, first);
    assert_string_equal(source_version(live), "2.42.0");
    fake_server_stop(server);
    struct source *replay = source_create_recorded("prod", *state, NULL, &err);
    if (replay == NULL) fail_msg("%s", err.text);
    run_all(replay, NULL, again);
    static const enum decode_outcome want[QUERIES] = {DECODE_OK,     DECODE_API_ERROR, DECODE_HTTP_ERROR,
                                                      DECODE_BROKEN, DECODE_BROKEN,    DECODE_OK};
    for (size_t i = 0; i < QUERIES; i++) {
        if (first[i].answer.result.outcome != want[i]) fail_msg("%s: %s", queries[i].expr, first[i].answer.result.err.text);
        same_answers(&first[i].answer, &again[i].answer, queries[i].expr);
        answer_finish(&first[i].answer);
        answer_finish(&again[i].answer);
    }
    assert_string_equal(source_version(replay), "2.42.0");
    source_destroy(live);
    source_destroy(replay);
}

static void test_recorded__a_source_that_is_down_replays_as_down(void **state) {
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d", fake_free_port());
    struct source *live = source_create_prometheus("prod", &(struct source_settings){.url = url, .tries = 1}, NULL);
    struct fetch_job first[QUERIES], again[QUERIES];
    run_all(live, *state, first);
    struct source *replay = source_create_recorded("prod", *state, NULL, NULL);
    run_all(replay, NULL, again);
    for (size_t i = 0; i < QUERIES; i++) {
        assert_int_equal(again[i].answer.http_status, 0);
        same_answers(&first[i].answer, &again[i].answer, queries[i].expr);
        answer_finish(&first[i].answer);
        answer_finish(&again[i].answer);
    }
    source_destroy(live);
    source_destroy(replay);
}

static void write_index(const char *dir, const char *text) {
    char path[256];
    snprintf(path, sizeof path, "%s/answers.jsonl", dir);
    assert_true(file_write(path, view_of(text), NULL));
}

#define TOO_MANY "{\"status\":\"error\",\"errorType\":\"execution\",\"error\":\"query processing would load too many samples\"}"
#define ONE_POINT(time, value)                                                                                                             \
    "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{\"a\":\"b\"},\"values\":[[" time ",\"" value     \
    "\"]]}]}}"

// Records one query that is asked for in pieces and replays it; returns the live answer, which the caller finishes.
static struct answer record_and_replay(const char *dir, const struct query *query, const struct fake_answer *answers, size_t count) {
    struct fake_server *server = fake_server_start(answers, count, NULL);
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d", fake_server_port(server));
    struct source *live = source_create_prometheus("prod", &(struct source_settings){.url = url, .concurrency = 1}, NULL);
    struct fetch_job first = {.source = live, .query = *query};
    assert_true(fetch_run(&first, 1, &(struct fetch_options){.record_dir = dir}, NULL));
    assert_int_equal(fake_server_requests(server), count);
    fake_server_stop(server);
    struct source *replay = source_create_recorded("prod", dir, NULL, NULL);
    struct fetch_job again = {.source = replay, .query = *query};
    assert_true(fetch_run(&again, 1, NULL, NULL));
    same_answers(&first.answer, &again.answer, query->expr);
    assert_memory_equal(source_counters(live), source_counters(replay), sizeof(struct source_counters));
    answer_finish(&again.answer);
    source_destroy(replay);
    source_destroy(live);
    return first.answer;
}

static void test_recorded__pieces_are_joined_as_they_were(void **state) {
    // Three hours: the first two are too much and are halved once.
    static const struct query query = {"x", QUERY_RAW, 0, 10799999, 0};
    static const struct fake_answer answers[] = {{.status = 422, .body = TOO_MANY},
                                                 {.body = ONE_POINT("10", "1")},
                                                 {.body = ONE_POINT("7300.5", "3")},
                                                 {.body = ONE_POINT("3600", "2")}};
    struct answer answer = record_and_replay(*state, &query, answers, 4);
    if (answer.result.outcome != DECODE_OK) fail_msg("%s", answer.result.err.text);
    assert_int_equal(answer.pieces, 3);
    assert_int_equal(answer.requests, 4);
    assert_int_equal(answer.set.count, 1);
    assert_int_equal(answer.set.items[0].count, 3);
    for (size_t i = 0; i < 3; i++) assert_true(answer.set.items[0].value[i] == (double)i + 1);
    answer_finish(&answer);
}

static void test_recorded__a_lost_piece_loses_the_query(void **state) {
    static const struct query query = {"x", QUERY_RAW, 0, 21599999, 0};
    static const struct fake_answer answers[] = {{.body = ONE_POINT("10", "1")}, {.status = 400, .body = "no"}};
    struct answer answer = record_and_replay(*state, &query, answers, 2); // the third is not asked for any more
    assert_int_equal(answer.result.outcome, DECODE_HTTP_ERROR);
    assert_int_equal(answer.http_status, 400);
    assert_int_equal(answer.set.count, 0);
    answer_finish(&answer);
}

#define PIECE_LINE                                                                                                                         \
    "{\"source\":\"prod\",\"expr\":\"x\",\"mode\":\"raw\",\"start_ms\":%d,\"end_ms\":%d,\"step_ms\":0,\"http_status\":200,\"fi"            \
    "le\":\"b\",\"whole_start_ms\":0,\"whole_end_ms\":99}\n"

static void test_recorded__a_hole_between_pieces_is_no_answer(void **state) {
    static const struct {
        int from, to;
        bool whole;
    } cases[] = {{50, 99, true}, {51, 99, false}, {50, 98, false}, {50, 100, false}, {50, 49, false}};
    char path[256], text[1024];
    snprintf(path, sizeof path, "%s/b", (char *)*state);
    assert_true(file_write(path, view_of("{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}"), NULL));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int used = snprintf(text, sizeof text, PIECE_LINE, 0, 49);
        snprintf(text + used, sizeof text - (size_t)used, PIECE_LINE, cases[i].from, cases[i].to);
        write_index(*state, text);
        struct source *replay = source_create_recorded("prod", *state, NULL, NULL);
        struct fetch_job job = {.source = replay, .query = {"x", QUERY_RAW, 0, 99, 0}};
        assert_true(fetch_run(&job, 1, NULL, NULL));
        if ((job.answer.result.outcome == DECODE_OK) != cases[i].whole) fail_msg("case %zu: %s", i, job.answer.result.err.text);
        answer_finish(&job.answer);
        source_destroy(replay);
    }
    unlink(path);
}

static void test_recorded__second_recording_is_added_and_counts(void **state) {
    static const struct fake_answer bodies[] = {
        {.body = "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"1\"]}}"},
        {.body = "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"2\"]}}"},
    };
    struct fake_server *server = fake_server_start(bodies, 2, NULL);
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d", fake_server_port(server));
    struct source *live = source_create_prometheus("prod", &(struct source_settings){.url = url}, NULL);
    for (int i = 0; i < 2; i++) {
        struct fetch_job job = {.source = live, .query = queries[2]};
        assert_true(fetch_run(&job, 1, &(struct fetch_options){.record_dir = *state}, NULL));
        answer_finish(&job.answer);
    }
    struct source *replay = source_create_recorded("prod", *state, NULL, NULL);
    struct fetch_job job = {.source = replay, .query = queries[2]};
    assert_true(fetch_run(&job, 1, NULL, NULL));
    assert_int_equal(job.answer.result.outcome, DECODE_OK);
    assert_true(job.answer.set.items[0].value[0] == 2);
    answer_finish(&job.answer);
    source_destroy(live);
    source_destroy(replay);
    fake_server_stop(server);
}

static void test_recorded__unknown_query_is_named(void **state) {
    write_index(
        *state,
        "{\"source\":\"other\",\"expr\":\"c\",\"mode\":\"instant\",\"start_ms\":0,\"end_ms\":1735689660000,\"step_ms\":0,\"file\":\"\"}\n");
    struct source *replay = source_create_recorded("prod", *state, NULL, NULL);
    struct fetch_job job = {.source = replay, .query = queries[2]};
    assert_true(fetch_run(&job, 1, NULL, NULL));
    assert_int_equal(job.answer.result.outcome, DECODE_HTTP_ERROR);
    assert_non_null(strstr(job.answer.result.err.text, "source prod: "));
    assert_non_null(
        strstr(job.answer.result.err.text, "no recorded answer to the instant query c (1970-01-01T00:00:00Z to 2025-01-01T00:01:00Z"));
    answer_finish(&job.answer);
    source_destroy(replay);
}

static void test_recorded__bad_index_is_refused_with_its_line(void **state) {
    static const struct {
        const char *index, *text;
    } cases[] = {
        {"{\n", "answers.jsonl:1: not a JSON object"},
        {"\n[]\n", "answers.jsonl:2: source is missing"},
        {"{\"source\":\"prod\",\"mode\":\"raw\",\"file\":\"x\"}\n", "answers.jsonl:1: expr, mode or file"},
        {"{\"source\":\"prod\",\"expr\":\"x\",\"mode\":\"raw\",\"file\":\"../../etc/passwd\"}\n", "expr, mode or file"},
        {"{\"source\":\"prod\",\"expr\":\"x\",\"mode\":\"raw\",\"file\":\"x\",\"outcome\":9}\n", "outcome"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error err = {0};
        write_index(*state, cases[i].index);
        assert_null(source_create_recorded("prod", *state, NULL, &err));
        if (strstr(err.text, cases[i].text) == NULL) assert_string_equal(err.text, cases[i].text);
    }
}

static void test_recorded__missing_or_unwritable_directory_is_an_error(void **state) {
    struct error err = {0};
    char path[256];
    snprintf(path, sizeof path, "%s/nothing", (char *)*state);
    assert_null(source_create_recorded("prod", path, NULL, &err));
    assert_int_equal(err.code, ERROR_IO);
    struct source *live = source_create_prometheus("prod", &(struct source_settings){.url = "http://127.0.0.1:1"}, NULL);
    struct fetch_job job = {.source = live, .query = queries[2]};
    assert_false(fetch_run(&job, 1, &(struct fetch_options){.record_dir = "/dev/null/x"}, &err));
    assert_int_equal(err.code, ERROR_IO);
    answer_finish(&job.answer);
    source_destroy(live);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_recorded__replay_gives_the_same_answers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_recorded__a_source_that_is_down_replays_as_down, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_recorded__pieces_are_joined_as_they_were, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_recorded__a_lost_piece_loses_the_query, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_recorded__a_hole_between_pieces_is_no_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_recorded__second_recording_is_added_and_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_recorded__unknown_query_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_recorded__bad_index_is_refused_with_its_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_recorded__missing_or_unwritable_directory_is_an_error, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
