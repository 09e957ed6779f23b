// SPDX-License-Identifier: GPL-3.0-or-later
// The engine over a store in a file and a server on loopback. The clock jumps: after each look it is made to be time for the next one.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../query/fake_server.h"
#include "analyzer/engine.h"
#include "base/timetext.h"
#include "noise.h"

#define START_MS INT64_C(1735689600000)
#define MINUTE_MS INT64_C(60000)
#define STEPS 30
#define MOST_EVENTS 64

struct seen {
    enum engine_event_kind kind;
    char id[STORE_ID_LEN + 1];
    int64_t looks;
};

struct stage {
    char dir[64];
    struct buf body; // that the server gives to every query
    struct fake_answer answer;
    struct fake_server *server;
    struct store *store;
    struct run_archive *archive; // NULL in most tests
    struct engine *engine;
    _Atomic int64_t now_ms;
    _Atomic bool hold;    // the clock stays where it is after a look
    pthread_mutex_t lock; // guards what follows
    pthread_cond_t changed;
    struct seen events[MOST_EVENTS];
    size_t event_count;
    struct engine_answer answered;
    size_t answers;
};

static int64_t now(void *user) {
    return atomic_load(&((struct stage *)user)->now_ms);
}

static void published(void *user, const struct engine_event *event) {
    struct stage *s = user;
    if ((event->kind == ENGINE_LOOK || event->kind == ENGINE_LOOK_FAILED) && !atomic_load(&s->hold))
        atomic_fetch_add(&s->now_ms, 5 * MINUTE_MS);
    pthread_mutex_lock(&s->lock);
    assert_true(s->event_count < MOST_EVENTS);
    struct seen *seen = &s->events[s->event_count++];
    seen->kind = event->kind;
    snprintf(seen->id, sizeof seen->id, "%s", event->id);
    seen->looks = json_integer_value(json_object_get(json_object_get(event->document, "looks"), "look"));
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

static void answered(void *user, const struct engine_answer *answer) {
    struct stage *s = user;
    pthread_mutex_lock(&s->lock);
    s->answered = *answer;
    s->answers++;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

static void await_event(struct stage *s, const char *id, enum engine_event_kind kind, size_t count) {
    pthread_mutex_lock(&s->lock);
    for (;;) {
        size_t found = 0;
        for (size_t i = 0; i < s->event_count; i++) found += s->events[i].kind == kind && (id == NULL || strcmp(s->events[i].id, id) == 0);
        if (found >= count) break;
        pthread_cond_wait(&s->changed, &s->lock);
    }
    pthread_mutex_unlock(&s->lock);
}

static struct engine_answer await_answer(struct stage *s, size_t count) {
    pthread_mutex_lock(&s->lock);
    while (s->answers < count) pthread_cond_wait(&s->changed, &s->lock);
    struct engine_answer answer = s->answered;
    pthread_mutex_unlock(&s->lock);
    return answer;
}

static void make_body(struct stage *s) {
    struct noise noise = {7, 0};
    buf_init(&s->body, 65536);
    buf_str(&s->body, "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{},\"values\":[");
    for (int i = 0; i <= STEPS; i++) {
        buf_printf(&s->body, "%s[%lld,\"", i > 0 ? "," : "", (long long)(START_MS / 1000 + i * 60));
        buf_double(&s->body, 100 + 2 * noise_next(&noise, 0.2));
        buf_str(&s->body, "\"]");
    }
    buf_str(&s->body, "]}]}}");
}

static void open_engine(struct stage *s) {
    struct error err;
    char path[96];
    snprintf(path, sizeof path, "%s/serin.db", s->dir);
    s->store = store_open(path, &(struct store_options){.create = true, .owner = true}, &err);
    if (s->store == NULL) fail_msg("%s", err.text);
    struct engine_options options = {.store = s->store,
                                     .archive = s->archive,
                                     .sink = {.published = published, .user = s},
                                     .settle_ms = MINUTE_MS,
                                     .deadline_ms = 20000,
                                     .now_ms = now,
                                     .now_user = s};
    s->engine = engine_create(&options, &err);
    if (s->engine == NULL) fail_msg("%s", err.text);
}

static void close_engine(struct stage *s) {
    engine_destroy(s->engine);
    store_close(s->store);
}

static void begin(struct stage *s, int delay_ms) {
    *s = (struct stage){.dir = "/tmp/serin-engine-XXXXXX"};
    if (mkdtemp(s->dir) == NULL) fail_msg("no directory");
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    make_body(s);
    s->answer = (struct fake_answer){.body = buf_text(&s->body), .delay_ms = delay_ms};
    s->server = fake_server_start(&s->answer, 1, NULL);
    atomic_store(&s->now_ms, START_MS + 12 * MINUTE_MS); // the first look may be 45 s late
    open_engine(s);
}

static void end(struct stage *s) {
    char path[128];
    static const char *const names[] = {"serin.db", "serin.db-wal", "serin.db-shm", "serin.db.lock", "serin.db-lock"};
    close_engine(s);
    fake_server_stop(s->server);
    buf_finish(&s->body);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", s->dir, names[i]);
        unlink(path);
    }
    rmdir(s->dir);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
}

static const char *config_text(int port) {
    static char text[512];
    snprintf(text, sizeof text,
             "canary: shop\n"
             "sources: {main: {url: \"http://127.0.0.1:%d\"}}\n"
             "scopes: {baseline: {labels: {track: stable}}, canary: {labels: {track: canary}}}\n"
             "window: {length: 30m, step: 1m}\n"
             "metrics: [{name: latency, query: 'latency{${scope}}', tolerance: 10%%}]\n",
             port);
    return text;
}

static struct engine_submission submission(struct stage *s, bool once, const char *key) {
    struct engine_submission asked = {
        .config = view_of(config_text(fake_server_port(s->server))), .config_file = "shop.yaml", .who = "ann"};
    config_overrides_init(&asked.request.overrides);
    asked.request.canary = "shop";
    asked.request.start_ms = START_MS;
    asked.request.end_ms = INT64_MIN;
    asked.request.once = once;
    asked.request.key = key;
    return asked;
}

static struct engine_answer ask(struct stage *s, bool once, const char *key) {
    struct engine_submission asked = submission(s, once, key);
    struct error err = {0};
    size_t before = s->answers;
    if (!engine_submit(s->engine, &asked, NULL, answered, s, &err)) fail_msg("%s", err.text);
    return await_answer(s, before + 1);
}

static struct store_analysis row_of(struct stage *s, const char *id, struct arena *arena) {
    struct store_analysis row;
    struct error err;
    bool found;
    if (!store_get(s->store, id, STORE_DOCUMENTS, arena, &row, &found, &err)) fail_msg("%s", err.text);
    assert_true(found);
    return row;
}

static void test_engine__one_look_gives_one_verdict(void **state) {
    (void)state;
    struct stage s;
    struct arena arena = {0};
    begin(&s, 0);
    atomic_store(&s.now_ms, START_MS + 40 * MINUTE_MS);
    struct engine_answer answer = ask(&s, true, NULL);
    assert_int_equal(answer.kind, ENGINE_OK);
    await_event(&s, answer.id, ENGINE_VERDICT, 1);
    struct store_analysis row = row_of(&s, answer.id, &arena);
    assert_int_equal(row.state, STORE_DONE);
    assert_string_equal(row.verdict, "pass");
    assert_int_equal(row.exit_code, 0);
    assert_int_equal(row.looks, 1);
    assert_non_null(row.result);
    assert_int_equal(s.event_count, 2); // started, verdict
    arena_finish(&arena);
    end(&s);
}

static void test_engine__looks_come_one_after_another(void **state) {
    (void)state;
    struct stage s;
    struct arena arena = {0};
    struct engine_counts counts;
    begin(&s, 0);
    struct engine_answer answer = ask(&s, false, NULL);
    await_event(&s, answer.id, ENGINE_VERDICT, 1);
    struct store_analysis row = row_of(&s, answer.id, &arena);
    assert_string_equal(row.verdict, "pass");
    assert_int_equal(row.looks, 5);
    for (size_t i = 1; i < s.event_count; i++) assert_int_equal(s.events[i].looks, i);
    engine_counts(s.engine, &counts);
    assert_int_equal(counts.looks, 5);
    assert_int_equal(counts.looks_missed, 0);
    assert_int_equal(counts.open, 0);
    arena_finish(&arena);
    end(&s);
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
    const int64_t first_ms = START_MS + 11 * MINUTE_MS; // ten steps, and a minute for late samples
    struct stage s;
    struct engine_answer answers[COUNT];
    int64_t due[COUNT], least = INT64_MAX, most = 0;
    begin(&s, 0);
    atomic_store(&s.now_ms, START_MS);
    for (size_t i = 0; i < COUNT; i++) {
        answers[i] = ask(&s, false, NULL);
        due[i] = due_of(&s, answers[i].id);
        assert_in_range(due[i], first_ms, first_ms + MINUTE_MS * 3 / 4 - 1);
        if (due[i] < least) least = due[i];
        if (due[i] > most) most = due[i];
    }
    assert_true(most - least > MINUTE_MS / 100); // eight random ids that do not have it: once in 10^12 runs
    struct engine_answer last = ask(&s, true, NULL);
    assert_in_range(due_of(&s, last.id), START_MS + 31 * MINUTE_MS, START_MS + 31 * MINUTE_MS + MINUTE_MS / 10 - 1);
    close_engine(&s);
    open_engine(&s);
    for (size_t i = 0; i < COUNT; i++) assert_int_equal(due_of(&s, answers[i].id), due[i]);
    end(&s);
}

static void test_engine__another_engine_goes_on_where_the_first_was(void **state) {
    (void)state;
    struct stage s;
    struct arena arena = {0};
    begin(&s, 0);
    atomic_store(&s.hold, true);
    struct engine_answer answer = ask(&s, false, NULL);
    await_event(&s, answer.id, ENGINE_LOOK, 1);
    atomic_fetch_add(&s.now_ms, 5 * MINUTE_MS);
    await_event(&s, answer.id, ENGINE_LOOK, 2);
    close_engine(&s);
    atomic_fetch_add(&s.now_ms, 5 * MINUTE_MS);
    atomic_store(&s.hold, false);
    open_engine(&s);
    await_event(&s, answer.id, ENGINE_VERDICT, 1);
    struct store_analysis row = row_of(&s, answer.id, &arena);
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
    end(&s);
}

static void test_engine__keeps_the_answers_of_each_look(void **state) {
    (void)state;
    struct stage s;
    struct error err;
    char dir[96];
    begin(&s, 0);
    close_engine(&s);
    snprintf(dir, sizeof dir, "%s/evidence", s.dir);
    s.archive = run_archive_open(dir, 1 << 20, &err);
    if (s.archive == NULL) fail_msg("%s", err.text);
    open_engine(&s);
    struct engine_answer answer = ask(&s, false, NULL);
    await_event(&s, answer.id, ENGINE_VERDICT, 1);
    engine_await_kept(s.engine, answer.id);
    assert_true(run_archive_holds(s.archive, answer.id, "run"));
    for (size_t look = 1; look <= 5; look++) {
        char name[RUN_ARCHIVE_NAME];
        run_archive_look_name(look, 1, name);
        assert_true(run_archive_holds(s.archive, answer.id, name));
    }
    run_archive_trim(s.archive, 1, wall_now_ms() + 3 * 60 * MINUTE_MS); // all of it
    assert_false(run_archive_holds(s.archive, answer.id, "run"));
    assert_int_equal(rmdir(dir), 0);
    end(&s);
    run_archive_close(s.archive);
}

static void test_engine__the_same_key_gives_the_same_analysis(void **state) {
    (void)state;
    struct stage s;
    begin(&s, 0);
    struct engine_answer first = ask(&s, false, "k1"), again = ask(&s, false, "k1"), other = ask(&s, true, "k1");
    assert_int_equal(first.kind, ENGINE_OK);
    assert_int_equal(again.kind, ENGINE_SAME);
    assert_string_equal(again.id, first.id);
    assert_int_equal(other.kind, ENGINE_REUSED);
    assert_string_equal(other.id, first.id);
    await_event(&s, first.id, ENGINE_VERDICT, 1);
    end(&s);
}

static void test_engine__a_cancelled_analysis_gets_no_verdict(void **state) {
    (void)state;
    struct stage s;
    struct arena arena = {0};
    begin(&s, 1500); // the source takes its time
    atomic_store(&s.now_ms, START_MS + 40 * MINUTE_MS);
    struct engine_answer answer = ask(&s, true, NULL);
    while (fake_server_requests(s.server) == 0) nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    size_t before = s.answers;
    engine_cancel(s.engine, answer.id, "ann", "not wanted", answered, &s);
    assert_int_equal(await_answer(&s, before + 1).kind, ENGINE_OK);
    engine_cancel(s.engine, answer.id, "ann", "not wanted", answered, &s);
    assert_int_equal(await_answer(&s, before + 2).kind, ENGINE_OVER);
    engine_cancel(s.engine, "000000000000", "ann", "not wanted", answered, &s);
    assert_int_equal(await_answer(&s, before + 3).kind, ENGINE_UNKNOWN);
    close_engine(&s);
    open_engine(&s);
    struct store_analysis row = row_of(&s, answer.id, &arena);
    assert_int_equal(row.state, STORE_CANCELLED);
    assert_null(row.verdict);
    for (size_t i = 0; i < s.event_count; i++) assert_int_not_equal(s.events[i].kind, ENGINE_VERDICT);
    arena_finish(&arena);
    end(&s);
}

static void call_off(struct stage *s, const char *id) {
    size_t before = s->answers;
    engine_cancel(s->engine, id, "ann", "", answered, s);
    assert_int_equal(await_answer(s, before + 1).kind, ENGINE_OK);
}

// The store is given the text of a config once, and again when it has been trimmed.
static void test_engine__each_analysis_has_its_config(void **state) {
    (void)state;
    struct stage s;
    struct arena arena = {0};
    struct store_trimmed gone;
    struct error err;
    begin(&s, 0);
    const char *text = config_text(fake_server_port(s.server));
    atomic_store(&s.now_ms, START_MS); // no look is due
    struct engine_answer first = ask(&s, false, NULL), second = ask(&s, false, NULL);
    assert_string_equal(row_of(&s, first.id, &arena).config, text);
    assert_string_equal(row_of(&s, second.id, &arena).config, text);
    call_off(&s, first.id);
    assert_string_equal(row_of(&s, ask(&s, false, "third").id, &arena).config, text);
    close_engine(&s);
    open_engine(&s);
    call_off(&s, second.id);
    call_off(&s, ask(&s, false, "third").id);
    assert_true(store_trim(s.store, &(struct store_retention){.finished_ms = 1}, START_MS + MINUTE_MS, &gone, &err));
    assert_int_equal(gone.analyses, 3);
    assert_string_equal(row_of(&s, ask(&s, false, NULL).id, &arena).config, text);
    arena_finish(&arena);
    end(&s);
}

static void test_engine__a_source_that_fails_is_no_failed_canary(void **state) {
    (void)state;
    struct stage s;
    struct arena arena = {0};
    begin(&s, 0);
    struct fake_answer bad = {.status = 400, .body = "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"no\"}"};
    struct fake_server *server = fake_server_start(&bad, 1, NULL);
    atomic_store(&s.now_ms, START_MS + 40 * MINUTE_MS);
    struct engine_submission asked = submission(&s, true, NULL);
    asked.config = view_of(config_text(fake_server_port(server)));
    struct error err;
    assert_true(engine_submit(s.engine, &asked, NULL, answered, &s, &err));
    struct engine_answer answer = await_answer(&s, 1);
    for (size_t i = 1; i <= 2; i++) {
        await_event(&s, answer.id, ENGINE_LOOK_FAILED, i); // the attempts are an interval apart
        atomic_fetch_add(&s.now_ms, 30 * MINUTE_MS);
    }
    await_event(&s, answer.id, ENGINE_VERDICT, 1);
    struct store_analysis row = row_of(&s, answer.id, &arena);
    assert_string_equal(row.verdict, "error");
    assert_int_equal(row.exit_code, 6);
    assert_int_equal(row.looks, 3);
    fake_server_stop(server);
    arena_finish(&arena);
    end(&s);
}

static void test_engine__what_cannot_be_read_is_refused(void **state) {
    (void)state;
    struct stage s;
    struct arena arena = {0};
    struct findings findings;
    struct error err = {0};
    begin(&s, 0);
    struct engine_submission asked = submission(&s, false, NULL);
    asked.config = view_of("canary: shop\nmetrics: 5\n");
    findings_init(&findings, &arena);
    assert_false(engine_submit(s.engine, &asked, &findings, answered, &s, &err));
    assert_int_equal(err.code, ERROR_CONFIG);
    assert_true(findings.errors > 0);
    findings_finish(&findings);
    asked = submission(&s, false, NULL);
    asked.request.start_ms = START_MS + INT64_C(400) * 86400000;
    assert_false(engine_submit(s.engine, &asked, NULL, answered, &s, &err));
    assert_int_equal(err.code, ERROR_USAGE);
    arena_finish(&arena);
    end(&s);
}

static void test_engine__a_hanging_source_holds_up_only_its_own(void **state) {
    (void)state;
    struct stage s;
    begin(&s, 0);
    struct fake_answer late = {.body = buf_text(&s.body), .delay_ms = 3000};
    struct fake_server *server = fake_server_start(&late, 1, NULL);
    atomic_store(&s.now_ms, START_MS + 40 * MINUTE_MS);
    for (int i = 0; i < 40; i++) {
        struct engine_submission asked = submission(&s, true, NULL);
        struct error err;
        asked.config = view_of(config_text(fake_server_port(server)));
        assert_true(engine_submit(s.engine, &asked, NULL, answered, &s, &err));
    }
    await_answer(&s, 40);
    int64_t began = mono_now_ms();
    struct engine_answer answer = ask(&s, true, NULL);
    await_event(&s, answer.id, ENGINE_VERDICT, 1);
    assert_true(mono_now_ms() - began < 2500);
    close_engine(&s); // with looks in flight, which the next one takes again
    fake_server_stop(server);
    open_engine(&s);
    struct engine_counts counts;
    engine_counts(s.engine, &counts);
    assert_int_equal(counts.open, 40);
    end(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_engine__one_look_gives_one_verdict),
        cmocka_unit_test(test_engine__looks_come_one_after_another),
        cmocka_unit_test(test_engine__looks_that_end_together_are_not_due_together),
        cmocka_unit_test(test_engine__another_engine_goes_on_where_the_first_was),
        cmocka_unit_test(test_engine__keeps_the_answers_of_each_look),
        cmocka_unit_test(test_engine__the_same_key_gives_the_same_analysis),
        cmocka_unit_test(test_engine__a_cancelled_analysis_gets_no_verdict),
        cmocka_unit_test(test_engine__each_analysis_has_its_config),
        cmocka_unit_test(test_engine__a_source_that_fails_is_no_failed_canary),
        cmocka_unit_test(test_engine__what_cannot_be_read_is_refused),
        cmocka_unit_test(test_engine__a_hanging_source_holds_up_only_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
