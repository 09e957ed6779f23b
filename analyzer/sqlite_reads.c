// SPDX-License-Identifier: GPL-3.0-or-later
#include "sqlite_reads.h"

#include "sqlite_schema.h"
#include "sqlite_store.h"

#define AUDITS_MOST ((size_t)1000)

bool sqlite_each_look(struct store_backend *backend, const char *analysis, bool documents, store_look_fn *each, void *user,
                      struct error *err) {
    static const char sql[] = "SELECT a.id, l.number, l.attempt, l.at_ms, l.verdict, iif(?2, l.document, NULL)"
                              " FROM analyses AS a JOIN looks AS l ON l.analysis = a.number WHERE a.id = ?1 ORDER BY l.number, l.attempt";
    struct database *db = sqlite_reader_take(backend, err);
    sqlite3_stmt *row = db != NULL ? database_statement(db, sql, err) : NULL;
    bool ok = row != NULL, more = true;
    if (ok) bind_text(row, 1, analysis);
    if (ok) bind_number(row, 2, documents);
    while (ok && more && database_row(db, row, &ok, err)) {
        struct store_look look = {.analysis = column_text(row, 0),
                                  .number = column_number(row, 1),
                                  .attempt = column_number(row, 2),
                                  .at_ms = column_number(row, 3),
                                  .verdict = column_text(row, 4),
                                  .document = column_text(row, 5)};
        more = each(user, &look);
    }
    sqlite_reader_give(backend, db);
    return ok;
}

bool sqlite_each_memo(struct store_backend *backend, const char *kind, store_memo_fn *each, void *user, struct error *err) {
    static const char sql[] = "SELECT key, json, at_ms FROM memos WHERE kind = ?1 ORDER BY key";
    struct database *db = sqlite_reader_take(backend, err);
    sqlite3_stmt *row = db != NULL ? database_statement(db, sql, err) : NULL;
    bool ok = row != NULL, more = true;
    if (ok) bind_text(row, 1, kind);
    while (ok && more && database_row(db, row, &ok, err))
        more = each(user, column_text(row, 0), column_text(row, 1), column_number(row, 2));
    sqlite_reader_give(backend, db);
    return ok;
}

// The first column of the row; *ret is NULL when there is none. `second` may be NULL.
static bool one_text(struct store_backend *backend, const char *sql, const char *first, const char *second, struct arena *arena,
                     const char **ret, struct error *err) {
    struct database *db = sqlite_reader_take(backend, err);
    sqlite3_stmt *row = db != NULL ? database_statement(db, sql, err) : NULL;
    bool ok = row != NULL;
    if (ok) {
        bind_text(row, 1, first);
        if (second != NULL) bind_text(row, 2, second);
        const char *text = database_row(db, row, &ok, err) ? arena_strdup(arena, column_text(row, 0)) : NULL;
        if (ok) *ret = text;
    }
    sqlite_reader_give(backend, db);
    return ok;
}

bool sqlite_last_look(struct store_backend *backend, const char *analysis, struct arena *arena, const char **ret, struct error *err) {
    static const char sql[] = "SELECT l.document FROM analyses AS a JOIN looks AS l ON l.analysis = a.number"
                              " WHERE a.id = ?1 AND l.document IS NOT NULL ORDER BY l.number DESC, l.attempt DESC LIMIT 1";
    return one_text(backend, sql, analysis, NULL, arena, ret, err);
}

bool sqlite_memo(struct store_backend *backend, const char *kind, const char *key, struct arena *arena, const char **ret,
                 struct error *err) {
    return one_text(backend, "SELECT json FROM memos WHERE kind = ?1 AND key = ?2", kind, key, arena, ret, err);
}

bool sqlite_audit(struct store_backend *backend, int64_t before_seq, size_t limit, struct arena *arena, struct store_audits *ret,
                  struct error *err) {
    static const char sql[] = "SELECT seq, at_ms, who, action, subject, detail FROM audits WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2";
    if (limit > AUDITS_MOST) limit = AUDITS_MOST;
    struct store_audits found = {.items = arena_array(arena, limit, sizeof *found.items)};
    struct database *db = sqlite_reader_take(backend, err);
    sqlite3_stmt *row = db != NULL ? database_statement(db, sql, err) : NULL;
    bool ok = row != NULL;
    if (ok) bind_number(row, 1, before_seq > 0 ? before_seq : INT64_MAX);
    if (ok) bind_number(row, 2, (int64_t)limit);
    while (ok && database_row(db, row, &ok, err)) {
        found.items[found.count++] = (struct store_audit){.seq = column_number(row, 0),
                                                          .at_ms = column_number(row, 1),
                                                          .who = arena_strdup(arena, column_text(row, 2)),
                                                          .action = arena_strdup(arena, column_text(row, 3)),
                                                          .subject = arena_strdup(arena, column_text(row, 4)),
                                                          .detail = arena_strdup(arena, column_text(row, 5))};
    }
    sqlite_reader_give(backend, db);
    if (ok) *ret = found;
    return ok;
}

bool sqlite_count(struct store_backend *backend, struct store_counts *ret, struct error *err) {
    struct store_counts c = {0};
    const struct {
        const char *sql;
        int64_t *to;
    } asks[] = {
        {"SELECT count(*) FROM analyses WHERE state = 0", &c.open},
        {"SELECT count(*) FROM analyses WHERE state = 1", &c.done},
        {"SELECT count(*) FROM analyses WHERE state = 2", &c.cancelled},
        {"SELECT count(*) FROM looks", &c.looks},
        {"SELECT count(*) FROM outbox WHERE state = 0", &c.pending},
        {"SELECT count(*) FROM outbox WHERE state = 1", &c.delivered},
        {"SELECT count(*) FROM outbox WHERE state = 2", &c.dead},
        {"SELECT count(*) FROM memos", &c.memos},
        {"SELECT count(*) FROM audits", &c.audits},
        {"SELECT count(*) FROM configs", &c.configs},
    };
    struct database *db = sqlite_reader_take(backend, err);
    bool ok = db != NULL && sqlite_schema_version(db, &c.schema_version, err);
    for (size_t i = 0; ok && i < sizeof asks / sizeof asks[0]; i++) ok = database_number(db, asks[i].sql, asks[i].to, err);
    sqlite_reader_give(backend, db);
    if (ok) *ret = c;
    return ok;
}
