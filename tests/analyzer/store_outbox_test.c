// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "store_place.h"

static void post(struct place *p, const char *id, const char *target, int64_t due) {
    struct store_batch *batch = store_batch_create();
    store_batch_add_message(batch, &(struct store_message){.id = id,
                                                           .analysis = "a1",
                                                           .target = target,
                                                           .kind = "webhook",
                                                           .event = "verdict",
                                                           .body = {"a\0b", 3},
                                                           .headers = "{\"content-type\":\"application/json\"}",
                                                           .created_ms = PLACE_NOW,
                                                           .due_ms = PLACE_NOW + due});
    place_submit(p, batch);
}

static struct store_messages due(struct place *p, struct store_due_filter filter) {
    struct store_messages found;
    struct error err = {0};
    filter.now_ms += PLACE_NOW;
    if (!store_due(p->store, &filter, &p->arena, &found, &err)) fail_msg("%s", err.text);
    return found;
}

static const char *ids(struct place *p, struct store_messages found) {
    const char *text = "";
    for (size_t i = 0; i < found.count; i++) text = arena_printf(&p->arena, "%s%s ", text, found.items[i].id);
    return text;
}

static struct store_outcome attempted(struct place *p, int64_t seq, enum store_delivery state, int status, const char *error) {
    struct store_batch *batch = store_batch_create();
    store_batch_attempt(batch, &(struct store_attempt){seq, state, PLACE_NOW + 70, PLACE_NOW + 900, status, error});
    return place_outcome(p, batch);
}

static bool note_pending(void *user, const char *target, int64_t count) {
    struct buf *text = user;
    buf_printf(text, "%s=%lld ", target, (long long)count);
    return true;
}

static void test_store_outbox__counts_what_is_pending_by_target(void **state) {
    struct place *p = *state;
    struct error err;
    struct buf text;
    buf_init(&text, 1000);
    post(p, "m1", "y", 0);
    post(p, "m2", "x", 0);
    post(p, "m3", "y", 40);
    post(p, "m4", "z", 0);
    assert_int_equal(attempted(p, 4, STORE_DELIVERED, 200, NULL).kind, STORE_COMMITTED);
    assert_true(store_each_pending(p->store, note_pending, &text, &err));
    assert_string_equal(buf_text(&text), "x=1 y=2 ");
    buf_finish(&text);
}

static void test_store_outbox__each_target_in_order(void **state) {
    struct place *p = *state;
    const char *const without[] = {"x", NULL};
    post(p, "m1", "y", 0);
    post(p, "m2", "x", 0);
    post(p, "m3", "y", 0);
    post(p, "m4", "x", 0);
    post(p, "m5", "z", 40);
    assert_string_equal(ids(p, due(p, (struct store_due_filter){0, 10, 10, NULL})), "m2 m4 m1 m3 ");
    assert_string_equal(ids(p, due(p, (struct store_due_filter){0, 1, 10, NULL})), "m2 m1 ");
    assert_string_equal(ids(p, due(p, (struct store_due_filter){0, 10, 3, NULL})), "m2 m4 m1 ");
    assert_string_equal(ids(p, due(p, (struct store_due_filter){50, 1, 10, without})), "m1 m5 ");
    assert_true(due(p, (struct store_due_filter){0, 10, 10, NULL}).next_due_ms == PLACE_NOW + 40);
    assert_true(due(p, (struct store_due_filter){50, 10, 10, NULL}).next_due_ms == INT64_MAX);
    assert_true(due(p, (struct store_due_filter){0, 10, 2, NULL}).next_due_ms == PLACE_NOW); // there is more
}

static void test_store_outbox__message_is_given_back_whole(void **state) {
    struct place *p = *state;
    post(p, "m1", "x", 0);
    place_reopen(p);
    struct store_messages found = due(p, (struct store_due_filter){0, 1, 1, NULL});
    assert_int_equal(found.count, 1);
    struct store_message m = found.items[0];
    assert_string_equal(m.analysis, "a1");
    assert_string_equal(m.target, "x");
    assert_string_equal(m.kind, "webhook");
    assert_string_equal(m.event, "verdict");
    assert_string_equal(m.headers, "{\"content-type\":\"application/json\"}");
    assert_int_equal(m.body.len, 3);
    assert_memory_equal(m.body.ptr, "a\0b", 3);
    assert_true(m.created_ms == PLACE_NOW && m.due_ms == PLACE_NOW && m.state == STORE_PENDING && m.attempts == 0 && m.status == 0);
    assert_null(m.last_error);
}

static void test_store_outbox__failed_attempt_holds_its_target(void **state) {
    struct place *p = *state;
    post(p, "m1", "x", 0);
    post(p, "m2", "x", 0);
    int64_t seq = due(p, (struct store_due_filter){0, 1, 1, NULL}).items[0].seq;
    assert_int_equal(attempted(p, seq, STORE_PENDING, 503, "503 of the receiver").kind, STORE_COMMITTED);
    struct store_messages found = due(p, (struct store_due_filter){0, 9, 9, NULL});
    assert_int_equal(found.count, 0);
    assert_true(found.next_due_ms == PLACE_NOW + 900);
    found = due(p, (struct store_due_filter){900, 9, 9, NULL});
    assert_string_equal(ids(p, found), "m1 m2 ");
    assert_true(found.items[0].attempts == 1 && found.items[0].status == 503);
    assert_string_equal(found.items[0].last_error, "503 of the receiver");
}

static void test_store_outbox__delivered_once(void **state) {
    struct place *p = *state;
    post(p, "m1", "x", 0);
    int64_t seq = due(p, (struct store_due_filter){0, 1, 1, NULL}).items[0].seq;
    assert_int_equal(attempted(p, seq, STORE_DELIVERED, 200, NULL).kind, STORE_COMMITTED);
    assert_int_equal(attempted(p, seq, STORE_PENDING, 0, NULL).kind, STORE_CONFLICT);
    assert_int_equal(attempted(p, seq + 1, STORE_DELIVERED, 200, NULL).kind, STORE_UNKNOWN);
    assert_int_equal(due(p, (struct store_due_filter){INT32_MAX, 9, 9, NULL}).count, 0);
    struct store_batch *batch = store_batch_create();
    store_batch_add_message(batch, &(struct store_message){.id = "m1", .target = "x", .kind = "webhook", .event = "verdict"});
    assert_int_equal(place_outcome(p, batch).kind, STORE_CONFLICT);
}

static void replay(struct place *p, const char *id, enum store_outcome_kind expected) {
    struct store_batch *batch = store_batch_create();
    store_batch_replay(batch, id, PLACE_NOW + 80);
    assert_int_equal(place_outcome(p, batch).kind, expected);
}

static void test_store_outbox__dead_letters_are_listed_and_replayed(void **state) {
    struct place *p = *state;
    struct store_messages dead;
    for (int i = 0; i < 3; i++) post(p, arena_printf(&p->arena, "m%d", i), "x", 0);
    struct store_messages found = due(p, (struct store_due_filter){0, 9, 9, NULL});
    for (size_t i = 0; i < 3; i++) attempted(p, found.items[i].seq, STORE_DEAD, 410, "gone");
    assert_true(store_dead(p->store, 0, 2, &p->arena, &dead, NULL));
    assert_string_equal(ids(p, dead), "m0 m1 ");
    assert_true(dead.items[0].ended_ms == PLACE_NOW + 70 && dead.items[0].body.len == 0 && dead.items[0].attempts == 1);
    assert_true(store_dead(p->store, dead.items[1].seq, 2, &p->arena, &dead, NULL));
    assert_string_equal(ids(p, dead), "m2 ");
    replay(p, "m1", STORE_COMMITTED);
    replay(p, "m1", STORE_UNKNOWN);
    assert_string_equal(ids(p, due(p, (struct store_due_filter){80, 9, 9, NULL})), "m1 ");
    replay(p, NULL, STORE_COMMITTED);
    found = due(p, (struct store_due_filter){80, 9, 9, NULL});
    assert_string_equal(ids(p, found), "m0 m1 m2 ");
    assert_true(found.items[0].attempts == 0 && found.items[0].ended_ms == 0 && found.items[0].body.len == 3);
}

static void test_store_outbox__long_errors_are_cut_between_characters(void **state) {
    struct place *p = *state;
    char text[STORE_ERROR_LEN + 10];
    post(p, "m1", "x", 0);
    int64_t seq = due(p, (struct store_due_filter){0, 1, 1, NULL}).items[0].seq;
    memset(text, 'x', sizeof text);
    memcpy(text + STORE_ERROR_LEN - 1, "\xc3\xa4", 2); // across the limit
    text[sizeof text - 1] = '\0';
    attempted(p, seq, STORE_PENDING, 0, text);
    const char *kept = due(p, (struct store_due_filter){900, 1, 1, NULL}).items[0].last_error;
    assert_int_equal(strlen(kept), STORE_ERROR_LEN - 1);
    assert_true(utf8_is_valid(view_of(kept)));
    attempted(p, seq, STORE_PENDING, 0, "\xff");
    assert_string_equal(due(p, (struct store_due_filter){900, 1, 1, NULL}).items[0].last_error, "an answer that is not UTF-8");
}

int main(void) {
#define PLACED(name) cmocka_unit_test_setup_teardown(name, place_make, place_remove)
    const struct CMUnitTest tests[] = {
        PLACED(test_store_outbox__counts_what_is_pending_by_target),
        PLACED(test_store_outbox__each_target_in_order),
        PLACED(test_store_outbox__message_is_given_back_whole),
        PLACED(test_store_outbox__failed_attempt_holds_its_target),
        PLACED(test_store_outbox__delivered_once),
        PLACED(test_store_outbox__dead_letters_are_listed_and_replayed),
        PLACED(test_store_outbox__long_errors_are_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
