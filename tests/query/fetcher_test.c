// SPDX-License-Identifier: GPL-3.0-or-later
// Batches of one fetcher that share nothing: they neither wait for each other nor end each other.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/timetext.h"
#include "look.h"

#define BATCHES ((size_t)200)

// Each look asks the good server for something of its own; each tenth waits for the one that hangs too.
static void test_fetcher__a_source_that_hangs_holds_up_nobody_else(void **state) {
    (void)state;
    static const struct fake_answer hangs[] = {{.delay_ms = 30000}}, good[] = {{.body = PLAYED_VECTOR}};
    struct played slow = played_start(hangs, 1, (struct source_settings){0}, ""),
                  fast = played_start(good, 1, (struct source_settings){0}, "");
    struct fetcher *fetcher = fetcher_create();
    struct look *looks = mem_zero(BATCHES, sizeof *looks);
    size_t over = 0;
    int64_t from = mono_now_ms();
    for (size_t i = 0; i < BATCHES; i++) {
        bool stuck = i % 10 == 0;
        looks[i].order = stuck ? NULL : &over;
        look_add(&looks[i], &fast, "up", (int64_t)i);
        if (stuck) look_add(&looks[i], &slow, "up", (int64_t)i);
        look_submit(fetcher, &looks[i], &(struct fetch_options){.deadline_ms = 3000});
    }
    while (over < BATCHES * 9 / 10 && mono_now_ms() < from + 2500) fetcher_step(fetcher, from + 2500);
    assert_int_equal(over, BATCHES * 9 / 10);
    for (size_t i = 1; i < BATCHES; i++) { // in the order of their submission, but for those in flight together
        if (i % 10 != 0) assert_in_range(looks[i].place + 16, i - i / 10, i - i / 10 + 32);
    }
    for (size_t i = 0; i < BATCHES; i++) assert_true(looks[i].over == (i % 10 != 0));
    for (size_t i = 0; i < BATCHES; i += 10) look_run(fetcher, &looks[i]); // their deadlines are the same but for some milliseconds
    assert_in_range(mono_now_ms() - from, 2900, 4000);
    for (size_t i = 0; i < BATCHES; i++) {
        assert_true(looks[i].ok);
        has_value(&looks[i].jobs[0], false);
        if (i % 10 == 0) assert_non_null(strstr(looks[i].jobs[1].answer.result.err.text, "source prod"));
        look_finish(&looks[i]);
    }
    assert_in_range(fake_server_most_at_once(fast.server), 1, 8);
    assert_int_equal(fake_server_requests(fast.server), BATCHES);
    fetcher_destroy(fetcher);
    played_finish(&slow);
    played_finish(&fast);
    free(looks);
}

static void test_fetcher__cancelling_drops_what_nobody_else_wants(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.delay_ms = 200, .body = PLAYED_VECTOR}};
    struct played s = played_start(script, 1, (struct source_settings){.concurrency = 1}, "");
    struct fetcher *fetcher = fetcher_create();
    struct look both = {0}, other = {0}, late = {0}, left = {0};
    look_add(&both, &s, "a", 1);
    look_add(&both, &s, "b", 1);
    look_add(&other, &s, "a", 1);
    look_add(&late, &s, "c", 1);
    look_add(&left, &s, "d", 1);
    look_submit(fetcher, &both, NULL);
    look_submit(fetcher, &other, NULL);
    look_submit(fetcher, &late, NULL);
    look_submit(fetcher, &left, NULL);
    while (fake_server_requests(s.server) == 0) fetcher_step(fetcher, mono_now_ms() + 10);
    fetcher_cancel(both.batch); // its first query is in flight, and wanted by another one
    look_run(fetcher, &other);
    while (fake_server_requests(s.server) == 1) fetcher_step(fetcher, mono_now_ms() + 10);
    fetcher_cancel(late.batch); // in flight, and wanted by nobody else
    look_run(fetcher, &left);
    assert_false(both.over);
    assert_false(late.over);
    has_value(&other.jobs[0], false);
    has_value(&left.jobs[0], false);
    for (size_t i = 0; i < 2; i++) assert_int_equal(both.jobs[i].answer.result.err.code, ERROR_CANCELLED);
    assert_int_equal(fake_server_requests(s.server), 3);
    struct look *looks[] = {&both, &other, &late, &left};
    for (size_t i = 0; i < 4; i++) look_finish(looks[i]);
    fetcher_destroy(fetcher);
    played_finish(&s);
}

static void test_fetcher__an_early_deadline_ends_one_batch_alone(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.delay_ms = 400, .body = PLAYED_VECTOR}};
    struct played s = played_start(script, 1, (struct source_settings){.timeout_ms = 5000}, "");
    struct fetcher *fetcher = fetcher_create();
    struct look hasty = {0}, patient = {0};
    look_add(&patient, &s, "up", 1);
    look_add(&hasty, &s, "up", 1);
    look_submit(fetcher, &patient, NULL);
    look_submit(fetcher, &hasty, &(struct fetch_options){.deadline_ms = 100});
    look_run(fetcher, &hasty);
    assert_false(patient.over);
    assert_non_null(strstr(hasty.jobs[0].answer.result.err.text, "source prod: no answer before the deadline of the run (0.1 s)"));
    look_run(fetcher, &patient);
    has_value(&patient.jobs[0], false);
    assert_int_equal(fake_server_requests(s.server), 1);
    look_finish(&hasty);
    look_finish(&patient);
    fetcher_destroy(fetcher);
    played_finish(&s);
}

static void test_fetcher__destroyed_with_batches_in_flight(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.delay_ms = 30000}};
    struct played s = played_start(script, 1, (struct source_settings){.concurrency = 2}, "");
    struct fetcher *fetcher = fetcher_create();
    struct look looks[5] = {0};
    for (size_t i = 0; i < 5; i++) {
        look_add(&looks[i], &s, "up", (int64_t)i);
        look_submit(fetcher, &looks[i], NULL);
    }
    while (fake_server_requests(s.server) < 2) fetcher_step(fetcher, mono_now_ms() + 10);
    fetcher_destroy(fetcher);
    for (size_t i = 0; i < 5; i++) {
        assert_false(looks[i].over);
        assert_int_equal(looks[i].jobs[0].answer.result.err.code, ERROR_CANCELLED);
        look_finish(&looks[i]);
    }
    played_finish(&s);
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
        {{.delay_ms = 20000, .body = PLAYED_VECTOR}, {.body = PLAYED_VECTOR}, DECODE_OK, 100, 2000},
        {{.delay_ms = 400, .body = PLAYED_VECTOR}, {.status = 400, .headers = text, .body = "no"}, DECODE_OK, 400, 2000},
        {{.delay_ms = 200, .status = 400, .headers = text, .body = "no"}, {.delay_ms = 300, .body = PLAYED_VECTOR}, DECODE_OK, 400, 2000},
        {{.delay_ms = 200, .status = 400, .headers = text},
         {.delay_ms = 300, .status = 422, .headers = text},
         DECODE_HTTP_ERROR,
         400,
         2000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fake_answer script[WARM + 1];
        for (size_t k = 0; k < WARM; k++) script[k] = (struct fake_answer){.body = PLAYED_VECTOR};
        script[WARM - 1] = cases[i].first;
        script[WARM] = cases[i].second;
        struct played s = played_start(script, WARM + 1, (struct source_settings){.hedge_ms = 100}, "");
        struct fetcher *fetcher = fetcher_create();
        struct look look = {0};
        for (size_t k = 0; k < WARM; k++) {
            look = (struct look){0};
            look_add(&look, &s, "up", (int64_t)k);
            look_submit(fetcher, &look, NULL);
            look_run(fetcher, &look);
            if (k < WARM - 1) look_finish(&look);
        }
        const struct answer *a = &look.jobs[0].answer;
        if (a->result.outcome != cases[i].outcome) fail_msg("case %zu: %s", i, a->result.err.text);
        assert_in_range(a->duration_ms, cases[i].least_ms, cases[i].most_ms);
        assert_int_equal(a->requests, 2);
        assert_int_equal(a->hedged, 1);
        assert_int_equal(source_counters(s.source)->hedged, 1);
        assert_int_equal(source_counters(s.source)->retries, 0);
        assert_int_equal(source_counters(s.source)->tries, WARM + 1);
        look_finish(&look);
        fetcher_destroy(fetcher);
        played_finish(&s);
    }
}

// The same, cancelled and given up while both requests fly.
static void test_fetcher__both_requests_are_dropped(void **state) {
    (void)state;
    struct fake_answer script[WARM];
    for (size_t k = 0; k < WARM; k++) script[k] = (struct fake_answer){.body = PLAYED_VECTOR};
    script[WARM - 1].delay_ms = 20000;
    for (int cancel = 0; cancel < 2; cancel++) {
        struct played s = played_start(script, WARM, (struct source_settings){.hedge_ms = 50}, "");
        struct fetcher *fetcher = fetcher_create();
        struct look look = {0};
        for (size_t k = 0; k < WARM; k++) {
            look = (struct look){0};
            look_add(&look, &s, "up", (int64_t)k);
            look_submit(fetcher, &look, &(struct fetch_options){.deadline_ms = cancel ? 20000 : 400});
            if (k == WARM - 1) break;
            look_run(fetcher, &look);
            look_finish(&look);
        }
        while (fake_server_requests(s.server) <= WARM) fetcher_step(fetcher, mono_now_ms() + 10);
        if (cancel) {
            fetcher_cancel(look.batch);
        } else {
            look_run(fetcher, &look);
        }
        assert_int_equal(look.jobs[0].answer.result.err.code, cancel ? ERROR_CANCELLED : ERROR_SOURCE);
        look_finish(&look);
        fetcher_destroy(fetcher);
        played_finish(&s);
    }
}

static void *wake(void *user) {
    fetcher_wake(user);
    return NULL;
}

static void test_fetcher__wake_ends_a_step(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.delay_ms = 30000}};
    struct played s = played_start(script, 1, (struct source_settings){0}, "");
    for (int busy = 0; busy < 2; busy++) {
        struct fetcher *fetcher = fetcher_create();
        struct look look = {0};
        look_add(&look, &s, "up", 1);
        if (busy) look_submit(fetcher, &look, NULL);
        pthread_t thread;
        int64_t from = mono_now_ms();
        assert_int_equal(pthread_create(&thread, NULL, wake, fetcher), 0);
        fetcher_step(fetcher, from + 20000);
        pthread_join(thread, NULL);
        assert_in_range(mono_now_ms() - from, 0, 5000);
        assert_false(look.over);
        fetcher_destroy(fetcher);
        if (busy) look_finish(&look);
    }
    played_finish(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fetcher__a_source_that_hangs_holds_up_nobody_else),
        cmocka_unit_test(test_fetcher__cancelling_drops_what_nobody_else_wants),
        cmocka_unit_test(test_fetcher__an_early_deadline_ends_one_batch_alone),
        cmocka_unit_test(test_fetcher__destroyed_with_batches_in_flight),
        cmocka_unit_test(test_fetcher__second_request_when_the_first_is_slow),
        cmocka_unit_test(test_fetcher__both_requests_are_dropped),
        cmocka_unit_test(test_fetcher__wake_ends_a_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
