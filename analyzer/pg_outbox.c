// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "base/mem.h"
#include "pg_reads.h"
#include "pg_store.h"

#define MESSAGES_MOST ((size_t)1000)
#define DUE_BYTES ((size_t)32 << 20) // of bodies, after which no more are read

#define MESSAGE "SELECT seq, id, analysis, target, kind, event, headers, created_ms, due_ms, state, attempts, status, last_error, ended_ms"

static struct store_message keep_message(const struct pg_link *row, struct arena *arena) {
    return (struct store_message){.seq = pg_number(row, 0),
                                  .id = arena_strdup(arena, pg_text(row, 1)),
                                  .analysis = arena_strdup(arena, pg_text(row, 2)),
                                  .target = arena_strdup(arena, pg_text(row, 3)),
                                  .kind = arena_strdup(arena, pg_text(row, 4)),
                                  .event = arena_strdup(arena, pg_text(row, 5)),
                                  .headers = arena_strdup(arena, pg_text(row, 6)),
                                  .created_ms = pg_number(row, 7),
                                  .due_ms = pg_number(row, 8),
                                  .state = (enum store_delivery)pg_number(row, 9),
                                  .attempts = pg_number(row, 10),
                                  .status = (int)pg_number(row, 11),
                                  .last_error = arena_strdup(arena, pg_text(row, 12)),
                                  .ended_ms = pg_number(row, 13),
                                  .body = pg_bytes(row, 14, arena)};
}

static bool is_among(const char *target, const char *const *list) {
    for (; list != NULL && *list != NULL; list++) {
        if (strcmp(*list, target) == 0) return true;
    }
    return false;
}

struct target {
    const char *name;
    int64_t due_ms; // of its oldest message
    struct target *next;
};

struct walk { // over targets
    struct pg_link *link;
    const struct store_due_filter *filter;
    struct arena *arena;
    size_t most, most_used; // messages; bytes of the arena
    struct store_messages found;
    struct error *err;
};

// Targets that have pending messages and may be given, by name. An index is jumped through: there are few targets to many messages.
static bool list_targets(struct walk *w, struct target **ret) {
    static const char sql[] =
        "WITH RECURSIVE oldest(target, due_ms) AS ("
        "   (SELECT target, due_ms FROM outbox WHERE state = 0 ORDER BY target, seq LIMIT 1)"
        "   UNION ALL SELECT n.target, n.due_ms FROM oldest, LATERAL (SELECT target, due_ms FROM outbox WHERE state = 0"
        "     AND target > oldest.target ORDER BY target, seq LIMIT 1) AS n) SELECT target, due_ms FROM oldest";
    struct target **last = ret;
    bool ok = pg_ask(w->link, sql, false, NULL, w->err);
    *ret = NULL;
    while (ok && pg_row(w->link, &ok, w->err)) {
        if (is_among(pg_text(w->link, 0), w->filter->without)) continue;
        struct target *target = arena_alloc(w->arena, sizeof *target);
        *target = (struct target){arena_strdup(w->arena, pg_text(w->link, 0)), pg_number(w->link, 1), NULL};
        *last = target;
        last = &target->next;
    }
    pg_end(w->link);
    return ok;
}

static bool read_target(struct walk *w, const char *target) {
    static const char sql[] = MESSAGE ", body FROM outbox WHERE state = 0 AND target = $1::text ORDER BY seq LIMIT $2::bigint";
    struct pg_parameters p = {0};
    size_t left = w->most - w->found.count;
    pg_add_text(&p, target);
    pg_add_number(&p, (int64_t)(w->filter->per_target < left ? w->filter->per_target : left));
    bool ok = pg_ask(w->link, sql, false, &p, w->err), more = true;
    while (ok && pg_row(w->link, &ok, w->err)) { // to the end: giving rows up would end the transaction
        more = more && w->arena->used < w->most_used && pg_number(w->link, 8) <= w->filter->now_ms;
        if (more) w->found.items[w->found.count++] = keep_message(w->link, w->arena);
    }
    pg_end(w->link);
    return ok;
}

static bool read_targets(struct walk *w) {
    struct target *target;
    if (!list_targets(w, &target)) return false;
    for (; target != NULL; target = target->next) {
        bool full = w->found.count == w->most || w->arena->used >= w->most_used;
        if (!full && target->due_ms <= w->filter->now_ms && !read_target(w, target->name)) return false;
        if ((full || target->due_ms > w->filter->now_ms) && target->due_ms < w->found.next_due_ms) w->found.next_due_ms = target->due_ms;
    }
    return true;
}

// Several statements, of one commit.
bool pg_due(struct store_backend *backend, const struct store_due_filter *filter, struct arena *arena, struct store_messages *ret,
            struct error *err) {
    size_t most = filter->limit < MESSAGES_MOST ? filter->limit : MESSAGES_MOST;
    struct walk w = {.link = pg_reader_take(backend, err), .filter = filter, .arena = arena, .most = most, .err = err};
    w.found = (struct store_messages){.items = arena_array(arena, most, sizeof *w.found.items), .next_due_ms = INT64_MAX};
    w.most_used = arena->used + DUE_BYTES;
    bool begun = w.link != NULL && pg_run(w.link, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", err);
    bool ok = begun && read_targets(&w);
    if (begun && w.link->conn != NULL && !pg_run(w.link, ok ? "COMMIT" : "ROLLBACK", NULL)) pg_link_close(w.link);
    pg_reader_give(backend, w.link);
    if (ok) *ret = w.found;
    return ok;
}

bool pg_dead(struct store_backend *backend, int64_t after_seq, size_t limit, struct arena *arena, struct store_messages *ret,
             struct error *err) {
    static const char sql[] = MESSAGE ", NULL FROM outbox WHERE state = 2 AND seq > $1::bigint ORDER BY seq LIMIT $2::bigint";
    if (limit > MESSAGES_MOST) limit = MESSAGES_MOST;
    struct store_messages found = {.items = arena_array(arena, limit, sizeof *found.items), .next_due_ms = INT64_MAX};
    struct pg_parameters p = {0};
    struct pg_link *row = pg_reader_take(backend, err);
    pg_add_number(&p, after_seq);
    pg_add_number(&p, (int64_t)limit);
    bool ok = row != NULL && pg_ask(row, sql, false, &p, err);
    while (ok && pg_row(row, &ok, err)) found.items[found.count++] = keep_message(row, arena);
    pg_reader_give(backend, row);
    if (ok) *ret = found;
    return ok;
}

bool pg_each_pending(struct store_backend *backend, store_pending_fn *each, void *user, struct error *err) {
    static const char sql[] = "SELECT target, count(*) FROM outbox WHERE state = 0 GROUP BY target ORDER BY target";
    struct pg_link *row = pg_reader_take(backend, err);
    bool ok = row != NULL && pg_ask(row, sql, false, NULL, err), more = true;
    while (ok && more && pg_row(row, &ok, err)) more = each(user, pg_text(row, 0), pg_number(row, 1));
    pg_reader_give(backend, row);
    return ok;
}
