// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "base/mem.h"
#include "flight.h"

#define NOW INT64_C(5000)
#define MANY ((size_t)20000)

static const struct source_ops server = {.kind = "server"};

static struct flight query(struct source *source, size_t order, enum query_mode mode) {
    return (struct flight){.kind = FLIGHT_QUERY, .source = source, .order = order, .query = {.mode = mode}};
}

static void takes(struct lineup *lineup, const struct flight *expected) {
    int64_t due;
    const struct flight *first = lineup_first(lineup, NOW, &due);
    assert_ptr_equal(first, expected);
    if (first != NULL) lineup_take(lineup, first);
}

static void test_lineup__keeps_the_order_of_the_run(void **state) {
    (void)state;
    static const size_t orders[] = {4, 1, 7, 0, 6, 2, 5, 3};
    struct source source = {.ops = &server};
    struct lineup lineup = {0};
    struct flight flights[8], *in_order[8];
    for (size_t i = 0; i < 8; i++) {
        flights[i] = query(&source, orders[i], QUERY_RANGE);
        in_order[orders[i]] = &flights[i];
        lineup_add(&lineup, &flights[i]);
    }
    for (size_t i = 0; i < 8; i++) takes(&lineup, in_order[i]);
    takes(&lineup, NULL);
    lineup_finish(&lineup);
}

static void test_lineup__token_comes_first(void **state) {
    (void)state;
    struct source source = {.ops = &server};
    struct lineup lineup = {0};
    struct flight first = query(&source, 0, QUERY_RANGE), token = {.kind = FLIGHT_TOKEN, .source = &source, .order = 9};
    lineup_add(&lineup, &first);
    lineup_add(&lineup, &token);
    takes(&lineup, &token);
    takes(&lineup, &first);
    lineup_finish(&lineup);
}

static void test_lineup__next_try_has_its_time(void **state) {
    (void)state;
    struct source source = {.ops = &server};
    struct lineup lineup = {0};
    struct flight f[4];
    for (size_t i = 0; i < 4; i++) f[i] = query(&source, i, QUERY_INSTANT);
    f[0].due_ms = NOW + 31;
    f[1].due_ms = NOW;
    f[2].due_ms = NOW + 17;
    for (size_t i = 0; i < 4; i++) lineup_add(&lineup, &f[i]);
    int64_t due = 0;
    assert_ptr_equal(lineup_first(&lineup, NOW, &due), &f[1]);
    assert_int_equal(due, NOW + 17);
    takes(&lineup, &f[1]);
    takes(&lineup, &f[3]);
    assert_null(lineup_first(&lineup, NOW + 16, &due));
    assert_int_equal(due, NOW + 17);
    assert_ptr_equal(lineup_first(&lineup, NOW + 31, &due), &f[0]); // both are due, and it came first in the run
    assert_int_equal(due, INT64_MAX);
    lineup_finish(&lineup);
}

static void test_lineup__only_raw_reads_wait_for_the_protocol(void **state) {
    (void)state;
    struct source source = {.ops = &server, .chosen = PROTOCOL_AUTO};
    struct lineup lineup = {0};
    struct flight probe = {.kind = FLIGHT_PROBE, .source = &source}, raw = query(&source, 1, QUERY_RAW);
    struct flight asked = query(&source, 2, QUERY_RAW), range = query(&source, 3, QUERY_RANGE);
    asked.protocol = PROTOCOL_RAW; // a read of it has failed already
    lineup_add(&lineup, &range);
    lineup_add(&lineup, &asked);
    lineup_add(&lineup, &raw);
    lineup_add(&lineup, &probe);
    takes(&lineup, &probe);
    takes(&lineup, &asked);
    takes(&lineup, &range);
    takes(&lineup, NULL);
    source.chosen = PROTOCOL_STREAM;
    source.reading = 2;
    takes(&lineup, NULL); // enough of them
    source.reading = 1;
    takes(&lineup, &raw);
    lineup_finish(&lineup);
}

static void answer(struct source *source, const struct query *query, struct answer *ret) {
    (void)source, (void)query, (void)ret;
}

static void test_lineup__records_have_no_protocol(void **state) {
    (void)state;
    static const struct source_ops record = {.kind = "record", .answer = answer};
    struct source source = {.ops = &record, .chosen = PROTOCOL_AUTO};
    struct lineup lineup = {0};
    struct flight raw = query(&source, 0, QUERY_RAW);
    lineup_add(&lineup, &raw);
    takes(&lineup, &raw);
    lineup_finish(&lineup);
}

static void test_lineup__what_is_removed_is_not_found(void **state) {
    (void)state;
    struct source source = {.ops = &server};
    for (size_t gone = 0; gone < 9; gone++) { // each place of the heap
        struct lineup lineup = {0};
        struct flight f[9];
        for (size_t i = 0; i < 9; i++) f[i] = query(&source, i * 7 % 9, QUERY_RANGE);
        for (size_t i = 0; i < 9; i++) lineup_add(&lineup, &f[i]);
        lineup_remove(&f[gone]);
        lineup_remove(&f[gone]); // and a second time nothing happens
        for (size_t order = 0; order < 9; order++) {
            if (order != gone * 7 % 9) takes(&lineup, &f[order * 4 % 9]);
        }
        takes(&lineup, NULL);
        lineup_finish(&lineup);
    }
}

static void test_lineup__any_of_them_can_be_taken_out(void **state) {
    (void)state;
    struct source source = {.ops = &server, .chosen = PROTOCOL_AUTO};
    struct lineup lineup = {0};
    struct flight late = query(&source, 0, QUERY_RANGE), raw = query(&source, 1, QUERY_RAW), range = query(&source, 2, QUERY_RANGE);
    late.due_ms = NOW + 31;
    lineup_add(&lineup, &late);
    lineup_add(&lineup, &raw);
    lineup_add(&lineup, &range);
    uintptr_t sum = 0;
    for (const struct flight *f; (f = lineup_take_any(&lineup)) != NULL;) sum += (uintptr_t)f;
    assert_true(sum == (uintptr_t)&late + (uintptr_t)&raw + (uintptr_t)&range);
    lineup_finish(&lineup);
}

// As a run does it: at each wake one flight goes, and the next one is found to have no room. Each fourth one waits for a try.
static void test_lineup__what_a_start_costs_does_not_depend_on_how_many_wait(void **state) {
    (void)state;
    struct source source = {.ops = &server};
    struct lineup lineup = {0};
    struct flight *flights = mem_zero(MANY, sizeof *flights);
    size_t started = 0;
    int64_t due, now = NOW;
    for (size_t i = 0; i < MANY; i++) {
        flights[i] = query(&source, i, QUERY_RANGE);
        if (i % 4 == 3) flights[i].due_ms = NOW + (int64_t)(i * 7919 % MANY);
        lineup_add(&lineup, &flights[i]);
    }
    for (struct flight *f; started < MANY && (f = lineup_first(&lineup, now, &due)) != NULL; started++, now += 2) {
        lineup_take(&lineup, f);
        f->state = FLIGHT_RUNNING;
        lineup_first(&lineup, now, &due);
    }
    assert_int_equal(started, MANY);
    assert_in_range(lineup.looks, MANY, 8 * MANY);
    lineup_finish(&lineup);
    free(flights);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lineup__keeps_the_order_of_the_run),
        cmocka_unit_test(test_lineup__token_comes_first),
        cmocka_unit_test(test_lineup__next_try_has_its_time),
        cmocka_unit_test(test_lineup__only_raw_reads_wait_for_the_protocol),
        cmocka_unit_test(test_lineup__records_have_no_protocol),
        cmocka_unit_test(test_lineup__what_is_removed_is_not_found),
        cmocka_unit_test(test_lineup__any_of_them_can_be_taken_out),
        cmocka_unit_test(test_lineup__what_a_start_costs_does_not_depend_on_how_many_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
