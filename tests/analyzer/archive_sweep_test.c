// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "analyzer/archive_sweep.h"
#include "store_place.h"

#define DAY_MS INT64_C(86400000)

static struct run_archive *archive_of(struct place *p) {
    struct error err;
    struct run_archive *archive = run_archive_open(arena_printf(&p->arena, "%s/evidence", p->dir), 1 << 20, 0, &err);
    if (archive == NULL) fail_msg("%s", err.text);
    return archive;
}

static void keep(struct run_archive *archive, const char *id, const char *name) {
    struct error err;
    if (!run_archive_keep(archive, id, name, view_of("x"), &err)) fail_msg("%s", err.text);
}

// What was kept before a service was killed: the first look is in the store too, the second one is not.
static void add_looks(struct place *p, struct run_archive *archive, const char *id) {
    struct store_batch *batch = store_batch_create();
    store_batch_add_look(batch, &(struct store_look){.analysis = id, .number = 1, .attempt = 1, .verdict = "pass"});
    place_submit(p, batch);
    keep(archive, id, "run");
    keep(archive, id, "look-01");
    keep(archive, id, "look-02");
}

static void test_archive_sweep__leaves_open_analyses_their_looks(void **state) {
    struct place *p = *state;
    struct run_archive *archive = archive_of(p);
    struct error err = {0};
    size_t deleted = 0;
    static const char *const ids[] = {"a1", "a2", "a3"};
    for (size_t i = 0; i < 3; i++) {
        place_add(p, ids[i]);
        if (i < 2) add_looks(p, archive, ids[i]);
    }
    keep(archive, "a3", "run"); // killed before its first look was in the store
    place_finish(p, "a2", "pass", PLACE_NOW);
    if (!archive_sweep_open(archive, p->store, &deleted, &err)) fail_msg("%s", err.text);
    assert_int_equal(deleted, 2);
    assert_true(run_archive_holds(archive, "a1", "run") && run_archive_holds(archive, "a1", "look-01"));
    assert_false(run_archive_holds(archive, "a1", "look-02"));
    assert_true(run_archive_holds(archive, "a2", "look-02"));
    assert_false(run_archive_holds(archive, "a3", "run"));
    run_archive_close(archive);
}

static void test_archive_sweep__takes_evidence_with_its_analysis(void **state) {
    struct place *p = *state;
    struct run_archive *archive = archive_of(p);
    struct store_trimmed trimmed;
    struct run_archive_counts counts;
    struct error err = {0};
    size_t deleted = 0;
    for (int i = 0; i < 3; i++) {
        const char *id = arena_printf(&p->arena, "a%d", i);
        place_add(p, id);
        add_looks(p, archive, id);
        if (i < 2) place_finish(p, id, "pass", PLACE_NOW + i * DAY_MS);
    }
    assert_true(store_trim(p->store, &(struct store_retention){.per_canary = 1}, PLACE_NOW, &trimmed, &err));
    assert_int_equal(trimmed.analyses, 1);
    if (!archive_sweep_forgotten(archive, p->store, &deleted, &err)) fail_msg("%s", err.text);
    assert_int_equal(deleted, 3);
    run_archive_counts(archive, &counts);
    assert_int_equal(counts.looks, 4);
    assert_false(run_archive_holds(archive, "a0", "run"));
    keep(archive, "a0", "look-01"); // whoever knows of it: it is told once
    if (!archive_sweep_forgotten(archive, p->store, &deleted, &err)) fail_msg("%s", err.text);
    assert_int_equal(deleted, 0);
    run_archive_close(archive);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_archive_sweep__leaves_open_analyses_their_looks, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_archive_sweep__takes_evidence_with_its_analysis, place_make, place_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
