// SPDX-License-Identifier: GPL-3.0-or-later
// The courier over a store in a file and a receiver on loopback. The clock is the test's.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../query/fake_server.h"
#include "base/digest.h"
#include "base/mem.h"
#include "base/timetext.h"
#include "documents.h"
#include "exporters/courier.h"

#define START_MS INT64_C(1735689600000)
#define STEP_MS INT64_C(5000)

enum { MOST_ANSWERS = 16, MOST_WAIT_S = 30 };

struct desk {
    char dir[64];
    struct arena arena;
    struct store *store;
    struct courier *courier;
    struct fake_answer script[MOST_ANSWERS];
    struct fake_server *server;
    struct canary_config config;
    const char *text;
    const char *canary; // of the analyses that follow; NULL: "checkout"
    _Atomic int64_t now_ms;
    size_t made;
};

static int64_t now(void *user) {
    return atomic_load(&((struct desk *)user)->now_ms);
}

static int open_desk(void **state) {
    struct desk *d = mem_zero(1, sizeof *d);
    struct error err;
    *state = d;
    strcpy(d->dir, "/tmp/serin-courier-XXXXXX");
    if (mkdtemp(d->dir) == NULL) return 1;
    atomic_store(&d->now_ms, START_MS);
    d->store = store_open(arena_printf(&d->arena, "%s/store", d->dir), &(struct store_options){.create = true, .owner = true}, &err);
    return d->store == NULL;
}

static int close_desk(void **state) {
    struct desk *d = *state;
    courier_destroy(d->courier, 0);
    if (d->server != NULL) fake_server_stop(d->server);
    store_close(d->store);
    int code = system(arena_printf(&d->arena, "rm -rf %s", d->dir));
    arena_finish(&d->arena);
    free(d);
    return code;
}

static void start_courier(struct desk *d) {
    struct courier_options options = {.store = d->store, .now_ms = now, .now_user = d};
    struct error err;
    d->courier = courier_create(&options, &err);
    if (d->courier == NULL) fail_msg("%s", err.text);
}

// A config that tells the server: `keys` of its webhook, further targets of the block publish, and further lines.
static void read_publish(struct desk *d, const char *keys, const char *targets, const char *more) {
    static const char form[] =
        "canary: checkout\nsources: {main: {url: \"http://127.0.0.1:1\"}}\nscopes: {canary: {labels: {a: b}}}\n"
        "window: {length: 1m, step: 1s}\njudge: {name: threshold}\nmetrics: [{name: m, threshold: {query: 'm', max: 1}}]\n"
        "publish: {webhooks: [{url: \"http://127.0.0.1:%d/\", %s}]%s}\n%s";
    struct config_overrides overrides;
    struct findings findings;
    struct buf out;
    int port = d->server != NULL ? fake_server_port(d->server) : 1;
    d->text = arena_printf(&d->arena, form, port, keys, targets, more);
    config_overrides_init(&overrides);
    findings_init(&findings, &d->arena);
    if (!config_read(view_of(d->text), "c.yaml", &overrides, &d->arena, &findings, &d->config)) {
        buf_init(&out, 65536);
        findings_print(&findings, &out);
        fail_msg("%s", buf_text(&out));
    }
    findings_finish(&findings);
}

static void read_config(struct desk *d, const char *on, const char *more) {
    read_publish(d, arena_printf(&d->arena, "on: [%s]", on), "", more);
}

static const char *canary_of(const struct desk *d) {
    return d->canary != NULL ? d->canary : "checkout";
}

static const char *id_of(struct desk *d, size_t number) {
    return arena_printf(&d->arena, "a%03zu", number);
}

static void commit(struct desk *d, struct store_batch *batch) {
    struct store_outcome outcome;
    if (!store_submit_wait(d->store, batch, &outcome)) fail_msg("%d: %s", (int)outcome.kind, outcome.err.text);
}

static const char *add_analysis(struct desk *d) {
    struct store_batch *batch = store_batch_create();
    const char *id = id_of(d, ++d->made);
    struct engine_event event = {.kind = ENGINE_STARTED, .id = id, .canary = canary_of(d), .config = &d->config, .now_ms = now(d)};
    struct store_analysis row = {.id = id,
                                 .request_sha256 = "r",
                                 .canary = canary_of(d),
                                 .config = d->text,
                                 .config_sha256 = d->config.sha256,
                                 .request = "{\"canary\":\"checkout\"}",
                                 .created_ms = now(d),
                                 .start_ms = now(d),
                                 .horizon_ms = now(d)};
    store_batch_add_analysis(batch, &row);
    courier_compose(d->courier, &event, batch);
    commit(d, batch);
    event.config = NULL;
    courier_published(d->courier, &event);
    return id;
}

// An analysis that ends with this verdict.
static void decide(struct desk *d, const char *verdict, const char *correlation) {
    const char *id = add_analysis(d);
    struct store_batch *batch = store_batch_create();
    json_t *document = document_load("fail");
    struct analysis_request request = {.correlation = correlation};
    struct engine_event event = {.kind = ENGINE_VERDICT,
                                 .id = id,
                                 .canary = canary_of(d),
                                 .config = &d->config,
                                 .request = &request,
                                 .look = 1,
                                 .attempt = 1,
                                 .document = document,
                                 .now_ms = now(d)};
    json_object_set_new(document, "verdict", json_string(verdict));
    struct store_change change = {.id = id, .state = STORE_DONE, .verdict = verdict, .exit_code = 1, .at_ms = now(d)};
    store_batch_change(batch, &change);
    courier_compose(d->courier, &event, batch);
    commit(d, batch);
    event.config = NULL;
    courier_published(d->courier, &event);
    json_decref(document);
    atomic_fetch_add(&d->now_ms, 60000);
}

static int64_t messages(struct desk *d) {
    struct store_counts counts;
    assert_true(store_count(d->store, &counts, NULL));
    return counts.pending + counts.delivered + counts.dead;
}

struct asked {
    const char *reason;
    uint64_t count;
};

static void find_count(void *user, const struct courier_count *count) {
    struct asked *asked = user;
    if (strcmp(count->outcome, "suppressed") == 0 && strcmp(count->target, asked->reason) == 0) asked->count = count->count;
}

static uint64_t suppressed(struct desk *d, const char *reason) {
    struct asked asked = {reason, 0};
    courier_counts(d->courier, find_count, &asked);
    return asked.count;
}

static void pause_a_bit(void) {
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

// Lets time pass until the server was asked so often.
static void until_asked(struct desk *d, size_t count) {
    int64_t until_ms = mono_now_ms() + MOST_WAIT_S * 1000;
    while (fake_server_requests(d->server) < count) {
        if (mono_now_ms() > until_ms) fail_msg("asked %zu times, not %zu", fake_server_requests(d->server), count);
        atomic_fetch_add(&d->now_ms, STEP_MS);
        courier_wake(d->courier);
        pause_a_bit();
    }
}

static const char *header_of(struct desk *d, const struct fake_request *request, const char *name) {
    const char *at = strstr(request->head, name);
    assert_non_null(at);
    at += strlen(name);
    return arena_strndup(&d->arena, at, strcspn(at, "\r\n"));
}

static void test_courier__a_receiver_down_for_an_hour_gets_all_in_order(void **state) {
    struct desk *d = *state;
    enum { DOWN = 10, ANALYSES = 4 }; // the tenth attempt is 2555 s after the first one, the next comes 2560 s later
    for (size_t i = 0; i < DOWN; i++) d->script[i].status = 503;
    d->server = fake_server_start(d->script, DOWN + 1, NULL);
    read_config(d, "started", "");
    start_courier(d);
    for (size_t i = 0; i < ANALYSES; i++) add_analysis(d);
    until_asked(d, DOWN + ANALYSES);
    const char *first = NULL, *before = NULL;
    for (size_t i = 0; i < DOWN + ANALYSES; i++) {
        struct fake_request request = fake_server_request(d->server, i);
        const char *id = header_of(d, &request, "webhook-id: ");
        size_t number = i < DOWN ? 1 : i - DOWN + 1;
        assert_non_null(strstr(request.body, arena_printf(&d->arena, "\"analysis_id\":\"%s\"", id_of(d, number))));
        if (i == 0) first = id;
        if (i <= DOWN) assert_string_equal(id, first);
        if (i > DOWN) assert_string_not_equal(id, before);
        before = id;
    }
    struct fake_request last_try = fake_server_request(d->server, DOWN), one = fake_server_request(d->server, 0);
    int64_t took_s = atoll(header_of(d, &last_try, "webhook-timestamp: ")) - atoll(header_of(d, &one, "webhook-timestamp: "));
    assert_true(took_s >= 5115);
}

static void test_courier__the_end_of_what_is_given_up_is_kept(void **state) {
    struct desk *d = *state;
    struct store_messages dead = {0};
    struct arena arena = {0};
    d->script[0].status = 404;
    d->server = fake_server_start(d->script, 1, NULL);
    read_config(d, "started", "");
    start_courier(d);
    add_analysis(d);
    int64_t until_ms = mono_now_ms() + MOST_WAIT_S * 1000;
    while (dead.count == 0 && mono_now_ms() < until_ms) {
        pause_a_bit();
        assert_true(store_dead(d->store, 0, 10, &arena, &dead, NULL));
    }
    assert_int_equal(dead.count, 1);
    assert_int_equal(dead.items[0].status, 404);
    assert_string_equal(dead.items[0].event, "started");
    arena_finish(&arena);
}

static void test_courier__one_correlation_id_is_told_a_verdict_once(void **state) {
    struct desk *d = *state;
    read_config(d, "verdict", "");
    start_courier(d);
    for (int i = 0; i < 5; i++) decide(d, "fail", "pipe-7");
    assert_int_equal(messages(d), 1);
    assert_int_equal(suppressed(d, "correlation"), 4);
    courier_destroy(d->courier, 0);
    start_courier(d);
    decide(d, "fail", "pipe-7"); // it was kept
    assert_int_equal(messages(d), 1);
    decide(d, "pass", "pipe-7");
    decide(d, "fail", "pipe-8");
    assert_int_equal(messages(d), 3);
}

static void test_courier__a_flapping_canary_is_not_told(void **state) {
    struct desk *d = *state;
    read_config(d, "verdict", "notify: {hysteresis: {of: 2, in: 2}}\n");
    start_courier(d);
    for (int i = 0; i < 6; i++) decide(d, i % 2 == 0 ? "fail" : "pass", NULL);
    assert_int_equal(messages(d), 0);
    assert_int_equal(suppressed(d, "hysteresis"), 6);
    decide(d, "pass", NULL);
    assert_int_equal(messages(d), 1);
}

static void test_courier__nothing_is_told_in_a_window(void **state) {
    struct desk *d = *state;
    read_config(
        d, "verdict, started",
        "notify: {time_zone: Europe/Berlin, windows: [{days: wed, from: \"00:30\", to: \"01:03\"}]}\n"); // of 1 January, 01:00 there
    start_courier(d);
    for (int i = 0; i < 4; i++) decide(d, "fail", NULL); // a minute each
    assert_int_equal(messages(d), 2);
    assert_int_equal(suppressed(d, "window"), 6);
}

static void test_courier__many_metrics_are_one_message(void **state) {
    struct desk *d = *state;
    json_t *document = document_crowd("fail", 30);
    struct analysis_request request = {0};
    struct store_batch *batch = store_batch_create();
    read_config(d, "fail, verdict", "");
    start_courier(d);
    const char *id = add_analysis(d);
    struct engine_event event = {.kind = ENGINE_VERDICT,
                                 .id = id,
                                 .canary = "checkout",
                                 .config = &d->config,
                                 .request = &request,
                                 .document = document,
                                 .now_ms = now(d)};
    courier_compose(d->courier, &event, batch);
    commit(d, batch);
    json_decref(document);
    assert_int_equal(messages(d), 1);
}

static void test_courier__canaries_of_a_group_are_told_of_once(void **state) {
    static const char *const canaries[] = {"checkout", "search", "cart"};
    struct desk *d = *state;
    read_publish(d, "on: verdict, group: \"release-${version}\"", "", "vars: {version: 1.2}\n");
    start_courier(d);
    for (size_t i = 0; i < 3; i++) {
        d->canary = canaries[i];
        decide(d, "fail", NULL);
    }
    assert_int_equal(messages(d), 1);
    assert_int_equal(suppressed(d, "group"), 2);
    courier_destroy(d->courier, 0);
    start_courier(d);
    d->canary = "mail";
    decide(d, "fail", NULL); // it was kept
    assert_int_equal(messages(d), 1);
    read_publish(d, "on: verdict, group: \"release-${version}\"", "", "vars: {version: 1.3}\n");
    decide(d, "fail", NULL);
    assert_int_equal(messages(d), 2);
    read_publish(d, "on: [fail, pass], group: \"release-${version}\"", "", "vars: {version: 1.3}\n");
    decide(d, "pass", NULL); // each word for itself
    assert_int_equal(messages(d), 3);
    atomic_fetch_add(&d->now_ms, 3600000);
    decide(d, "pass", NULL);
    assert_int_equal(messages(d), 4);
}

// Before the first look there is no document; the config could not be read with the event.
static void test_courier__an_error_without_a_look_is_told(void **state) {
    struct desk *d = *state;
    d->server = fake_server_start(d->script, 1, NULL);
    const char *peer = arena_printf(&d->arena, ", alertmanagers: [{url: \"http://127.0.0.1:%d/am\"}]", fake_server_port(d->server));
    read_publish(d, "on: [error, fail]", peer, "");
    start_courier(d);
    const char *id = add_analysis(d);
    struct store_batch *batch = store_batch_create();
    struct engine_event event = {.kind = ENGINE_VERDICT, .id = id, .canary = "checkout", .now_ms = now(d)};
    struct store_change change = {.id = id, .state = STORE_DONE, .verdict = "error", .exit_code = 6, .at_ms = now(d)};
    store_batch_change(batch, &change);
    courier_compose(d->courier, &event, batch);
    commit(d, batch);
    courier_published(d->courier, &event);
    until_asked(d, 3); // the message, the alert, what the peer does with it
    const char *bodies = "";
    for (size_t i = 0; i < 3; i++) {
        struct fake_request request = fake_server_request(d->server, i);
        bodies = arena_printf(&d->arena, "%s%s %s\n", bodies, request.path, request.body);
    }
    assert_non_null(strstr(bodies, "/am/api/v2/alerts [{\"labels\":{\"alertname\":\"CanaryUndecided\",\"canary\":\"checkout\""));
    assert_non_null(strstr(bodies, "/ {\"type\":\"serin.verdict.finished\""));
    assert_non_null(strstr(bodies, "\"verdict\":\"error\""));
    assert_null(strstr(bodies, "\"CanaryFailed"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_courier__a_receiver_down_for_an_hour_gets_all_in_order, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(test_courier__the_end_of_what_is_given_up_is_kept, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(test_courier__one_correlation_id_is_told_a_verdict_once, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(test_courier__a_flapping_canary_is_not_told, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(test_courier__nothing_is_told_in_a_window, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(test_courier__many_metrics_are_one_message, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(test_courier__canaries_of_a_group_are_told_of_once, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(test_courier__an_error_without_a_look_is_told, open_desk, close_desk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
