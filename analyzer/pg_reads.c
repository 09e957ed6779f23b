// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg_reads.h"

#include "pg_schema.h"
#include "pg_store.h"

#define AUDITS_MOST ((size_t)1000)
#define CHECK_MS 3600000 // of one table

bool pg_each_look(struct store_backend *backend, const char *analysis, bool documents, store_look_fn *each, void *user, struct error *err) {
    static const char sql[] = "SELECT a.id, l.number, l.attempt, l.at_ms, l.verdict, CASE WHEN $2::integer > 0 THEN l.document END"
                              " FROM analyses AS a JOIN looks AS l ON l.analysis = a.number WHERE a.id = $1::text"
                              " ORDER BY l.number, l.attempt";
    struct pg_parameters p = {0};
    struct pg_link *row = pg_reader_take(backend, err);
    pg_add_text(&p, analysis);
    pg_add_number(&p, documents);
    bool ok = row != NULL && pg_ask(row, sql, false, &p, err), more = true;
    while (ok && more && pg_row(row, &ok, err)) {
        struct store_look look = {.analysis = pg_text(row, 0),
                                  .number = pg_number(row, 1),
                                  .attempt = pg_number(row, 2),
                                  .at_ms = pg_number(row, 3),
                                  .verdict = pg_text(row, 4),
                                  .document = pg_text(row, 5)};
        more = each(user, &look);
    }
    pg_reader_give(backend, row);
    return ok;
}

bool pg_each_memo(struct store_backend *backend, const char *kind, store_memo_fn *each, void *user, struct error *err) {
    static const char sql[] = "SELECT key, json, at_ms FROM memos WHERE kind = $1::text ORDER BY key";
    struct pg_parameters p = {0};
    struct pg_link *row = pg_reader_take(backend, err);
    pg_add_text(&p, kind);
    bool ok = row != NULL && pg_ask(row, sql, false, &p, err), more = true;
    while (ok && more && pg_row(row, &ok, err)) more = each(user, pg_text(row, 0), pg_text(row, 1), pg_number(row, 2));
    pg_reader_give(backend, row);
    return ok;
}

// The first column of the row; *ret is NULL when there is none. `second` may be NULL.
static bool one_text(struct store_backend *backend, const char *sql, const char *first, const char *second, struct arena *arena,
                     const char **ret, struct error *err) {
    struct pg_parameters p = {0};
    struct pg_link *row = pg_reader_take(backend, err);
    pg_add_text(&p, first);
    if (second != NULL) pg_add_text(&p, second);
    bool ok = row != NULL && pg_ask(row, sql, false, &p, err);
    if (ok) {
        const char *text = pg_row(row, &ok, err) ? arena_strdup(arena, pg_text(row, 0)) : NULL;
        if (ok) *ret = text;
    }
    pg_reader_give(backend, row);
    return ok;
}

bool pg_last_look(struct store_backend *backend, const char *analysis, struct arena *arena, const char **ret, struct error *err) {
    static const char sql[] = "SELECT l.document FROM analyses AS a JOIN looks AS l ON l.analysis = a.number"
                              " WHERE a.id = $1::text AND l.document IS NOT NULL ORDER BY l.number DESC, l.attempt DESC LIMIT 1";
    return one_text(backend, sql, analysis, NULL, arena, ret, err);
}

bool pg_memo(struct store_backend *backend, const char *kind, const char *key, struct arena *arena, const char **ret, struct error *err) {
    static const char sql[] = "SELECT json FROM memos WHERE kind = $1::text AND key = $2::text";
    return one_text(backend, sql, kind, key, arena, ret, err);
}

bool pg_audit(struct store_backend *backend, int64_t before_seq, size_t limit, struct arena *arena, struct store_audits *ret,
              struct error *err) {
    static const char sql[] = "SELECT seq, at_ms, who, action, subject, detail FROM audits WHERE seq < $1::bigint ORDER BY seq DESC"
                              " LIMIT $2::bigint";
    if (limit > AUDITS_MOST) limit = AUDITS_MOST;
    struct store_audits found = {.items = arena_array(arena, limit, sizeof *found.items)};
    struct pg_parameters p = {0};
    struct pg_link *row = pg_reader_take(backend, err);
    pg_add_number(&p, before_seq > 0 ? before_seq : INT64_MAX);
    pg_add_number(&p, (int64_t)limit);
    bool ok = row != NULL && pg_ask(row, sql, false, &p, err);
    while (ok && pg_row(row, &ok, err)) {
        found.items[found.count++] = (struct store_audit){.seq = pg_number(row, 0),
                                                          .at_ms = pg_number(row, 1),
                                                          .who = arena_strdup(arena, pg_text(row, 2)),
                                                          .action = arena_strdup(arena, pg_text(row, 3)),
                                                          .subject = arena_strdup(arena, pg_text(row, 4)),
                                                          .detail = arena_strdup(arena, pg_text(row, 5))};
    }
    pg_reader_give(backend, row);
    if (ok) *ret = found;
    return ok;
}

bool pg_count(struct store_backend *backend, struct store_counts *ret, struct error *err) {
    static const char sql[] =
        "SELECT count(*) FILTER (WHERE state = 0), count(*) FILTER (WHERE state = 1), count(*) FILTER (WHERE state = 2),"
        " (SELECT count(*) FROM looks), (SELECT count(*) FROM outbox WHERE state = 0), (SELECT count(*) FROM outbox WHERE state = 1),"
        " (SELECT count(*) FROM outbox WHERE state = 2), (SELECT count(*) FROM memos), (SELECT count(*) FROM audits),"
        " (SELECT count(*) FROM configs) FROM analyses";
    struct store_counts c = {0};
    int64_t *const to[] = {&c.open, &c.done, &c.cancelled, &c.looks, &c.pending, &c.delivered, &c.dead, &c.memos, &c.audits, &c.configs};
    struct pg_link *row = pg_reader_take(backend, err);
    bool ok = row != NULL && pg_schema_version(row, &c.schema_version, err) && pg_ask(row, sql, false, NULL, err);
    if (ok && pg_row(row, &ok, err)) {
        for (int i = 0; i < (int)(sizeof to / sizeof to[0]); i++) *to[i] = pg_number(row, i);
    }
    pg_reader_give(backend, row);
    if (ok) *ret = c;
    return ok;
}

// On a connection of its own: it lasts. The server checks its pages while they are read; that references are whole it promises, and a table
// read in full shows damage.
bool pg_check(struct store_backend *backend, struct error *err) {
    static const struct {
        const char *sql, *what;
    } checks[] = {
        {"SELECT count(*) FROM analyses AS a WHERE a.state NOT IN (0, 1, 2) OR NOT EXISTS (SELECT FROM configs WHERE id = a.config)"
         " OR length(a.request || coalesce(a.look_state, '') || coalesce(a.result, '')) < 0",
         "analyses"},
        {"SELECT count(*) FROM looks AS l WHERE NOT EXISTS (SELECT FROM analyses WHERE number = l.analysis) OR length(l.document) < 0",
         "looks"},
        {"SELECT count(*) FROM configs WHERE sha256 <> encode(sha256(convert_to(text, 'UTF8')), 'hex')", "configs"},
        {"SELECT count(*) FROM outbox WHERE state NOT IN (0, 1, 2) OR length(body) < 0", "messages"},
        {"SELECT count(*) FROM memos WHERE length(json) < 0", "memos"},
        {"SELECT count(*) FROM audits WHERE length(detail) < 0", "audits"},
    };
    struct pg_store *s = (struct pg_store *)backend;
    struct pg_link link;
    pg_link_init(&link, &s->place);
    link.answer_ms = CHECK_MS;
    bool ok = pg_link_open(&link, NULL, err) && pg_run(&link, "SET statement_timeout = 0", err);
    for (size_t i = 0; ok && i < sizeof checks / sizeof checks[0]; i++) {
        int64_t bad = 0;
        ok = pg_ask_number(&link, checks[i].sql, &bad, err);
        if (ok && bad > 0)
            ok = error_set(err, ERROR_DATA, "%s: damaged: %lld %s are not as they must be; put a backup in its place", s->place.name,
                           (long long)bad, checks[i].what);
    }
    pg_link_close(&link);
    return ok;
}
