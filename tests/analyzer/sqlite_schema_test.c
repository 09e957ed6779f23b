// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "sqlite_schema.h"
#include "store_place.h"

static const char first_rows[] =
    "INSERT INTO configs VALUES(7, 'c0ffee', 'canary: old');"
    "INSERT INTO analyses(id, request_sha256, canary, config, created_ms, start_ms, horizon_ms, updated_ms, request, look_state)"
    "  VALUES('old', 'd', 'checkout-api', 7, 1, 2, 3, 4, '{}', '{\"spent\":0.002}');"
    "INSERT INTO looks VALUES(1, 1, 1, 5, 'inconclusive', NULL);"
    "INSERT INTO audits(at_ms, who, action, subject) VALUES(6, 'ann', 'create', 'old');";

// A store as the first version made it, with a row of each kind, in the place of the one that is there.
static void make_old(struct place *p) {
    struct database db;
    struct error err = {0};
    store_close(p->store);
    p->store = NULL;
    assert_int_equal(unlink(p->path), 0);
    place_raw(p, "");
    bool ok = database_open(&db, p->path, false, &err) && sqlite_schema_migrate(&db, 1, &err) && database_run(&db, first_rows, &err);
    if (!ok) fail_msg("%s", err.text);
    database_close(&db);
}

static void test_sqlite_schema__first_version_is_brought_up_to_date(void **state) {
    struct place *p = *state;
    struct store_counts counts;
    struct store_messages due;
    make_old(p);
    place_open(p);
    assert_true(store_count(p->store, &counts, NULL));
    assert_int_equal(counts.schema_version, sqlite_schema_newest);
    assert_true(counts.open == 1 && counts.looks == 1 && counts.audits == 1 && counts.pending == 0);
    struct store_analysis a = place_get(p, "old");
    assert_string_equal(a.config, "canary: old");
    assert_string_equal(a.look_state, "{\"spent\":0.002}");
    assert_true(a.revision == 1 && a.exit_code == -1);
    assert_true(store_due(p->store, &(struct store_due_filter){0, 1, 1, NULL}, &p->arena, &due, NULL));
    place_finish(p, "old", "pass", PLACE_NOW);
    assert_true(store_check(p->store, NULL));
}

static void test_sqlite_schema__step_that_fails_changes_nothing(void **state) {
    struct place *p = *state;
    struct database db;
    struct error err = {0};
    int version = 0;
    int64_t indexes = 0;
    make_old(p);
    place_raw(p, "CREATE TABLE other(id); CREATE INDEX outbox_dead ON other(id)"); // in the way of the second step, half-way
    assert_true(database_open(&db, p->path, false, &err));
    assert_false(sqlite_schema_migrate(&db, sqlite_schema_newest, &err));
    assert_non_null(strstr(err.text, "update to schema 2"));
    assert_true(sqlite_schema_version(&db, &version, &err));
    assert_int_equal(version, 1);
    assert_true(database_number(&db, "SELECT count(*) FROM sqlite_schema WHERE name IN ('outbox', 'outbox_pending')", &indexes, &err));
    assert_int_equal(indexes, 0);
    assert_true(database_run(&db, "DROP TABLE other", &err) && sqlite_schema_migrate(&db, sqlite_schema_newest, &err));
    database_close(&db);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_sqlite_schema__first_version_is_brought_up_to_date, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_sqlite_schema__step_that_fails_changes_nothing, place_make, place_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
