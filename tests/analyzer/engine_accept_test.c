// SPDX-License-Identifier: GPL-3.0-or-later
// What an engine accepts and what ends without a verdict of the canary: keys, configs, cancelling, sources that fail or hang.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdatomic.h>
#include <time.h>

#include "base/arena.h"
#include "base/timetext.h"
#include "engine_stage.h"

static void test_engine__the_same_key_gives_the_same_analysis(void **state) {
    (void)state;
    struct stage s;
    stage_begin(&s, 0);
    struct engine_answer first = stage_ask(&s, false, "k1"), again = stage_ask(&s, false, "k1"), other = stage_ask(&s, true, "k1");
    assert_int_equal(first.kind, ENGINE_OK);
    assert_int_equal(again.kind, ENGINE_SAME);
    assert_string_equal(again.id, first.id);
    assert_int_equal(other.kind, ENGINE_REUSED);
    assert_string_equal(other.id, first.id);
    stage_await(&s, first.id, ENGINE_VERDICT, 1);
    stage_end(&s);
}

static void test_engine__a_cancelled_analysis_gets_no_verdict(void **state) {
    (void)state;
    struct stage s;
    struct arena arena = {0};
    stage_begin(&s, 1500); // the source takes its time
    atomic_store(&s.now_ms, STAGE_START_MS + 40 * STAGE_MINUTE_MS);
    struct engine_answer answer = stage_ask(&s, true, NULL);
    while (fake_server_requests(s.server) == 0) nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    size_t before = s.answers;
    engine_cancel(s.engine, answer.id, "ann", "not wanted", stage_answered, &s);
    assert_int_equal(stage_await_answer(&s, before + 1).kind, ENGINE_OK);
    engine_cancel(s.engine, answer.id, "ann", "not wanted", stage_answered, &s);
    assert_int_equal(stage_await_answer(&s, before + 2).kind, ENGINE_OVER);
    engine_cancel(s.engine, "000000000000", "ann", "not wanted", stage_answered, &s);
    assert_int_equal(stage_await_answer(&s, before + 3).kind, ENGINE_UNKNOWN);
    stage_close(&s);
    stage_open(&s);
    struct store_analysis row = stage_row(&s, answer.id, &arena);
    assert_int_equal(row.state, STORE_CANCELLED);
    assert_null(row.verdict);
    for (size_t i = 0; i < s.event_count; i++) assert_int_not_equal(s.events[i].kind, ENGINE_VERDICT);
    arena_finish(&arena);
    stage_end(&s);
}

static void call_off(struct stage *s, const char *id) {
    size_t before = s->answers;
    engine_cancel(s->engine, id, "ann", "", stage_answered, s);
    assert_int_equal(stage_await_answer(s, before + 1).kind, ENGINE_OK);
}

// The store is given the text of a config once, and again when it has been trimmed.
static void test_engine__each_analysis_has_its_config(void **state) {
    (void)state;
    struct stage s;
    struct arena arena = {0};
    struct store_trimmed gone;
    struct error err;
    stage_begin(&s, 0);
    const char *text = stage_config(fake_server_port(s.server));
    atomic_store(&s.now_ms, STAGE_START_MS); // no look is due
    struct engine_answer first = stage_ask(&s, false, NULL), second = stage_ask(&s, false, NULL);
    assert_string_equal(stage_row(&s, first.id, &arena).config, text);
    assert_string_equal(stage_row(&s, second.id, &arena).config, text);
    call_off(&s, first.id);
    assert_string_equal(stage_row(&s, stage_ask(&s, false, "third").id, &arena).config, text);
    stage_close(&s);
    stage_open(&s);
    call_off(&s, second.id);
    call_off(&s, stage_ask(&s, false, "third").id);
    assert_true(store_trim(s.store, &(struct store_retention){.finished_ms = 1}, STAGE_START_MS + STAGE_MINUTE_MS, &gone, &err));
    assert_int_equal(gone.analyses, 3);
    assert_string_equal(stage_row(&s, stage_ask(&s, false, NULL).id, &arena).config, text);
    arena_finish(&arena);
    stage_end(&s);
}

static void test_engine__a_source_that_fails_is_no_failed_canary(void **state) {
    (void)state;
    struct stage s;
    struct arena arena = {0};
    stage_begin(&s, 0);
    struct fake_answer bad = {.status = 400, .body = "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"no\"}"};
    struct fake_server *server = fake_server_start(&bad, 1, NULL);
    atomic_store(&s.now_ms, STAGE_START_MS + 40 * STAGE_MINUTE_MS);
    struct engine_submission asked = stage_submission(&s, true, NULL);
    asked.config = view_of(stage_config(fake_server_port(server)));
    struct error err;
    assert_true(engine_submit(s.engine, &asked, NULL, stage_answered, &s, &err));
    struct engine_answer answer = stage_await_answer(&s, 1);
    for (size_t i = 1; i <= 2; i++) {
        stage_await(&s, answer.id, ENGINE_LOOK_FAILED, i); // the attempts are an interval apart
        atomic_fetch_add(&s.now_ms, 30 * STAGE_MINUTE_MS);
    }
    stage_await(&s, answer.id, ENGINE_VERDICT, 1);
    struct store_analysis row = stage_row(&s, answer.id, &arena);
    assert_string_equal(row.verdict, "error");
    assert_int_equal(row.exit_code, 6);
    assert_int_equal(row.looks, 3);
    fake_server_stop(server);
    arena_finish(&arena);
    stage_end(&s);
}

static void test_engine__what_cannot_be_read_is_refused(void **state) {
    (void)state;
    struct stage s;
    struct arena arena = {0};
    struct findings findings;
    struct error err = {0};
    stage_begin(&s, 0);
    struct engine_submission asked = stage_submission(&s, false, NULL);
    asked.config = view_of("canary: shop\nmetrics: 5\n");
    findings_init(&findings, &arena);
    assert_false(engine_submit(s.engine, &asked, &findings, stage_answered, &s, &err));
    assert_int_equal(err.code, ERROR_CONFIG);
    assert_true(findings.errors > 0);
    findings_finish(&findings);
    asked = stage_submission(&s, false, NULL);
    asked.request.start_ms = STAGE_START_MS + INT64_C(400) * 86400000;
    assert_false(engine_submit(s.engine, &asked, NULL, stage_answered, &s, &err));
    assert_int_equal(err.code, ERROR_USAGE);
    arena_finish(&arena);
    stage_end(&s);
}

static void test_engine__a_hanging_source_holds_up_only_its_own(void **state) {
    (void)state;
    struct stage s;
    stage_begin(&s, 0);
    struct fake_answer late = {.body = buf_text(&s.body), .delay_ms = 3000};
    struct fake_server *server = fake_server_start(&late, 1, NULL);
    atomic_store(&s.now_ms, STAGE_START_MS + 40 * STAGE_MINUTE_MS);
    for (int i = 0; i < 40; i++) {
        struct engine_submission asked = stage_submission(&s, true, NULL);
        struct error err;
        asked.config = view_of(stage_config(fake_server_port(server)));
        assert_true(engine_submit(s.engine, &asked, NULL, stage_answered, &s, &err));
    }
    stage_await_answer(&s, 40);
    int64_t began = mono_now_ms();
    struct engine_answer answer = stage_ask(&s, true, NULL);
    stage_await(&s, answer.id, ENGINE_VERDICT, 1);
    assert_true(mono_now_ms() - began < 2500);
    stage_close(&s); // with looks in flight, which the next one takes again
    fake_server_stop(server);
    stage_open(&s);
    struct engine_counts counts;
    engine_counts(s.engine, &counts);
    assert_int_equal(counts.open, 40);
    stage_end(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_engine__the_same_key_gives_the_same_analysis),
        cmocka_unit_test(test_engine__a_cancelled_analysis_gets_no_verdict),
        cmocka_unit_test(test_engine__each_analysis_has_its_config),
        cmocka_unit_test(test_engine__a_source_that_fails_is_no_failed_canary),
        cmocka_unit_test(test_engine__what_cannot_be_read_is_refused),
        cmocka_unit_test(test_engine__a_hanging_source_holds_up_only_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
