// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/buf.h"
#include "sqlite_reads.h"
#include "sqlite_store.h"
#include "store_page.h"

// The first parameter says which parts are wanted.
#define ANALYSIS                                                                                                                           \
    "SELECT a.id, a.key, a.asked_by, a.request_sha256, a.canary, a.config_name, a.version, a.artefact, a.created_by, c.sha256, a.verdict," \
    " a.created_ms, a.start_ms, a.horizon_ms, a.state, a.exit_code, a.score, a.looks, a.finished_ms, a.updated_ms, a.revision,"            \
    " iif(?1 & 1, c.text, NULL), iif(?1 & 2, a.request, NULL), iif(?1 & 4, a.look_state, NULL), iif(?1 & 8, a.result, NULL)"               \
    " FROM analyses AS a JOIN configs AS c ON c.id = a.config"

// The texts are the statement's and valid until its next step.
static struct store_analysis read_analysis(sqlite3_stmt *row) {
    return (struct store_analysis){.id = column_text(row, 0),
                                   .key = column_text(row, 1),
                                   .asked_by = column_text(row, 2),
                                   .request_sha256 = column_text(row, 3),
                                   .canary = column_text(row, 4),
                                   .config_name = column_text(row, 5),
                                   .version = column_text(row, 6),
                                   .artefact = column_text(row, 7),
                                   .created_by = column_text(row, 8),
                                   .config_sha256 = column_text(row, 9),
                                   .verdict = column_text(row, 10),
                                   .created_ms = column_number(row, 11),
                                   .start_ms = column_number(row, 12),
                                   .horizon_ms = column_number(row, 13),
                                   .state = (enum store_state)column_number(row, 14),
                                   .exit_code = (int)column_number(row, 15),
                                   .score = column_real(row, 16),
                                   .looks = (size_t)column_number(row, 17),
                                   .finished_ms = column_number(row, 18),
                                   .updated_ms = column_number(row, 19),
                                   .revision = column_number(row, 20),
                                   .config = column_text(row, 21),
                                   .request = column_text(row, 22),
                                   .look_state = column_text(row, 23),
                                   .result = column_text(row, 24)};
}

bool sqlite_get(struct store_backend *backend, const char *id, unsigned parts, struct arena *arena, struct store_analysis *ret,
                bool *ret_found, struct error *err) {
    static const char sql[] = ANALYSIS " WHERE a.id = ?2";
    struct database *db = sqlite_reader_take(backend, err);
    sqlite3_stmt *row = db != NULL ? database_statement(db, sql, err) : NULL;
    bool ok = row != NULL;
    if (ok) {
        bind_number(row, 1, parts);
        bind_text(row, 2, id);
        bool found = database_row(db, row, &ok, err);
        if (found) *ret = store_analysis_keep(read_analysis(row), arena);
        if (found && !store_analysis_is_sound(ret)) ok = database_unsound(db, err);
        if (ok) *ret_found = found;
    }
    sqlite_reader_give(backend, db);
    return ok;
}

bool sqlite_each_open(struct store_backend *backend, store_analysis_fn *each, void *user, struct error *err) {
    static const char sql[] = ANALYSIS " WHERE a.state = 0 ORDER BY a.created_ms, a.id";
    struct database *db = sqlite_reader_take(backend, err);
    sqlite3_stmt *row = db != NULL ? database_statement(db, sql, err) : NULL;
    bool ok = row != NULL, more = true;
    if (ok) bind_number(row, 1, STORE_DOCUMENTS);
    while (ok && more && database_row(db, row, &ok, err)) {
        struct store_analysis analysis = read_analysis(row);
        ok = store_analysis_is_sound(&analysis) || database_unsound(db, err);
        more = ok && each(user, &analysis);
    }
    sqlite_reader_give(backend, db);
    return ok;
}

static sqlite3_stmt *prepare_list(struct database *db, const struct store_filter *f, struct error *err) {
    struct buf sql;
    buf_init(&sql, 4096);
    buf_str(&sql, ANALYSIS " WHERE true");
    if (f->canary != NULL) buf_str(&sql, " AND a.canary = :canary");
    if (f->version != NULL) buf_str(&sql, " AND a.version = :version");
    if (f->verdict != NULL) buf_str(&sql, " AND a.verdict = :verdict");
    if (f->state != NULL)
        buf_printf(&sql, " AND a.state = %d", (int)*f->state); // a literal, so that SQLite uses the partial index of open ones
    if (f->since_ms != 0) buf_str(&sql, " AND a.created_ms >= :since");
    if (f->until_ms != 0) buf_str(&sql, " AND a.created_ms < :until");
    if (f->cursor != NULL) buf_str(&sql, " AND (a.created_ms, a.id) < (:cursor_ms, :cursor_id)");
    buf_str(&sql, " ORDER BY a.created_ms DESC, a.id DESC LIMIT :limit");
    sqlite3_stmt *statement = database_prepare(db, buf_text(&sql), err);
    buf_finish(&sql);
    return statement;
}

static void bind_named_text(sqlite3_stmt *statement, const char *name, const char *text) {
    int at = sqlite3_bind_parameter_index(statement, name);
    if (at > 0) bind_text(statement, at, text);
}

static void bind_named(sqlite3_stmt *statement, const char *name, int64_t number) {
    int at = sqlite3_bind_parameter_index(statement, name);
    if (at > 0) bind_number(statement, at, number);
}

// Asks for one row more than the page has, which tells whether there is a next page.
static bool read_page(struct database *db, sqlite3_stmt *row, size_t limit, struct arena *arena, struct store_analyses *ret,
                      struct error *err) {
    size_t before = arena->used;
    bool ok = true;
    *ret = (struct store_analyses){.items = arena_array(arena, limit, sizeof *ret->items)};
    while (database_row(db, row, &ok, err)) {
        if (ret->count == limit || arena->used - before > STORE_PAGE_BYTES) {
            ret->next = store_cursor_print(&ret->items[ret->count - 1], arena);
            break;
        }
        struct store_analysis analysis = store_analysis_keep(read_analysis(row), arena);
        if (!store_analysis_is_sound(&analysis)) return database_unsound(db, err);
        ret->items[ret->count++] = analysis;
    }
    return ok;
}

bool sqlite_list(struct store_backend *backend, const struct store_filter *filter, struct arena *arena, struct store_analyses *ret,
                 struct error *err) {
    size_t limit = store_page_limit(filter);
    const char *cursor_id = NULL;
    int64_t cursor_ms = 0;
    if (filter->cursor != NULL && !store_cursor_parse(filter->cursor, &cursor_ms, &cursor_id, err)) return false;
    struct database *db = sqlite_reader_take(backend, err);
    sqlite3_stmt *row = db != NULL ? prepare_list(db, filter, err) : NULL;
    bool ok = row != NULL;
    if (ok) {
        bind_number(row, 1, filter->parts);
        bind_named_text(row, ":canary", filter->canary);
        bind_named_text(row, ":version", filter->version);
        bind_named_text(row, ":verdict", filter->verdict);
        bind_named(row, ":since", filter->since_ms);
        bind_named(row, ":until", filter->until_ms);
        bind_named(row, ":cursor_ms", cursor_ms);
        bind_named_text(row, ":cursor_id", cursor_id);
        bind_named(row, ":limit", (int64_t)limit + 1);
        ok = read_page(db, row, limit, arena, ret, err);
    }
    sqlite3_finalize(row);
    sqlite_reader_give(backend, db);
    return ok;
}
