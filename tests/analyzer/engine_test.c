// SPDX-License-Identifier: GPL-3.0-or-later
// The looks of an analysis: when they are taken, what they leave behind, and how another engine continues them.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/timetext.h"
#include "engine_stage.h"

static void test_engine__one_look_gives_one_verdict(void **state) {
    (void)state;
    struct stage s;
    struct arena arena = {0};
    stage_begin(&s, 0);
    atomic_store(&s.now_ms, STAGE_START_MS + 40 * STAGE_MINUTE_MS);
    struct engine_answer answer = stage_ask(&s, true, NULL);
    assert_int_equal(answer.kind, ENGINE_OK);
    stage_await(&s, answer.id, ENGINE_VERDICT, 1);
    struct store_analysis row = stage_row(&s, answer.id, &arena);
    assert_int_equal(row.state, STORE_DONE);
    assert_string_equal(row.verdict, "pass");
    assert_int_equal(row.exit_code, 0);
    assert_int_equal(row.looks, 1);
    assert_non_null(row.result);
    assert_int_equal(s.event_count, 2); // started, verdict
    arena_finish(&arena);
    stage_end(&s);
}

static void test_engine__looks_come_one_after_another(void **state) {
    (void)state;
    struct stage s;
    struct arena arena = {0};
    struct engine_counts counts;
    stage_begin(&s, 0);
    struct engine_answer answer = stage_ask(&s, false, NULL);
    stage_await(&s, answer.id, ENGINE_VERDICT, 1);
    struct store_analysis row = stage_row(&s, answer.id, &arena);
    assert_string_equal(row.verdict, "pass");
    assert_int_equal(row.looks, 5);
    for (size_t i = 1; i < s.event_count; i++) assert_int_equal(s.events[i].looks, i);
    engine_counts(s.engine, &counts);
    assert_int_equal(counts.looks, 5);
    assert_int_equal(counts.looks_missed, 0);
    assert_int_equal(counts.open, 0);
    arena_finish(&arena);
    stage_end(&s);
}

static int64_t due_of(struct stage *s, const char *id) {
    struct engine_now now;
    engine_now(s->engine, id, &now);
    assert_true(now.found);
    return now.next_ms;
}

// Eight windows of one start: their first looks lie apart, by three quarters of a step at most, and so they do for another engine.
static void test_engine__looks_that_end_together_are_not_due_together(void **state) {
    (void)state;
    enum { COUNT = 8 };
    const int64_t first_ms = STAGE_START_MS + 11 * STAGE_MINUTE_MS; // ten steps, and a minute for late samples
    struct stage s;
    struct engine_answer answers[COUNT];
    int64_t due[COUNT], least = INT64_MAX, most = 0;
    stage_begin(&s, 0);
    atomic_store(&s.now_ms, STAGE_START_MS);
    for (size_t i = 0; i < COUNT; i++) {
        answers[i] = stage_ask(&s, false, NULL);
        due[i] = due_of(&s, answers[i].id);
        assert_in_range(due[i], first_ms, first_ms + STAGE_MINUTE_MS * 3 / 4 - 1);
        if (due[i] < least) least = due[i];
        if (due[i] > most) most = due[i];
    }
    assert_true(most - least > STAGE_MINUTE_MS / 100); // eight random ids that do not have it: once in 10^12 runs
    struct engine_answer last = stage_ask(&s, true, NULL);
    assert_in_range(due_of(&s, last.id), STAGE_START_MS + 31 * STAGE_MINUTE_MS,
                    STAGE_START_MS + 31 * STAGE_MINUTE_MS + STAGE_MINUTE_MS / 10 - 1);
    stage_close(&s);
    stage_open(&s);
    for (size_t i = 0; i < COUNT; i++) assert_int_equal(due_of(&s, answers[i].id), due[i]);
    stage_end(&s);
}

static void test_engine__another_engine_goes_on_where_the_first_was(void **state) {
    (void)state;
    struct stage s;
    struct arena arena = {0};
    stage_begin(&s, 0);
    atomic_store(&s.hold, true);
    struct engine_answer answer = stage_ask(&s, false, NULL);
    stage_await(&s, answer.id, ENGINE_LOOK, 1);
    atomic_fetch_add(&s.now_ms, 5 * STAGE_MINUTE_MS);
    stage_await(&s, answer.id, ENGINE_LOOK, 2);
    stage_close(&s);
    atomic_fetch_add(&s.now_ms, 5 * STAGE_MINUTE_MS);
    atomic_store(&s.hold, false);
    stage_open(&s);
    stage_await(&s, answer.id, ENGINE_VERDICT, 1);
    struct store_analysis row = stage_row(&s, answer.id, &arena);
    assert_int_equal(row.looks, 5);
    json_t *root = json_loads(row.look_state, 0, NULL), *looks = json_object_get(root, "looks");
    double before = 0;
    for (size_t i = 0; i < 5; i++) {
        const json_t *look = json_array_get(looks, i);
        assert_int_equal(json_integer_value(json_object_get(look, "look")), i + 1);
        double spent = json_number_value(json_object_get(look, "spent"));
        assert_true(spent > before);
        before = spent;
    }
    json_decref(root);
    arena_finish(&arena);
    stage_end(&s);
}

static void test_engine__keeps_the_answers_of_each_look(void **state) {
    (void)state;
    struct stage s;
    struct error err;
    char dir[96];
    stage_begin(&s, 0);
    stage_close(&s);
    snprintf(dir, sizeof dir, "%s/evidence", s.dir);
    s.archive = run_archive_open(dir, 1 << 20, 0, &err);
    if (s.archive == NULL) fail_msg("%s", err.text);
    stage_open(&s);
    struct engine_answer answer = stage_ask(&s, false, NULL);
    stage_await(&s, answer.id, ENGINE_VERDICT, 1);
    assert_true(run_archive_holds(s.archive, answer.id, "run"));
    for (size_t look = 1; look <= 5; look++) {
        char name[RUN_ARCHIVE_NAME];
        run_archive_look_name(look, 1, name);
        assert_true(run_archive_holds(s.archive, answer.id, name));
    }
    run_archive_trim(s.archive, 1, wall_now_ms() + 3 * 60 * STAGE_MINUTE_MS); // all of it
    assert_false(run_archive_holds(s.archive, answer.id, "run"));
    assert_int_equal(rmdir(dir), 0);
    stage_end(&s);
    run_archive_close(s.archive);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_engine__one_look_gives_one_verdict),
        cmocka_unit_test(test_engine__looks_come_one_after_another),
        cmocka_unit_test(test_engine__looks_that_end_together_are_not_due_together),
        cmocka_unit_test(test_engine__another_engine_goes_on_where_the_first_was),
        cmocka_unit_test(test_engine__keeps_the_answers_of_each_look),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
