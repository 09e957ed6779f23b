// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/digest.h"
#include "store_place.h"

static const char config[] = "canary: checkout-api\n";

#ifdef SERIN_POSTGRESQL
#include <stdio.h>

#include "pg_link.h"

static bool run_at(const char *where, const char *sql, struct error *err) {
    struct pg_place at;
    struct pg_link link = {0};
    bool ok = pg_place_init(&at, strchr(where, ':') + 1, err);
    pg_link_init(&link, &at);
    ok = ok && pg_link_open(&link, NULL, err) && pg_run(&link, sql, err);
    pg_link_close(&link);
    pg_place_finish(&at);
    return ok;
}

bool place_is_shared(void) {
    return getenv("SERIN_TEST_POSTGRESQL") != NULL;
}

// The one database of the server, emptied.
static bool empty_database(struct place *p) {
    struct error err;
    p->path = arena_printf(&p->arena, "postgresql:///postgres?%s", getenv("SERIN_TEST_POSTGRESQL"));
    if (run_at(p->path, "DROP SCHEMA IF EXISTS serin CASCADE", &err)) return true;
    fprintf(stderr, "%s\n", err.text);
    return false;
}
#else
bool place_is_shared(void) {
    return false;
}
#endif

int place_make(void **state) {
    struct place *p = calloc(1, sizeof *p);
    *state = p;
    if (p == NULL) return 1;
    strcpy(p->dir, "/tmp/serin-store-XXXXXX");
    if (mkdtemp(p->dir) == NULL) return 1;
    p->path = arena_printf(&p->arena, "%s/store.sqlite", p->dir);
#ifdef SERIN_POSTGRESQL
    if (place_is_shared() && !empty_database(p)) return 1;
#endif
    place_open(p);
    return 0;
}

int place_remove(void **state) {
    struct place *p = *state;
    store_close(p->store);
    int code = system(arena_printf(&p->arena, "rm -rf %s", p->dir));
    arena_finish(&p->arena);
    free(p);
    return code;
}

void place_open(struct place *p) {
    struct error err = {0};
    bool taken = true; // for a moment by one that was killed: its server does not see that at once
    for (int tries = 0; p->store == NULL && taken && tries < 1000; tries++) {
        p->store = store_open(p->path, &(struct store_options){.create = true, .owner = true, .ret_taken = &taken}, &err);
        if (p->store == NULL && place_is_shared()) nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        taken = taken && place_is_shared();
    }
    if (p->store == NULL) fail_msg("%s", err.text);
}

void place_reopen(struct place *p) {
    store_close(p->store);
    p->store = NULL;
    place_open(p);
}

void place_raw(struct place *p, const char *sql) {
#ifdef SERIN_POSTGRESQL
    struct error err;
    if (place_is_shared()) {
        if (!run_at(p->path, sql, &err)) fail_msg("%s", err.text);
        return;
    }
#endif
    sqlite3 *link;
    assert_int_equal(sqlite3_open(p->path, &link), SQLITE_OK);
    if (sqlite3_exec(link, sql, NULL, NULL, NULL) != SQLITE_OK) fail_msg("%s", sqlite3_errmsg(link));
    sqlite3_close(link);
}

void place_digest(struct place *p, struct store_analysis *analysis) {
    char hex[DIGEST_HEX_LEN + 1];
    digest_hex(view_of(analysis->config), hex);
    analysis->config_sha256 = arena_strdup(&p->arena, hex);
}

struct store_analysis place_analysis(struct place *p, const char *id) {
    struct store_analysis a = {.id = id,
                               .request_sha256 = "d1",
                               .canary = "checkout-api",
                               .config_name = "checkout",
                               .config = config,
                               .request = "{\"vars\":{\"version\":\"1.2.3\"}}",
                               .version = "1.2.3",
                               .artefact = "sha256:9f86",
                               .created_by = "ci",
                               .created_ms = PLACE_NOW,
                               .start_ms = PLACE_NOW + 60000,
                               .horizon_ms = PLACE_NOW + 1860000};
    place_digest(p, &a);
    return a;
}

void place_submit(struct place *p, struct store_batch *batch) {
    struct store_outcome outcome;
    if (!store_submit_wait(p->store, batch, &outcome)) fail_msg("%d: %s", (int)outcome.kind, outcome.err.text);
}

struct store_outcome place_outcome(struct place *p, struct store_batch *batch) {
    struct store_outcome outcome;
    bool ok = store_submit_wait(p->store, batch, &outcome);
    assert_int_equal(ok, outcome.kind == STORE_COMMITTED);
    assert_int_equal(ok, outcome.err.code == ERROR_NONE);
    return outcome;
}

void place_add(struct place *p, const char *id) {
    struct store_batch *batch = store_batch_create();
    struct store_analysis analysis = place_analysis(p, id);
    store_batch_add_analysis(batch, &analysis);
    place_submit(p, batch);
}

void place_finish(struct place *p, const char *id, const char *verdict, int64_t at_ms) {
    struct store_batch *batch = store_batch_create();
    store_batch_change(batch, &(struct store_change){.id = id,
                                                     .state = STORE_DONE,
                                                     .looks = 3,
                                                     .verdict = verdict,
                                                     .result = "{\"schema\":\"serin.result/1\"}",
                                                     .score = 87.5,
                                                     .at_ms = at_ms});
    place_submit(p, batch);
}

struct store_analysis place_get(struct place *p, const char *id) {
    struct store_analysis analysis;
    struct error err = {0};
    bool found = false;
    if (!store_get(p->store, id, STORE_DOCUMENTS, &p->arena, &analysis, &found, &err)) fail_msg("%s", err.text);
    if (!found) fail_msg("%s is not there", id);
    return analysis;
}
