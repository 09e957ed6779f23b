// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/timetext.h"
#include "fake_server.h"
#include "query/fetcher.h"

#define VECTOR                                                                                                                             \
    "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{\"a\":\"b\"},\"value\":[1735689600,\"2.385\"]}]" \
    "}}"
#define BATCHES ((size_t)200)
#define FAR (mono_now_ms() + 20000)

struct server { // with a source that reads it
    struct fake_server *fake;
    struct source *source;
    char *url; // the source borrows it
};

static struct server start_server(const struct fake_answer *script, size_t count, struct source_settings settings) {
    struct server s = {.fake = fake_server_start(script, count, NULL)};
    struct error err = {0};
    s.url = mem_alloc(64);
    snprintf(s.url, 64, "http://127.0.0.1:%d", fake_server_port(s.fake));
    settings.url = s.url;
    s.source = source_create_prometheus("prod", &settings, &err);
    if (s.source == NULL) fail_msg("%s", err.text);
    return s;
}

static void stop_server(struct server *s) {
    source_destroy(s->source);
    fake_server_stop(s->fake);
    free(s->url);
}

struct look { // a batch of at most two jobs, and what became of it
    struct fetch_job jobs[2];
    struct fetch_batch *batch;
    size_t count;
    bool over, ok;
    struct error err;
    size_t place, *order; // among those that are over; a counter that they share
};

static void on_over(void *user, bool ok, const struct error *err) {
    struct look *look = user;
    assert_false(look->over);
    look->over = true;
    look->ok = ok;
    look->err = *err;
    if (look->order != NULL) look->place = (*look->order)++;
}

static void add_job(struct look *look, const struct server *server, const char *expr, int64_t end_ms) {
    look->jobs[look->count++] =
        (struct fetch_job){.source = server->source, .query = {.expr = expr, .mode = QUERY_INSTANT, .end_ms = end_ms}};
}

static void submit(struct fetcher *fetcher, struct look *look, const struct fetch_options *options) {
    look->batch = fetcher_submit(fetcher, look->jobs, look->count, options, on_over, look);
}

static void run(struct fetcher *fetcher, struct look *look) {
    int64_t until = FAR;
    while (!look->over && mono_now_ms() < until) fetcher_step(fetcher, until);
    assert_true(look->over);
}

static void has_value(const struct fetch_job *job, bool shared) {
    if (job->answer.result.outcome != DECODE_OK) fail_msg("%s", job->answer.result.err.text);
    assert_true(job->answer.set.items[0].value[0] == 2.385);
    assert_int_equal(job->answer.shared, shared);
}

static void finish(struct look *look) {
    for (size_t i = 0; i < look->count; i++) answer_finish(&look->jobs[i].answer);
}

// Each look asks the good server for something of its own; each tenth waits for the one that hangs too.
static void test_fetcher__a_source_that_hangs_holds_up_nobody_else(void **state) {
    (void)state;
    static const struct fake_answer hangs[] = {{.delay_ms = 30000}}, good[] = {{.body = VECTOR}};
    struct server slow = start_server(hangs, 1, (struct source_settings){0}), fast = start_server(good, 1, (struct source_settings){0});
    struct fetcher *fetcher = fetcher_create();
    struct look *looks = mem_zero(BATCHES, sizeof *looks);
    size_t over = 0;
    int64_t from = mono_now_ms();
    for (size_t i = 0; i < BATCHES; i++) {
        bool stuck = i % 10 == 0;
        looks[i].order = stuck ? NULL : &over;
        add_job(&looks[i], &fast, "up", (int64_t)i);
        if (stuck) add_job(&looks[i], &slow, "up", (int64_t)i);
        submit(fetcher, &looks[i], &(struct fetch_options){.deadline_ms = 3000});
    }
    while (over < BATCHES * 9 / 10 && mono_now_ms() < from + 2500) fetcher_step(fetcher, from + 2500);
    assert_int_equal(over, BATCHES * 9 / 10);
    for (size_t i = 1; i < BATCHES; i++) { // in the order of their submission, but for those in flight together
        if (i % 10 != 0) assert_in_range(looks[i].place + 16, i - i / 10, i - i / 10 + 32);
    }
    for (size_t i = 0; i < BATCHES; i++) assert_true(looks[i].over == (i % 10 != 0));
    for (size_t i = 0; i < BATCHES; i += 10) run(fetcher, &looks[i]); // their deadlines are the same but for some milliseconds
    assert_in_range(mono_now_ms() - from, 2900, 4000);
    for (size_t i = 0; i < BATCHES; i++) {
        assert_true(looks[i].ok);
        has_value(&looks[i].jobs[0], false);
        if (i % 10 == 0) assert_non_null(strstr(looks[i].jobs[1].answer.result.err.text, "source prod"));
        finish(&looks[i]);
    }
    assert_in_range(fake_server_most_at_once(fast.fake), 1, 8);
    assert_int_equal(fake_server_requests(fast.fake), BATCHES);
    fetcher_destroy(fetcher);
    stop_server(&slow);
    stop_server(&fast);
    free(looks);
}

static void test_fetcher__equal_queries_of_batches_are_asked_once(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.delay_ms = 50, .body = VECTOR}};
    struct server s = start_server(script, 1, (struct source_settings){0});
    struct fetcher *fetcher = fetcher_create();
    struct look looks[6] = {0};
    for (size_t i = 0; i < 5; i++) {
        add_job(&looks[i], &s, "up", 1735689600137);
        if (i == 4) add_job(&looks[i], &s, "up", 1735689600138);
        submit(fetcher, &looks[i], NULL);
    }
    for (size_t i = 0; i < 5; i++) run(fetcher, &looks[i]);
    add_job(&looks[5], &s, "up", 1735689600137); // after they have ended
    submit(fetcher, &looks[5], NULL);
    assert_false(looks[5].over); // never from within the submission
    run(fetcher, &looks[5]);
    assert_int_equal(fake_server_requests(s.fake), 2);
    for (size_t i = 0; i < 6; i++) has_value(&looks[i].jobs[0], i > 0);
    has_value(&looks[4].jobs[1], false);
    const struct source_counters *c = source_counters(s.source);
    assert_int_equal(c->queries, 7);
    assert_int_equal(c->tries, 2);
    assert_int_equal(c->shared, 5);
    for (size_t i = 0; i < 5; i++) finish(&looks[i]);
    has_value(&looks[5].jobs[0], true); // the others have let go of it
    fetcher_destroy(fetcher);
    has_value(&looks[5].jobs[0], true); // and the fetcher
    finish(&looks[5]);
    stop_server(&s);
}

static void test_fetcher__failures_and_recordings_serve_nobody_else(void **state) {
    static const struct fake_answer script[] = {
        {.status = 400, .headers = "Content-Type: text/plain\r\n", .body = "no"}, {.body = VECTOR}, {.body = VECTOR}};
    struct server s = start_server(script, 3, (struct source_settings){0});
    struct fetcher *fetcher = fetcher_create();
    struct look looks[3] = {0};
    for (size_t i = 0; i < 3; i++) add_job(&looks[i], &s, "up", 1735689600137);
    submit(fetcher, &looks[0], NULL);
    run(fetcher, &looks[0]);
    assert_int_equal(looks[0].jobs[0].answer.http_status, 400);
    submit(fetcher, &looks[1], NULL);
    run(fetcher, &looks[1]);
    submit(fetcher, &looks[2], &(struct fetch_options){.record_dir = *state});
    run(fetcher, &looks[2]);
    assert_int_equal(fake_server_requests(s.fake), 3);
    for (size_t i = 1; i < 3; i++) has_value(&looks[i].jobs[0], false);
    for (size_t i = 0; i < 3; i++) finish(&looks[i]);
    fetcher_destroy(fetcher);
    stop_server(&s);
}

static void test_fetcher__another_secret_asks_anew(void **state) {
    static const struct fake_answer script[] = {{.body = VECTOR}};
    char path[256];
    snprintf(path, sizeof path, "%s/token", (char *)*state);
    struct server s = start_server(script, 1, (struct source_settings){.bearer_token_file = path});
    struct fetcher *fetcher = fetcher_create();
    static const char *const tokens[] = {"first", "first", "another"};
    for (size_t i = 0; i < 3; i++) {
        struct look look = {0};
        FILE *file = i == 1 ? NULL : fopen(path, "w");
        if (file != NULL) {
            fputs(tokens[i], file);
            fclose(file);
        }
        add_job(&look, &s, "up", 1735689600137);
        submit(fetcher, &look, NULL);
        run(fetcher, &look);
        has_value(&look.jobs[0], i == 1);
        finish(&look);
    }
    assert_int_equal(fake_server_requests(s.fake), 2);
    unlink(path);
    fetcher_destroy(fetcher);
    stop_server(&s);
}

static void test_fetcher__cancelling_drops_what_nobody_else_wants(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.delay_ms = 200, .body = VECTOR}};
    struct server s = start_server(script, 1, (struct source_settings){.concurrency = 1});
    struct fetcher *fetcher = fetcher_create();
    struct look both = {0}, other = {0}, late = {0}, left = {0};
    add_job(&both, &s, "a", 1);
    add_job(&both, &s, "b", 1);
    add_job(&other, &s, "a", 1);
    add_job(&late, &s, "c", 1);
    add_job(&left, &s, "d", 1);
    submit(fetcher, &both, NULL);
    submit(fetcher, &other, NULL);
    submit(fetcher, &late, NULL);
    submit(fetcher, &left, NULL);
    while (fake_server_requests(s.fake) == 0) fetcher_step(fetcher, mono_now_ms() + 10);
    fetcher_cancel(both.batch); // its first query is in flight, and wanted by another one
    run(fetcher, &other);
    while (fake_server_requests(s.fake) == 1) fetcher_step(fetcher, mono_now_ms() + 10);
    fetcher_cancel(late.batch); // in flight, and wanted by nobody else
    run(fetcher, &left);
    assert_false(both.over);
    assert_false(late.over);
    has_value(&other.jobs[0], false);
    has_value(&left.jobs[0], false);
    for (size_t i = 0; i < 2; i++) assert_int_equal(both.jobs[i].answer.result.err.code, ERROR_CANCELLED);
    assert_int_equal(fake_server_requests(s.fake), 3);
    struct look *looks[] = {&both, &other, &late, &left};
    for (size_t i = 0; i < 4; i++) finish(looks[i]);
    fetcher_destroy(fetcher);
    stop_server(&s);
}

static void test_fetcher__an_early_deadline_ends_one_batch_alone(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.delay_ms = 400, .body = VECTOR}};
    struct server s = start_server(script, 1, (struct source_settings){.timeout_ms = 5000});
    struct fetcher *fetcher = fetcher_create();
    struct look hasty = {0}, patient = {0};
    add_job(&patient, &s, "up", 1);
    add_job(&hasty, &s, "up", 1);
    submit(fetcher, &patient, NULL);
    submit(fetcher, &hasty, &(struct fetch_options){.deadline_ms = 100});
    run(fetcher, &hasty);
    assert_false(patient.over);
    assert_non_null(strstr(hasty.jobs[0].answer.result.err.text, "source prod: no answer before the deadline of the run (0.1 s)"));
    run(fetcher, &patient);
    has_value(&patient.jobs[0], false);
    assert_int_equal(fake_server_requests(s.fake), 1);
    finish(&hasty);
    finish(&patient);
    fetcher_destroy(fetcher);
    stop_server(&s);
}

static void test_fetcher__destroyed_with_batches_in_flight(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.delay_ms = 30000}};
    struct server s = start_server(script, 1, (struct source_settings){.concurrency = 2});
    struct fetcher *fetcher = fetcher_create();
    struct look looks[5] = {0};
    for (size_t i = 0; i < 5; i++) {
        add_job(&looks[i], &s, "up", (int64_t)i);
        submit(fetcher, &looks[i], NULL);
    }
    while (fake_server_requests(s.fake) < 2) fetcher_step(fetcher, mono_now_ms() + 10);
    fetcher_destroy(fetcher);
    for (size_t i = 0; i < 5; i++) {
        assert_false(looks[i].over);
        assert_int_equal(looks[i].jobs[0].answer.result.err.code, ERROR_CANCELLED);
        finish(&looks[i]);
    }
    stop_server(&s);
}

#define WARM ((size_t)20) // requests before one of them may be repeated

// A query whose first request is slow, or bad while the second one is on its way, after so many that were neither.
static void test_fetcher__second_request_when_the_first_is_slow(void **state) {
    (void)state;
    static const char text[] = "Content-Type: text/plain\r\n";
    static const struct {
        struct fake_answer first, second;
        enum decode_outcome outcome;
        int64_t least_ms, most_ms;
    } cases[] = {
        {{.delay_ms = 20000, .body = VECTOR}, {.body = VECTOR}, DECODE_OK, 100, 2000},
        {{.delay_ms = 400, .body = VECTOR}, {.status = 400, .headers = text, .body = "no"}, DECODE_OK, 400, 2000},
        {{.delay_ms = 200, .status = 400, .headers = text, .body = "no"}, {.delay_ms = 300, .body = VECTOR}, DECODE_OK, 400, 2000},
        {{.delay_ms = 200, .status = 400, .headers = text},
         {.delay_ms = 300, .status = 422, .headers = text},
         DECODE_HTTP_ERROR,
         400,
         2000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fake_answer script[WARM + 1];
        for (size_t k = 0; k < WARM; k++) script[k] = (struct fake_answer){.body = VECTOR};
        script[WARM - 1] = cases[i].first;
        script[WARM] = cases[i].second;
        struct server s = start_server(script, WARM + 1, (struct source_settings){.hedge_ms = 100});
        struct fetcher *fetcher = fetcher_create();
        struct look look = {0};
        for (size_t k = 0; k < WARM; k++) {
            look = (struct look){0};
            add_job(&look, &s, "up", (int64_t)k);
            submit(fetcher, &look, NULL);
            run(fetcher, &look);
            if (k < WARM - 1) finish(&look);
        }
        const struct answer *a = &look.jobs[0].answer;
        if (a->result.outcome != cases[i].outcome) fail_msg("case %zu: %s", i, a->result.err.text);
        assert_in_range(a->duration_ms, cases[i].least_ms, cases[i].most_ms);
        assert_int_equal(a->requests, 2);
        assert_int_equal(a->hedged, 1);
        assert_int_equal(source_counters(s.source)->hedged, 1);
        assert_int_equal(source_counters(s.source)->retries, 0);
        assert_int_equal(source_counters(s.source)->tries, WARM + 1);
        finish(&look);
        fetcher_destroy(fetcher);
        stop_server(&s);
    }
}

// The same, cancelled and given up while both requests fly.
static void test_fetcher__both_requests_are_dropped(void **state) {
    (void)state;
    struct fake_answer script[WARM];
    for (size_t k = 0; k < WARM; k++) script[k] = (struct fake_answer){.body = VECTOR};
    script[WARM - 1].delay_ms = 20000;
    for (int cancel = 0; cancel < 2; cancel++) {
        struct server s = start_server(script, WARM, (struct source_settings){.hedge_ms = 50});
        struct fetcher *fetcher = fetcher_create();
        struct look look = {0};
        for (size_t k = 0; k < WARM; k++) {
            look = (struct look){0};
            add_job(&look, &s, "up", (int64_t)k);
            submit(fetcher, &look, &(struct fetch_options){.deadline_ms = cancel ? 20000 : 400});
            if (k == WARM - 1) break;
            run(fetcher, &look);
            finish(&look);
        }
        while (fake_server_requests(s.fake) <= WARM) fetcher_step(fetcher, mono_now_ms() + 10);
        if (cancel) {
            fetcher_cancel(look.batch);
        } else {
            run(fetcher, &look);
        }
        assert_int_equal(look.jobs[0].answer.result.err.code, cancel ? ERROR_CANCELLED : ERROR_SOURCE);
        finish(&look);
        fetcher_destroy(fetcher);
        stop_server(&s);
    }
}

static void *wake(void *user) {
    fetcher_wake(user);
    return NULL;
}

static void test_fetcher__wake_ends_a_step(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.delay_ms = 30000}};
    struct server s = start_server(script, 1, (struct source_settings){0});
    for (int busy = 0; busy < 2; busy++) {
        struct fetcher *fetcher = fetcher_create();
        struct look look = {0};
        add_job(&look, &s, "up", 1);
        if (busy) submit(fetcher, &look, NULL);
        pthread_t thread;
        int64_t from = mono_now_ms();
        assert_int_equal(pthread_create(&thread, NULL, wake, fetcher), 0);
        fetcher_step(fetcher, from + 20000);
        pthread_join(thread, NULL);
        assert_in_range(mono_now_ms() - from, 0, 5000);
        assert_false(look.over);
        fetcher_destroy(fetcher);
        if (busy) finish(&look);
    }
    stop_server(&s);
}

// Answers of one question are read and let go in several threads at once.
static void *read_and_finish(void *user) {
    struct fetch_job *job = user;
    double sum = 0;
    for (size_t i = 0; i < job->answer.set.count; i++) sum += job->answer.set.items[i].value[0];
    answer_finish(&job->answer);
    return sum == 2.385 ? user : NULL;
}

static void test_fetcher__shared_answers_are_read_in_any_thread(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.body = VECTOR}};
    struct server s = start_server(script, 1, (struct source_settings){0});
    struct fetcher *fetcher = fetcher_create();
    struct look looks[4] = {0};
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++) {
        add_job(&looks[i], &s, "up", 1);
        submit(fetcher, &looks[i], NULL);
    }
    for (size_t i = 0; i < 4; i++) {
        run(fetcher, &looks[i]);
        assert_int_equal(pthread_create(&threads[i], NULL, read_and_finish, &looks[i].jobs[0]), 0);
    }
    fetcher_destroy(fetcher);
    for (size_t i = 0; i < 4; i++) {
        void *good = NULL;
        pthread_join(threads[i], &good);
        assert_ptr_equal(good, &looks[i].jobs[0]);
    }
    stop_server(&s);
}

static int make_dir(void **state) {
    char path[] = "/tmp/serin-fetcher-XXXXXX";
    *state = mem_strdup(mkdtemp(path));
    return 0;
}

static int remove_dir(void **state) {
    static const char *const names[] = {"answers.jsonl", "00001.body", "00002.body"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/%s", (char *)*state, names[i]);
        unlink(path);
    }
    rmdir(*state);
    free(*state);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fetcher__a_source_that_hangs_holds_up_nobody_else),
        cmocka_unit_test(test_fetcher__equal_queries_of_batches_are_asked_once),
        cmocka_unit_test_setup_teardown(test_fetcher__failures_and_recordings_serve_nobody_else, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(test_fetcher__another_secret_asks_anew, make_dir, remove_dir),
        cmocka_unit_test(test_fetcher__cancelling_drops_what_nobody_else_wants),
        cmocka_unit_test(test_fetcher__an_early_deadline_ends_one_batch_alone),
        cmocka_unit_test(test_fetcher__destroyed_with_batches_in_flight),
        cmocka_unit_test(test_fetcher__second_request_when_the_first_is_slow),
        cmocka_unit_test(test_fetcher__both_requests_are_dropped),
        cmocka_unit_test(test_fetcher__wake_ends_a_step),
        cmocka_unit_test(test_fetcher__shared_answers_are_read_in_any_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
