// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store_place.h"

static void test_store__gives_back_what_it_was_given(void **state) {
    struct place *p = *state;
    struct store_batch *batch = store_batch_create();
    struct store_analysis made = place_analysis(p, "a1");
    made.key = "deploy-4711";
    made.asked_by = "ci";
    store_batch_add_analysis(batch, &made);
    place_submit(p, batch);
    place_reopen(p);
    struct store_analysis a = place_get(p, "a1");
    assert_string_equal(a.key, "deploy-4711");
    assert_string_equal(a.asked_by, "ci");
    assert_string_equal(a.request_sha256, "d1");
    assert_string_equal(a.canary, "checkout-api");
    assert_string_equal(a.config_name, "checkout");
    assert_string_equal(a.config, made.config);
    assert_string_equal(a.config_sha256, made.config_sha256);
    assert_string_equal(a.request, made.request);
    assert_string_equal(a.version, "1.2.3");
    assert_string_equal(a.artefact, "sha256:9f86");
    assert_string_equal(a.created_by, "ci");
    assert_true(a.created_ms == PLACE_NOW && a.start_ms == PLACE_NOW + 60000 && a.horizon_ms == PLACE_NOW + 1860000);
    assert_true(a.state == STORE_OPEN && a.exit_code == -1 && isnan(a.score) && a.looks == 0 && a.finished_ms == 0);
    assert_true(a.revision == 1 && a.updated_ms == PLACE_NOW);
    assert_null(a.verdict);
    assert_null(a.result);
    assert_null(a.look_state);
}

static void test_store__reads_the_parts_asked_for(void **state) {
    struct place *p = *state;
    struct store_analysis a;
    bool found;
    place_add(p, "a1");
    place_finish(p, "a1", "pass", PLACE_NOW + 5);
    assert_true(store_get(p->store, "a1", STORE_RESULT, &p->arena, &a, &found, NULL) && found);
    assert_non_null(a.result);
    assert_null(a.config);
    assert_null(a.request);
    assert_true(store_get(p->store, "a2", 0, &p->arena, &a, &found, NULL));
    assert_false(found);
}

static void test_store__progress_and_finish_raise_the_revision(void **state) {
    struct place *p = *state;
    struct store_batch *batch = store_batch_create();
    place_add(p, "a1");
    store_batch_change(batch, &(struct store_change){.id = "a1",
                                                     .revision = 1,
                                                     .looks = 2,
                                                     .look_state = "{\"spent\":0.001}",
                                                     .exit_code = -1,
                                                     .score = (double)NAN,
                                                     .at_ms = PLACE_NOW + 7});
    assert_int_equal(place_outcome(p, batch).revision, 2);
    struct store_analysis a = place_get(p, "a1");
    assert_true(a.state == STORE_OPEN && a.looks == 2 && a.updated_ms == PLACE_NOW + 7 && a.finished_ms == 0 && isnan(a.score));
    assert_string_equal(a.look_state, "{\"spent\":0.001}");
    place_finish(p, "a1", "pass", PLACE_NOW + 9);
    a = place_get(p, "a1");
    assert_true(a.state == STORE_DONE && a.looks == 3 && a.finished_ms == PLACE_NOW + 9 && a.revision == 3 && a.exit_code == 0);
    assert_true(a.score == 87.5);
    assert_string_equal(a.verdict, "pass");
    assert_string_equal(a.look_state, "{\"spent\":0.001}"); // as it was
}

static void test_store__finishes_an_analysis_once(void **state) {
    struct place *p = *state;
    place_add(p, "a1");
    place_finish(p, "a1", "pass", PLACE_NOW + 9);
    struct store_batch *batch = store_batch_create();
    store_batch_change(batch, &(struct store_change){.id = "a1", .state = STORE_DONE, .verdict = "fail", .exit_code = 1});
    struct store_outcome outcome = place_outcome(p, batch);
    assert_true(outcome.kind == STORE_CONFLICT && outcome.state == STORE_DONE && outcome.revision == 2);
    assert_string_equal(outcome.id, "a1");
    assert_non_null(strstr(outcome.err.text, "is done already"));
    assert_string_equal(place_get(p, "a1").verdict, "pass");
}

static void test_store__change_of_an_older_revision_is_lost(void **state) {
    struct place *p = *state;
    place_add(p, "a1");
    for (int i = 0; i < 2; i++) {
        struct store_batch *batch = store_batch_create();
        store_batch_change(batch, &(struct store_change){.id = "a1", .revision = 1, .looks = 1, .at_ms = PLACE_NOW});
        struct store_outcome outcome = place_outcome(p, batch);
        assert_int_equal(outcome.kind, i == 0 ? STORE_COMMITTED : STORE_CONFLICT);
        assert_int_equal(outcome.revision, 2);
    }
    struct store_batch *batch = store_batch_create();
    store_batch_change(batch, &(struct store_change){.id = "nobody", .revision = 1, .looks = 1});
    assert_int_equal(place_outcome(p, batch).kind, STORE_UNKNOWN);
}

static void test_store__same_key_tells_the_analysis_that_has_it(void **state) {
    struct place *p = *state;
    static const struct {
        const char *id, *by, *digest;
        enum store_outcome_kind kind;
        bool same;
    } cases[] = {
        {"a1", "ci", "d1", STORE_COMMITTED, false},   {"a2", "ci", "d1", STORE_DUPLICATE, true},
        {"a3", "ci", "d2", STORE_DUPLICATE, false},   {"a4", "other", "d2", STORE_COMMITTED, false},
        {"a1", "third", "d1", STORE_CONFLICT, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct store_batch *batch = store_batch_create();
        struct store_analysis a = place_analysis(p, cases[i].id);
        a.key = "k";
        a.asked_by = cases[i].by;
        a.request_sha256 = cases[i].digest;
        store_batch_add_analysis(batch, &a);
        struct store_outcome outcome = place_outcome(p, batch);
        if (outcome.kind != cases[i].kind || outcome.same_request != cases[i].same)
            fail_msg("%s of %s: %d %d: %s", cases[i].id, cases[i].by, (int)outcome.kind, outcome.same_request, outcome.err.text);
        if (outcome.kind != STORE_COMMITTED) assert_string_equal(outcome.id, "a1");
    }
}

static void test_store__batch_is_made_whole_or_not_at_all(void **state) {
    struct place *p = *state;
    struct store_batch *batch = store_batch_create();
    struct store_analysis a = place_analysis(p, "a1"), found;
    const char *memo = NULL;
    bool there = true;
    store_batch_add_analysis(batch, &a);
    store_batch_memo(batch, "alerts", "a1", "{}", PLACE_NOW);
    store_batch_change(batch, &(struct store_change){.id = "nobody"});
    assert_int_equal(place_outcome(p, batch).kind, STORE_UNKNOWN);
    assert_true(store_get(p->store, "a1", 0, &p->arena, &found, &there, NULL));
    assert_false(there);
    assert_true(store_memo(p->store, "alerts", "a1", &p->arena, &memo, NULL));
    assert_null(memo);
}

static void test_store__config_is_kept_once_and_is_what_its_digest_says(void **state) {
    struct place *p = *state;
    struct store_counts counts;
    place_add(p, "a1");
    struct store_analysis a = place_analysis(p, "a2");
    struct store_batch *batch = store_batch_create();
    a.config = NULL;
    store_batch_add_analysis(batch, &a);
    place_submit(p, batch);
    assert_string_equal(place_get(p, "a2").config, place_get(p, "a1").config);
    assert_true(store_count(p->store, &counts, NULL));
    assert_int_equal(counts.configs, 1);

    a = place_analysis(p, "a3");
    a.config = NULL;
    a.config_sha256 = "00";
    batch = store_batch_create();
    store_batch_add_analysis(batch, &a);
    assert_int_equal(place_outcome(p, batch).kind, STORE_UNKNOWN);

    a = place_analysis(p, "a4");
    a.config = "canary: another\n";
    batch = store_batch_create();
    store_batch_add_analysis(batch, &a);
    assert_int_equal(place_outcome(p, batch).kind, STORE_FAILED);
}

static void test_store__bad_texts_are_refused_before_they_are_stored(void **state) {
    struct place *p = *state;
    char *long_text = calloc(1, STORE_STATE_LEN + 2);
    assert_non_null(long_text);
    memset(long_text, 'x', STORE_STATE_LEN + 1);
    const char *bad[] = {"\xff\xfe", "\xc0\x80", "\xed\xa0\x80", long_text};
    for (size_t i = 0; i < 4; i++) {
        struct store_batch *batch = store_batch_create();
        struct store_analysis a = place_analysis(p, "a1");
        struct error err = {0};
        a.request = bad[i];
        store_batch_add_analysis(batch, &a);
        assert_false(store_submit(p->store, batch, NULL, NULL, &err));
        assert_int_equal(err.code, ERROR_USAGE);
        assert_ptr_equal(strstr(err.text, "request: "), err.text);
    }
    free(long_text);
    const char *ids[] = {NULL, "", "a b", "a\n", "\xc3\xa4", "12345678901234567890123456789012345678901234567890123456789012345"};
    for (size_t i = 0; i < 6; i++) {
        struct store_batch *batch = store_batch_create();
        struct store_analysis a = place_analysis(p, ids[i]);
        store_batch_add_analysis(batch, &a);
        assert_false(store_submit(p->store, batch, NULL, NULL, NULL));
    }
}

static void test_store__hostile_texts_are_texts(void **state) {
    struct place *p = *state;
    static const char *const texts[] = {"'; DROP TABLE analyses; --", "\"", "%s%n", "?1", "a\nb\tc", "\xe2\x80\xae", "NULL", "\\'"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct store_batch *batch = store_batch_create();
        struct store_analysis a = place_analysis(p, arena_printf(&p->arena, "x';--%zu", i));
        struct store_analyses page;
        a.canary = a.version = a.key = a.asked_by = a.request = texts[i];
        store_batch_add_analysis(batch, &a);
        place_submit(p, batch);
        struct store_filter filter = {.canary = texts[i], .version = texts[i]};
        assert_true(store_list(p->store, &filter, &p->arena, &page, NULL));
        assert_int_equal(page.count, 1);
        assert_string_equal(page.items[0].canary, texts[i]);
        assert_string_equal(place_get(p, a.id).request, texts[i]);
    }
}

static void test_store__damaged_rows_are_told(void **state) {
    struct place *p = *state;
    struct store_analysis a;
    struct store_analyses page;
    struct error err = {0};
    bool found;
    place_add(p, "a1");
    place_raw(p, "UPDATE analyses SET state = 9");
    assert_false(store_get(p->store, "a1", 0, &p->arena, &a, &found, &err));
    assert_int_equal(err.code, ERROR_DATA);
    assert_false(store_list(p->store, &(struct store_filter){0}, &p->arena, &page, &err));
    assert_non_null(strstr(err.text, "damaged"));
}

struct seen {
    char text[512];
    int most;
};

static bool note_analysis(void *user, const struct store_analysis *a) {
    struct seen *seen = user;
    assert_true(a->config != NULL && a->request != NULL);
    strcat(strcat(seen->text, a->id), " ");
    return --seen->most > 0;
}

static void test_store__open_analyses_are_streamed_oldest_first(void **state) {
    struct place *p = *state;
    struct seen seen = {.most = 9};
    place_add(p, "a1");
    place_add(p, "a2");
    place_add(p, "a3");
    place_finish(p, "a2", "fail", PLACE_NOW);
    assert_true(store_each_open(p->store, note_analysis, &seen, NULL));
    assert_string_equal(seen.text, "a1 a3 ");
    seen = (struct seen){.most = 1};
    assert_true(store_each_open(p->store, note_analysis, &seen, NULL));
    assert_string_equal(seen.text, "a1 ");
}

static bool note_look(void *user, const struct store_look *look) {
    struct seen *seen = user;
    sprintf(seen->text + strlen(seen->text), "%d/%d %s %s %s; ", (int)look->number, (int)look->attempt, look->analysis, look->verdict,
            look->document != NULL ? look->document : "-");
    return true;
}

static void add_look(struct place *p, int64_t number, int64_t attempt, const char *document, enum store_outcome_kind expected) {
    struct store_batch *batch = store_batch_create();
    store_batch_add_look(batch, &(struct store_look){number < 9 ? "a1" : "a9", number, attempt, PLACE_NOW, "pass", document});
    assert_int_equal(place_outcome(p, batch).kind, expected);
}

static void test_store__looks_come_in_order(void **state) {
    struct place *p = *state;
    struct seen seen = {0};
    const char *last = "";
    place_add(p, "a1");
    add_look(p, 2, 1, "{\"n\":2}", STORE_COMMITTED);
    add_look(p, 1, 1, NULL, STORE_COMMITTED);
    add_look(p, 2, 2, NULL, STORE_COMMITTED);
    assert_true(store_last_look(p->store, "a1", &p->arena, &last, NULL));
    assert_string_equal(last, "{\"n\":2}");
    assert_true(store_last_look(p->store, "a9", &p->arena, &last, NULL));
    assert_null(last);
    add_look(p, 2, 1, NULL, STORE_CONFLICT);
    add_look(p, 9, 1, NULL, STORE_UNKNOWN);
    add_look(p, 0, 1, NULL, STORE_FAILED);
    assert_true(store_each_look(p->store, "a1", true, note_look, &seen, NULL));
    assert_string_equal(seen.text, "1/1 a1 pass -; 2/1 a1 pass {\"n\":2}; 2/2 a1 pass -; ");
    seen = (struct seen){0};
    assert_true(store_each_look(p->store, "a1", false, note_look, &seen, NULL));
    assert_string_equal(seen.text, "1/1 a1 pass -; 2/1 a1 pass -; 2/2 a1 pass -; ");
}

static bool note_memo(void *user, const char *key, const char *json, int64_t at_ms) {
    struct seen *seen = user;
    sprintf(seen->text + strlen(seen->text), "%s=%s@%d ", key, json, (int)(at_ms - PLACE_NOW));
    return true;
}

static void test_store__memos_are_set_changed_and_forgotten(void **state) {
    struct place *p = *state;
    struct store_batch *batch = store_batch_create();
    struct seen seen = {0};
    const char *memo;
    store_batch_memo(batch, "alerts", "b", "1", PLACE_NOW);
    store_batch_memo(batch, "alerts", "a", "2", PLACE_NOW + 1);
    store_batch_memo(batch, "schedules", "a", "3", PLACE_NOW + 2);
    store_batch_memo(batch, "alerts", "b", "4", PLACE_NOW + 3);
    store_batch_memo(batch, "alerts", "c", "5", PLACE_NOW);
    store_batch_memo(batch, "alerts", "c", NULL, PLACE_NOW);
    place_submit(p, batch);
    assert_true(store_each_memo(p->store, "alerts", note_memo, &seen, NULL));
    assert_string_equal(seen.text, "a=2@1 b=4@3 ");
    assert_true(store_memo(p->store, "schedules", "a", &p->arena, &memo, NULL));
    assert_string_equal(memo, "3");
}

static void test_store__audit_log_is_read_backwards(void **state) {
    struct place *p = *state;
    struct store_audits page;
    for (int i = 0; i < 5; i++) {
        struct store_batch *batch = store_batch_create();
        store_batch_add_audit(batch, &(struct store_audit){0, PLACE_NOW + i, "ann", "cancel", arena_printf(&p->arena, "a%d", i), NULL});
        place_submit(p, batch);
    }
    assert_true(store_audit(p->store, 0, 3, &p->arena, &page, NULL));
    assert_int_equal(page.count, 3);
    assert_string_equal(page.items[0].subject, "a4");
    assert_true(page.items[0].at_ms == PLACE_NOW + 4 && page.items[0].detail == NULL);
    assert_true(store_audit(p->store, page.items[2].seq, 3, &p->arena, &page, NULL));
    assert_int_equal(page.count, 2);
    assert_string_equal(page.items[1].subject, "a0");
}

int main(void) {
#define PLACED(name) cmocka_unit_test_setup_teardown(name, place_make, place_remove)
    const struct CMUnitTest tests[] = {
        PLACED(test_store__gives_back_what_it_was_given),
        PLACED(test_store__reads_the_parts_asked_for),
        PLACED(test_store__progress_and_finish_raise_the_revision),
        PLACED(test_store__finishes_an_analysis_once),
        PLACED(test_store__change_of_an_older_revision_is_lost),
        PLACED(test_store__same_key_tells_the_analysis_that_has_it),
        PLACED(test_store__batch_is_made_whole_or_not_at_all),
        PLACED(test_store__config_is_kept_once_and_is_what_its_digest_says),
        PLACED(test_store__bad_texts_are_refused_before_they_are_stored),
        PLACED(test_store__hostile_texts_are_texts),
        PLACED(test_store__damaged_rows_are_told),
        PLACED(test_store__open_analyses_are_streamed_oldest_first),
        PLACED(test_store__looks_come_in_order),
        PLACED(test_store__memos_are_set_changed_and_forgotten),
        PLACED(test_store__audit_log_is_read_backwards),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
