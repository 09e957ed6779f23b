// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "store_place.h"

#define DAY_MS INT64_C(86400000)
#define FINISHED 130 // of each canary: more than two steps

// Analysis i of a canary was made i days before PLACE_NOW and has two looks and two messages; one more is open and the oldest of all.
static void fill(struct place *p, const char *canary) {
    struct store_batch *batch = store_batch_create();
    for (int i = 0; i <= FINISHED; i++) {
        struct store_analysis a = place_analysis(p, arena_printf(&p->arena, "%s-%03d", canary, i));
        bool open = i == FINISHED;
        a.canary = canary;
        a.config = open ? "canary: kept\n" : i < 5 ? a.config : "canary: old\n";
        a.config_sha256 = NULL;
        a.created_ms = PLACE_NOW - i * DAY_MS;
        place_digest(p, &a);
        store_batch_add_analysis(batch, &a);
        for (int j = 1; j <= 2; j++)
            store_batch_add_look(batch, &(struct store_look){.analysis = a.id, .number = j, .attempt = 1, .verdict = "pass"});
        for (int j = 0; j < 2; j++)
            store_batch_add_message(batch, &(struct store_message){.id = arena_printf(&p->arena, "%s-m%d", a.id, j),
                                                                   .analysis = a.id,
                                                                   .target = canary,
                                                                   .kind = "webhook",
                                                                   .event = "verdict"});
        if (!open)
            store_batch_change(batch, &(struct store_change){.id = a.id, .state = STORE_DONE, .verdict = "pass", .at_ms = a.created_ms});
    }
    place_submit(p, batch);
}

// The first message of each analysis is delivered, the second one is dead, but for the open ones: there it is pending.
static void settle(struct place *p) {
    struct store_messages due;
    struct store_batch *batch = store_batch_create();
    assert_true(store_due(p->store, &(struct store_due_filter){PLACE_NOW, 1000, 1000, NULL}, &p->arena, &due, NULL));
    assert_int_equal(due.count, 4 * (FINISHED + 1));
    for (size_t i = 0; i < due.count; i++) {
        const char *id = due.items[i].id;
        bool first = id[strlen(id) - 1] == '0', dead = !first && strcmp(due.items[i].analysis + 2, "130") != 0;
        if (!first && !dead) continue;
        store_batch_attempt(batch, &(struct store_attempt){.seq = due.items[i].seq,
                                                           .state = first ? STORE_DELIVERED : STORE_DEAD,
                                                           .at_ms = PLACE_NOW - (int64_t)i * 1000});
    }
    place_submit(p, batch);
}

static int make_full(void **state) {
    int code = place_make(state);
    if (code != 0) return code;
    fill(*state, "a");
    fill(*state, "b");
    settle(*state);
    return 0;
}

static struct store_counts counts_of(struct place *p) {
    struct store_counts counts;
    assert_true(store_count(p->store, &counts, NULL));
    return counts;
}

static struct store_trimmed trim(struct place *p, struct store_retention keep, int64_t now_ms) {
    struct store_trimmed trimmed;
    struct error err = {0};
    if (!store_trim(p->store, &keep, now_ms, &trimmed, &err)) fail_msg("%s", err.text);
    assert_false(trimmed.more);
    if (!store_check(p->store, &err)) fail_msg("%s", err.text);
    return trimmed;
}

static bool is_there(struct place *p, const char *id) {
    struct store_analysis a;
    bool found;
    assert_true(store_get(p->store, id, 0, &p->arena, &a, &found, NULL));
    return found;
}

static void test_store_trim__nothing_asked_nothing_deleted(void **state) {
    struct place *p = *state;
    struct store_counts before = counts_of(p);
    struct store_trimmed trimmed = trim(p, (struct store_retention){0}, PLACE_NOW + 10000 * DAY_MS);
    struct store_counts after = counts_of(p);
    assert_memory_equal(&before, &after, sizeof before);
    assert_int_equal(trimmed.analyses + trimmed.messages + trimmed.audits, 0);
}

static void test_store_trim__by_age(void **state) {
    struct place *p = *state;
    struct store_counts before = counts_of(p);
    struct store_trimmed trimmed = trim(p, (struct store_retention){.finished_ms = 4 * DAY_MS}, PLACE_NOW);
    struct store_counts after = counts_of(p);
    assert_int_equal(trimmed.analyses, 2 * (FINISHED - 5));
    assert_int_equal(trimmed.messages, 2 * (FINISHED - 5));
    assert_int_equal(after.done, 10);
    assert_int_equal(after.open, 2);
    assert_int_equal(after.looks, 2 * 12);
    assert_int_equal(after.delivered, 12);
    assert_true(after.pending == before.pending && after.dead == before.dead);
    assert_int_equal(after.configs, 2); // of those left: the shared one, and that of the open ones
    assert_true(is_there(p, "a-004") && !is_there(p, "a-005") && is_there(p, "a-130"));
}

static void test_store_trim__by_number_of_each_canary(void **state) {
    struct place *p = *state;
    struct store_trimmed trimmed = trim(p, (struct store_retention){.per_canary = 7}, PLACE_NOW);
    assert_int_equal(trimmed.analyses, 2 * (FINISHED - 7));
    assert_true(is_there(p, "b-006") && !is_there(p, "b-007") && is_there(p, "b-130"));
    assert_int_equal(trim(p, (struct store_retention){.per_canary = 7}, PLACE_NOW).analyses, 0);
}

static void test_store_trim__leaves_what_is_still_to_be_told(void **state) {
    struct place *p = *state;
    struct store_messages due;
    struct store_batch *batch = store_batch_create();
    const struct store_retention aged = {.finished_ms = 4 * DAY_MS}, counted = {.per_canary = 7};
    store_batch_add_message(batch,
                            &(struct store_message){.id = "m", .analysis = "a-100", .target = "z", .kind = "hook", .event = "verdict"});
    place_submit(p, batch);
    assert_int_equal(trim(p, counted, PLACE_NOW).analyses, 2 * (FINISHED - 7) - 1);
    assert_int_equal(trim(p, aged, PLACE_NOW).analyses, 2 * 2);
    assert_true(is_there(p, "a-100"));
    const char *const without[] = {"a", "b", NULL};
    assert_true(store_due(p->store, &(struct store_due_filter){PLACE_NOW, 1, 1, without}, &p->arena, &due, NULL));
    assert_int_equal(due.count, 1);
    batch = store_batch_create();
    store_batch_attempt(batch, &(struct store_attempt){due.items[0].seq, STORE_DELIVERED, PLACE_NOW, 0, 200, NULL});
    place_submit(p, batch);
    assert_int_equal(trim(p, aged, PLACE_NOW).analyses, 1);
    assert_false(is_there(p, "a-100"));
}

static void test_store_trim__dead_letters_and_audit_have_ages_of_their_own(void **state) {
    struct place *p = *state;
    struct store_batch *batch = store_batch_create();
    for (int i = 0; i < 120; i++) store_batch_add_audit(batch, &(struct store_audit){0, PLACE_NOW + i, "ann", "cancel", "a1", NULL});
    place_submit(p, batch);
    struct store_counts before = counts_of(p);
    assert_int_equal(trim(p, (struct store_retention){.audit_ms = 100}, PLACE_NOW + 200).audits, 100);
    assert_int_equal(counts_of(p).audits, 20);
    assert_int_equal(trim(p, (struct store_retention){.dead_ms = DAY_MS}, PLACE_NOW + 2 * DAY_MS).messages, before.dead);
    assert_int_equal(counts_of(p).dead, 0);
    assert_int_equal(counts_of(p).done, before.done);
}

static void test_store_trim__ends_early_when_there_is_much(void **state) {
    struct place *p = *state;
    struct store_trimmed trimmed;
    struct store_batch *batch = store_batch_create();
    for (int i = 0; i < 6000; i++) store_batch_add_audit(batch, &(struct store_audit){0, PLACE_NOW, "ann", "cancel", "a1", NULL});
    place_submit(p, batch);
    assert_true(store_trim(p->store, &(struct store_retention){.audit_ms = 1}, PLACE_NOW + 2, &trimmed, NULL));
    assert_true(trimmed.more && trimmed.audits == 5000);
    assert_int_equal(trim(p, (struct store_retention){.audit_ms = 1}, PLACE_NOW + 2).audits, 1000);
}

// A call looks at 2,000 canaries: what comes after them must have its turn too.
static void test_store_trim__goes_on_where_it_stopped(void **state) {
    struct place *p = *state;
    struct store_trimmed trimmed = {.more = true};
    struct store_batch *batch = store_batch_create();
    const struct store_retention keep = {.per_canary = 1000, .audit_ms = 1};
    for (int i = 0; i < 4100; i++) {
        struct store_analysis a = place_analysis(p, arena_printf(&p->arena, "z%d", i));
        a.canary = a.id;
        place_digest(p, &a);
        store_batch_add_analysis(batch, &a);
    }
    store_batch_add_audit(batch, &(struct store_audit){0, PLACE_NOW, "ann", "cancel", "a1", NULL});
    place_submit(p, batch);
    int64_t audits = 0, calls = 0;
    for (; trimmed.more && calls < 10; calls++, audits += trimmed.audits)
        assert_true(store_trim(p->store, &keep, PLACE_NOW + 2, &trimmed, NULL));
    assert_int_equal(audits, 1);
    assert_int_equal(calls, 3);
}

static void test_store_trim__delivered_messages_of_no_analysis_go_by_age(void **state) {
    struct place *p = *state;
    struct store_messages due;
    struct store_batch *batch = store_batch_create();
    store_batch_add_message(batch, &(struct store_message){.id = "m", .target = "z", .kind = "alert", .event = "resolved"});
    place_submit(p, batch);
    const char *const without[] = {"a", "b", NULL};
    assert_true(store_due(p->store, &(struct store_due_filter){PLACE_NOW, 1, 1, without}, &p->arena, &due, NULL));
    batch = store_batch_create();
    store_batch_attempt(batch, &(struct store_attempt){due.items[0].seq, STORE_DELIVERED, PLACE_NOW, 0, 200, NULL});
    place_submit(p, batch);
    int64_t before = counts_of(p).delivered, years = 3650 * DAY_MS;
    assert_int_equal(trim(p, (struct store_retention){.finished_ms = years}, PLACE_NOW + years).messages, 2 * FINISHED - 2);
    assert_int_equal(counts_of(p).delivered, before - 2 * FINISHED + 2);
    trim(p, (struct store_retention){.finished_ms = years}, PLACE_NOW + years + 1);
    assert_int_equal(counts_of(p).delivered, 2); // of the open ones
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_store_trim__nothing_asked_nothing_deleted, make_full, place_remove),
        cmocka_unit_test_setup_teardown(test_store_trim__by_age, make_full, place_remove),
        cmocka_unit_test_setup_teardown(test_store_trim__by_number_of_each_canary, make_full, place_remove),
        cmocka_unit_test_setup_teardown(test_store_trim__leaves_what_is_still_to_be_told, make_full, place_remove),
        cmocka_unit_test_setup_teardown(test_store_trim__dead_letters_and_audit_have_ages_of_their_own, make_full, place_remove),
        cmocka_unit_test_setup_teardown(test_store_trim__ends_early_when_there_is_much, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_store_trim__goes_on_where_it_stopped, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_store_trim__delivered_messages_of_no_analysis_go_by_age, make_full, place_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
