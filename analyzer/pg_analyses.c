// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/buf.h"
#include "pg_reads.h"
#include "pg_store.h"
#include "store_page.h"

// The first parameter says which parts are wanted.
#define ANALYSIS                                                                                                                           \
    "SELECT a.id, a.key, a.asked_by, a.request_sha256, a.canary, a.config_name, a.version, a.artefact, a.created_by, c.sha256, a.verdict," \
    " a.created_ms, a.start_ms, a.horizon_ms, a.state, a.exit_code, a.score, a.looks, a.finished_ms, a.updated_ms, a.revision,"            \
    " CASE WHEN $1::integer & 1 > 0 THEN c.text END, CASE WHEN $1::integer & 2 > 0 THEN a.request END,"                                    \
    " CASE WHEN $1::integer & 4 > 0 THEN a.look_state END, CASE WHEN $1::integer & 8 > 0 THEN a.result END"                                \
    " FROM analyses AS a JOIN configs AS c ON c.id = a.config"

// Texts are those of the row.
static struct store_analysis read_analysis(const struct pg_link *row) {
    return (struct store_analysis){.id = pg_text(row, 0),
                                   .key = pg_text(row, 1),
                                   .asked_by = pg_text(row, 2),
                                   .request_sha256 = pg_text(row, 3),
                                   .canary = pg_text(row, 4),
                                   .config_name = pg_text(row, 5),
                                   .version = pg_text(row, 6),
                                   .artefact = pg_text(row, 7),
                                   .created_by = pg_text(row, 8),
                                   .config_sha256 = pg_text(row, 9),
                                   .verdict = pg_text(row, 10),
                                   .created_ms = pg_number(row, 11),
                                   .start_ms = pg_number(row, 12),
                                   .horizon_ms = pg_number(row, 13),
                                   .state = (enum store_state)pg_number(row, 14),
                                   .exit_code = (int)pg_number(row, 15),
                                   .score = pg_real(row, 16),
                                   .looks = (size_t)pg_number(row, 17),
                                   .finished_ms = pg_number(row, 18),
                                   .updated_ms = pg_number(row, 19),
                                   .revision = pg_number(row, 20),
                                   .config = pg_text(row, 21),
                                   .request = pg_text(row, 22),
                                   .look_state = pg_text(row, 23),
                                   .result = pg_text(row, 24)};
}

bool pg_get(struct store_backend *backend, const char *id, unsigned parts, struct arena *arena, struct store_analysis *ret, bool *ret_found,
            struct error *err) {
    static const char sql[] = ANALYSIS " WHERE a.id = $2::text";
    struct pg_parameters p = {0};
    struct pg_link *row = pg_reader_take(backend, err);
    pg_add_number(&p, parts);
    pg_add_text(&p, id);
    bool ok = row != NULL && pg_ask(row, sql, false, &p, err);
    if (ok) {
        bool found = pg_row(row, &ok, err);
        if (found) *ret = store_analysis_keep(read_analysis(row), arena);
        if (found && !store_analysis_is_sound(ret)) ok = pg_link_unsound(row, err);
        if (ok) *ret_found = found;
    }
    pg_reader_give(backend, row);
    return ok;
}

bool pg_each_open(struct store_backend *backend, store_analysis_fn *each, void *user, struct error *err) {
    static const char sql[] = ANALYSIS " WHERE a.state = 0 ORDER BY a.created_ms, a.id";
    struct pg_parameters p = {0};
    struct pg_link *row = pg_reader_take(backend, err);
    pg_add_number(&p, STORE_DOCUMENTS);
    bool ok = row != NULL && pg_ask(row, sql, false, &p, err), more = true;
    while (ok && more && pg_row(row, &ok, err)) {
        struct store_analysis analysis = read_analysis(row);
        ok = store_analysis_is_sound(&analysis) || pg_link_unsound(row, err);
        more = ok && each(user, &analysis);
    }
    pg_reader_give(backend, row);
    return ok;
}

static void where_text(struct buf *sql, struct pg_parameters *p, const char *column, const char *text) {
    if (text == NULL) return;
    pg_add_text(p, text);
    buf_printf(sql, " AND %s = $%d::text", column, p->count);
}

static void where_time(struct buf *sql, struct pg_parameters *p, const char *condition, int64_t ms) {
    if (ms == 0) return;
    pg_add_number(p, ms);
    buf_printf(sql, " AND a.created_ms %s $%d::bigint", condition, p->count);
}

static bool ask_list(struct pg_link *row, const struct store_filter *f, size_t limit, struct error *err) {
    struct pg_parameters p = {0};
    struct buf sql;
    const char *cursor_id = NULL;
    int64_t cursor_ms = 0;
    if (f->cursor != NULL && !store_cursor_parse(f->cursor, &cursor_ms, &cursor_id, err)) return false;
    buf_init(&sql, 4096);
    buf_str(&sql, ANALYSIS " WHERE true");
    pg_add_number(&p, f->parts);
    where_text(&sql, &p, "a.canary", f->canary);
    where_text(&sql, &p, "a.version", f->version);
    where_text(&sql, &p, "a.verdict", f->verdict);
    if (f->state != NULL) buf_printf(&sql, " AND a.state = %d", (int)*f->state); // as a literal it finds the index of open ones
    where_time(&sql, &p, ">=", f->since_ms);
    where_time(&sql, &p, "<", f->until_ms);
    if (f->cursor != NULL) {
        pg_add_number(&p, cursor_ms);
        pg_add_text(&p, cursor_id);
        buf_printf(&sql, " AND (a.created_ms, a.id) < ($%d::bigint, $%d::text)", p.count - 1, p.count);
    }
    pg_add_number(&p, (int64_t)limit + 1);
    buf_printf(&sql, " ORDER BY a.created_ms DESC, a.id DESC LIMIT $%d::bigint", p.count);
    bool ok = pg_ask(row, buf_text(&sql), true, &p, err);
    buf_finish(&sql);
    return ok;
}

// A row more than the page has tells whether there is a next one.
static bool read_page(struct pg_link *row, size_t limit, struct arena *arena, struct store_analyses *ret, struct error *err) {
    size_t before = arena->used;
    bool ok = true;
    *ret = (struct store_analyses){.items = arena_array(arena, limit, sizeof *ret->items)};
    while (pg_row(row, &ok, err)) {
        if (ret->count == limit || arena->used - before > STORE_PAGE_BYTES) {
            ret->next = store_cursor_print(&ret->items[ret->count - 1], arena);
            break;
        }
        struct store_analysis analysis = store_analysis_keep(read_analysis(row), arena);
        if (!store_analysis_is_sound(&analysis)) return pg_link_unsound(row, err);
        ret->items[ret->count++] = analysis;
    }
    return ok;
}

bool pg_list(struct store_backend *backend, const struct store_filter *filter, struct arena *arena, struct store_analyses *ret,
             struct error *err) {
    size_t limit = store_page_limit(filter);
    struct pg_link *row = pg_reader_take(backend, err);
    bool ok = row != NULL && ask_list(row, filter, limit, err) && read_page(row, limit, arena, ret, err);
    pg_reader_give(backend, row);
    return ok;
}
