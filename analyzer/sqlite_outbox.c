// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "sqlite_reads.h"
#include "sqlite_store.h"

#define MESSAGES_MOST ((size_t)1000)
#define DUE_BYTES ((size_t)32 << 20) // of bodies, after which no more are read

// The first parameter says whether bodies are wanted.
#define MESSAGE                                                                                                                            \
    "SELECT seq, id, analysis, target, kind, event, headers, created_ms, due_ms, state, attempts, status, last_error, ended_ms,"           \
    " iif(?1, body, NULL) FROM outbox"

static struct store_message keep_message(sqlite3_stmt *row, struct arena *arena) {
    struct view body = column_bytes(row, 14);
    return (struct store_message){.seq = column_number(row, 0),
                                  .id = arena_strdup(arena, column_text(row, 1)),
                                  .analysis = arena_strdup(arena, column_text(row, 2)),
                                  .target = arena_strdup(arena, column_text(row, 3)),
                                  .kind = arena_strdup(arena, column_text(row, 4)),
                                  .event = arena_strdup(arena, column_text(row, 5)),
                                  .headers = arena_strdup(arena, column_text(row, 6)),
                                  .created_ms = column_number(row, 7),
                                  .due_ms = column_number(row, 8),
                                  .state = (enum store_delivery)column_number(row, 9),
                                  .attempts = column_number(row, 10),
                                  .status = (int)column_number(row, 11),
                                  .last_error = arena_strdup(arena, column_text(row, 12)),
                                  .ended_ms = column_number(row, 13),
                                  .body = {arena_strndup(arena, body.ptr, body.len), body.len}};
}

// Whether the row can be right: a damaged file may hold anything.
static bool is_sound(const struct store_message *m) {
    return m->id != NULL && m->target != NULL && m->kind != NULL && m->event != NULL && m->state <= STORE_DEAD;
}

static bool is_among(const char *target, const char *const *list) {
    for (; list != NULL && *list != NULL; list++) {
        if (strcmp(*list, target) == 0) return true;
    }
    return false;
}

struct walk { // over the targets that have pending messages
    struct database *db;
    const struct store_due_filter *filter;
    struct arena *arena;
    size_t most, most_used; // limits: messages, and bytes of the arena
    struct store_messages found;
    struct error *err;
};

// The next target, by name, that has pending messages, and when the oldest of them is due. *ret is NULL at the end.
static bool next_target(struct walk *w, const char *after, const char **ret, int64_t *ret_due_ms) {
    static const char sql[] = "SELECT target, due_ms FROM outbox WHERE state = 0 AND target > ?1 ORDER BY target, seq LIMIT 1";
    bool ok = true;
    sqlite3_stmt *row = database_statement(w->db, sql, w->err);
    if (row == NULL) return false;
    bind_text(row, 1, after);
    *ret = database_row(w->db, row, &ok, w->err) ? arena_strdup(w->arena, column_text(row, 0)) : NULL;
    if (*ret != NULL) *ret_due_ms = column_number(row, 1);
    sqlite3_reset(row);
    return ok;
}

static bool read_target(struct walk *w, const char *target) {
    static const char sql[] = MESSAGE " WHERE state = 0 AND target = ?2 ORDER BY seq LIMIT ?3";
    bool ok = true;
    size_t left = w->most - w->found.count;
    sqlite3_stmt *row = database_statement(w->db, sql, w->err);
    if (row == NULL) return false;
    bind_number(row, 1, 1);
    bind_text(row, 2, target);
    bind_number(row, 3, (int64_t)(w->filter->per_target < left ? w->filter->per_target : left));
    while (ok && w->arena->used < w->most_used && database_row(w->db, row, &ok, w->err) && column_number(row, 8) <= w->filter->now_ms) {
        struct store_message message = keep_message(row, w->arena);
        if (is_sound(&message))
            w->found.items[w->found.count++] = message;
        else
            ok = database_unsound(w->db, w->err);
    }
    sqlite3_reset(row);
    return ok;
}

static bool read_targets(struct walk *w) {
    const char *target = "";
    int64_t due_ms = 0;
    while (next_target(w, target, &target, &due_ms)) {
        if (target == NULL) return true;
        if (is_among(target, w->filter->without)) continue;
        bool full = w->found.count == w->most || w->arena->used >= w->most_used;
        if (!full && due_ms <= w->filter->now_ms && !read_target(w, target)) return false;
        if ((full || due_ms > w->filter->now_ms) && due_ms < w->found.next_due_ms) w->found.next_due_ms = due_ms;
    }
    return false;
}

bool sqlite_due(struct store_backend *backend, const struct store_due_filter *filter, struct arena *arena, struct store_messages *ret,
                struct error *err) {
    size_t most = filter->limit < MESSAGES_MOST ? filter->limit : MESSAGES_MOST;
    struct walk w = {.db = sqlite_reader_take(backend, err), .filter = filter, .arena = arena, .most = most, .err = err};
    w.found = (struct store_messages){.items = arena_array(arena, most, sizeof *w.found.items), .next_due_ms = INT64_MAX};
    w.most_used = arena->used + DUE_BYTES;
    bool ok = w.db != NULL && read_targets(&w);
    sqlite_reader_give(backend, w.db);
    if (ok) *ret = w.found;
    return ok;
}

bool sqlite_dead(struct store_backend *backend, int64_t after_seq, size_t limit, struct arena *arena, struct store_messages *ret,
                 struct error *err) {
    static const char sql[] = MESSAGE " INDEXED BY outbox_dead WHERE state = 2 AND seq > ?2 ORDER BY seq LIMIT ?3";
    if (limit > MESSAGES_MOST) limit = MESSAGES_MOST;
    struct store_messages found = {.items = arena_array(arena, limit, sizeof *found.items), .next_due_ms = INT64_MAX};
    struct database *db = sqlite_reader_take(backend, err);
    sqlite3_stmt *row = db != NULL ? database_statement(db, sql, err) : NULL;
    bool ok = row != NULL;
    if (ok) bind_number(row, 1, 0);
    if (ok) bind_number(row, 2, after_seq);
    if (ok) bind_number(row, 3, (int64_t)limit);
    while (ok && database_row(db, row, &ok, err)) {
        struct store_message message = keep_message(row, arena);
        if (is_sound(&message))
            found.items[found.count++] = message;
        else
            ok = database_unsound(db, err);
    }
    sqlite_reader_give(backend, db);
    if (ok) *ret = found;
    return ok;
}

bool sqlite_each_pending(struct store_backend *backend, store_pending_fn *each, void *user, struct error *err) {
    static const char sql[] = "SELECT target, count(*) FROM outbox WHERE state = 0 GROUP BY target";
    struct database *db = sqlite_reader_take(backend, err);
    sqlite3_stmt *row = db != NULL ? database_statement(db, sql, err) : NULL;
    bool ok = row != NULL, more = true;
    while (ok && more && database_row(db, row, &ok, err)) {
        const char *target = column_text(row, 0);
        if (target != NULL) more = each(user, target, column_number(row, 1));
    }
    sqlite_reader_give(backend, db);
    return ok;
}
