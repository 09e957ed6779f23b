// SPDX-License-Identifier: GPL-3.0-or-later
// How batches become transactions. A group is sent as a whole before its first answer is awaited; COMMIT follows when all is as it should
// be. Where the connection breaks before COMMIT was sent nothing happened, and the group is made once more. Behind it nobody knows, until
// the number that the transaction left in its writer's row is there or is not.
#include <string.h>
#include <time.h>

#include "base/retry.h"
#include "base/timetext.h"
#include "pg_apply.h"
#include "pg_store.h"

#define PATIENCE_MS INT64_C(20000) // that batches wait for a server that is away; then they fail
#define RESOLVE_MS INT64_C(60000)  // that a commit may be unknown
#define PAUSE_MS 50
#define TRIES 5

static const char begin[] = "BEGIN", commit[] = "COMMIT", undo_all[] = "ROLLBACK";
static const char turn[] = "SELECT pg_advisory_xact_lock(" PG_LOCKS ", 2)"; // writers one after the other, as their batches expect
static const char sign[] =
    "WITH signed AS (UPDATE writers SET commits = $3::bigint WHERE name = $1::text AND epoch = $2::bigint RETURNING 1)"
    " SELECT count(*) FROM signed";
static const char mark[] = "SAVEPOINT batch", keep[] = "RELEASE batch", undo[] = "ROLLBACK TO batch";

enum group_end {
    GROUP_COMMITTED,
    GROUP_MIXED,  // a batch was made in part, and is to be undone for itself
    GROUP_BROKEN, // the connection, and nothing was committed
    GROUP_FENCED, // another one owns the store
    GROUP_FAILED,
};

static void pause_ms(int64_t ms) {
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000}, NULL);
}

static void set_trouble(struct pg_store *s, const struct error *err) {
    pthread_mutex_lock(&s->state);
    s->troubled = err != NULL;
    if (err != NULL) s->trouble = *err;
    pthread_mutex_unlock(&s->state);
}

// Connecting.

static bool prepare(struct pg_store *s, struct error *err) {
    static const char enrol[] = "INSERT INTO writers(name, epoch, commits) VALUES($1::text, 0, 0) ON CONFLICT DO NOTHING";
    static const char *const plain[] = {begin, commit, undo_all, turn, sign, mark, keep, undo};
    struct pg_parameters name = {0};
    bool ok = pg_server_check(&s->writer, err);
    for (size_t i = 0; ok && i < sizeof plain / sizeof plain[0]; i++) ok = pg_prepare(&s->writer, plain[i], err);
    if (ok && s->owner == NULL) {
        pg_add_text(&name, s->name);
        ok = pg_ask(&s->writer, enrol, true, &name, err);
        if (ok) pg_row(&s->writer, &ok, err);
        pg_end(&s->writer);
    }
    return ok && pg_apply_prepare(&s->writer, err) && pg_pipeline(&s->writer, err);
}

static bool open_writer(struct pg_store *s, struct error *err) {
    bool lost;
    if (s->owner != NULL && !pg_owner_holds(s->owner, &lost, err)) return false;
    if (!pg_link_open(&s->writer, NULL, err)) return false;
    if (s->writer.pipelined || prepare(s, err)) return true;
    pg_link_close(&s->writer);
    return false;
}

static bool is_lost(struct pg_store *s) {
    bool lost = false;
    if (s->owner != NULL) pg_owner_holds(s->owner, &lost, NULL);
    return lost;
}

static bool await_writer(struct pg_store *s, struct error *err) {
    int64_t end_ms = mono_now_ms() + PATIENCE_MS;
    while (!open_writer(s, err)) {
        set_trouble(s, err);
        if (!s->patient || err->code != ERROR_IO || is_lost(s) || mono_now_ms() >= end_ms) return s->patient = false;
        pause_ms(PAUSE_MS);
    }
    return s->patient = true;
}

// Transactions.

static bool send_begin(struct pg_store *s, struct error *err) {
    struct pg_parameters p = {0};
    pg_add_text(&p, s->name);
    pg_add_number(&p, s->epoch);
    pg_add_number(&p, ++s->commits);
    return pg_send(&s->writer, begin, NULL, err) && pg_send(&s->writer, turn, NULL, err) && pg_send(&s->writer, sign, &p, err);
}

// An answer of which only matters that there is no error.
static bool take_answer(struct pg_store *s, struct error *err) {
    const struct pg_library *pq = s->place.pq;
    PGresult *result = pg_answer(&s->writer, err);
    if (result == NULL) return false;
    ExecStatusType status = pq->PQresultStatus(result);
    bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_PIPELINE_SYNC;
    if (!ok) pg_link_failed(&s->writer, result, err);
    pq->PQclear(result);
    return ok;
}

static enum group_end failed(const struct pg_store *s) {
    return s->writer.conn == NULL ? GROUP_BROKEN : GROUP_FAILED;
}

static enum group_end take_begin(struct pg_store *s, struct error *err) {
    const struct pg_library *pq = s->place.pq;
    if (!take_answer(s, err) || !take_answer(s, err)) return failed(s);
    PGresult *result = pg_answer(&s->writer, err);
    if (result == NULL) return GROUP_BROKEN;
    bool ok = pq->PQresultStatus(result) == PGRES_TUPLES_OK || pg_link_failed(&s->writer, result, err);
    bool ours = ok && strcmp(pq->PQgetvalue(result, 0, 0), "1") == 0;
    pq->PQclear(result);
    if (!ok) return failed(s);
    if (ours) return GROUP_COMMITTED;
    error_set(err, ERROR_IO, "%s: another serin has taken the store over", s->place.name);
    return GROUP_FENCED;
}

static bool send_batch(struct pg_store *s, const struct store_batch *batch, struct error *err) {
    for (size_t i = 0; i < batch->count; i++) {
        if (!pg_apply_send(&s->writer, &batch->items[i], err)) return false;
    }
    return true;
}

// What became of a batch. All its answers are taken, unless the connection broke; the first that is not good is its outcome.
static bool take_batch(struct pg_store *s, const struct store_batch *batch, struct store_outcome *outcome, bool *ret_changed) {
    const struct pg_library *pq = s->place.pq;
    bool ok = true;
    *ret_changed = false;
    for (size_t i = 0; i < batch->count; i++) {
        struct store_outcome ignored = {0};
        PGresult *result = pg_answer(&s->writer, &outcome->err);
        if (result == NULL) {
            outcome->kind = STORE_FAILED;
            return false;
        }
        bool good = pg_apply_answer(&s->writer, &batch->items[i], result, ok ? outcome : &ignored, ret_changed);
        pq->PQclear(result);
        ok = ok && good;
    }
    return ok;
}

// Most batches are made, or change nothing because what they want is not as it was.
static enum group_end apply_plainly(struct pg_store *s, struct store_batch *const *batches, size_t count, struct store_outcome *outcomes,
                                    struct error *err) {
    bool sent = send_begin(s, err);
    for (size_t i = 0; sent && i < count; i++) sent = send_batch(s, batches[i], err);
    if (!sent || !pg_send_flush(&s->writer, err)) return GROUP_BROKEN;
    enum group_end end = take_begin(s, err);
    for (size_t i = 0; end == GROUP_COMMITTED && i < count; i++) {
        bool changed;
        if (take_batch(s, batches[i], &outcomes[i], &changed)) continue;
        if (s->writer.conn == NULL) *err = outcomes[i].err;
        if (s->writer.conn == NULL) return GROUP_BROKEN;
        if (changed || outcomes[i].kind == STORE_FAILED) end = GROUP_MIXED;
    }
    return end;
}

static bool send_marked(struct pg_store *s, const struct store_batch *batch, struct error *err) {
    return pg_send(&s->writer, mark, NULL, err) && send_batch(s, batch, err) && pg_send_sync(&s->writer, err);
}

// Everything up to the mark of the last sync.
static bool drain(struct pg_store *s, struct error *err) {
    const struct pg_library *pq = s->place.pq;
    for (;;) {
        PGresult *result = pg_answer(&s->writer, err);
        if (result == NULL) return false;
        bool end = pq->PQresultStatus(result) == PGRES_PIPELINE_SYNC;
        pq->PQclear(result);
        if (end) return true;
    }
}

// A batch that cannot be made is undone for itself.
static enum group_end apply_alone(struct pg_store *s, struct store_batch *const *batches, size_t count, struct store_outcome *outcomes,
                                  struct error *err) {
    enum group_end end = GROUP_COMMITTED;
    if (!send_begin(s, err)) return GROUP_BROKEN;
    for (size_t i = 0; i < count; i++) {
        bool changed;
        if (!send_marked(s, batches[i], err)) return GROUP_BROKEN;
        if (i == 0) end = take_begin(s, err);
        if (end != GROUP_COMMITTED) return end;
        if (!take_answer(s, err)) return failed(s);
        bool made = take_batch(s, batches[i], &outcomes[i], &changed);
        if (s->writer.conn == NULL) *err = outcomes[i].err;
        if (s->writer.conn == NULL || !drain(s, err)) return GROUP_BROKEN;
        bool sent = (made || pg_send(&s->writer, undo, NULL, err)) && pg_send(&s->writer, keep, NULL, err) && pg_send_sync(&s->writer, err);
        if (!sent) return GROUP_BROKEN;
        if ((!made && !take_answer(s, err)) || !take_answer(s, err) || !take_answer(s, err)) return failed(s);
    }
    return end;
}

static void roll_back(struct pg_store *s) {
    if (s->writer.conn == NULL) return;
    bool ok = pg_send_sync(&s->writer, NULL) && drain(s, NULL) && pg_send(&s->writer, undo_all, NULL, NULL) &&
              pg_send_sync(&s->writer, NULL) && drain(s, NULL);
    if (!ok) pg_link_close(&s->writer);
}

// Whether the number of the last transaction is in the writer's row. Its lock is waited for: a transaction that still runs has it.
static bool find_number(struct pg_store *s, enum group_end *ret, struct error *err) {
    static const char sql[] = "SELECT epoch, commits FROM writers WHERE name = $1::text FOR UPDATE";
    struct pg_parameters p = {0};
    struct pg_link *link = &s->writer;
    bool found = false;
    pg_add_text(&p, s->name);
    bool ok = pg_link_open(link, NULL, err) && pg_ask(link, sql, true, &p, err);
    if (ok && (found = pg_row(link, &ok, err))) {
        *ret = pg_number(link, 0) != s->epoch ? GROUP_FENCED : pg_number(link, 1) == s->commits ? GROUP_COMMITTED : GROUP_BROKEN;
    } else if (ok) {
        ok = pg_link_unsound(link, err);
    }
    pg_end(link);
    return ok && found;
}

// Nobody is told anything before it is known. An owner that cannot find out ends as if it were killed: its successor sees what is there.
static enum group_end resolve(struct pg_store *s, struct error *err) {
    int64_t end_ms = mono_now_ms() + RESOLVE_MS;
    enum group_end end = GROUP_FAILED;
    pg_link_close(&s->writer);
    while (!find_number(s, &end, err)) {
        set_trouble(s, err);
        bool lost = is_lost(s), late = mono_now_ms() >= end_ms;
        if (late && s->owner != NULL) pg_owner_lose(s->owner, "a commit is unknown, and the server does not come back");
        if (late || lost) {
            error_prefix(err, "whether it was committed is not known");
            return GROUP_FAILED;
        }
        pause_ms(PAUSE_MS);
    }
    if (end == GROUP_FENCED) error_set(err, ERROR_IO, "%s: another serin has taken the store over", s->place.name);
    return end;
}

static enum group_end end_group(struct pg_store *s, struct error *err) {
    const struct pg_library *pq = s->place.pq;
    bool sent = pg_send(&s->writer, commit, NULL, err) && pg_send_sync(&s->writer, err);
    PGresult *result = sent ? pg_answer(&s->writer, err) : NULL;
    if (result == NULL) return resolve(s, err);
    bool ok = pq->PQresultStatus(result) == PGRES_COMMAND_OK && strcmp(pq->PQcmdStatus(result), "COMMIT") == 0;
    if (!ok) pg_link_failed(&s->writer, result, err);
    pq->PQclear(result);
    if (!ok && s->writer.conn == NULL) return resolve(s, err);
    if (s->writer.conn != NULL && !drain(s, NULL)) pg_link_close(&s->writer);
    return ok ? GROUP_COMMITTED : GROUP_FAILED;
}

typedef enum group_end apply_fn(struct pg_store *s, struct store_batch *const *batches, size_t count, struct store_outcome *outcomes,
                                struct error *err);

static enum group_end commit_group(struct pg_store *s, apply_fn *apply, struct store_batch *const *batches, size_t count,
                                   struct store_outcome *outcomes, struct error *err) {
    if (!await_writer(s, err)) return GROUP_FAILED;
    for (size_t i = 0; i < count; i++) outcomes[i] = (struct store_outcome){0};
    enum group_end end = apply(s, batches, count, outcomes, err);
    if (end == GROUP_COMMITTED) end = end_group(s, err);
    if (end != GROUP_COMMITTED && apply == apply_alone) pg_link_close(&s->writer); // the server rolls back; who knows what is on its way
    if (end != GROUP_COMMITTED) roll_back(s);
    return end;
}

bool pg_commit(struct store_backend *backend, struct store_batch *const *batches, size_t count, struct store_outcome *outcomes) {
    struct pg_store *s = (struct pg_store *)backend;
    struct error err = {0};
    apply_fn *apply = apply_plainly;
    enum group_end end = GROUP_BROKEN;
    for (int tries = 0; tries < TRIES && (end == GROUP_BROKEN || end == GROUP_MIXED); tries++) {
        if (end == GROUP_MIXED) apply = apply_alone;
        end = commit_group(s, apply, batches, count, outcomes, &err);
    }
    bool ok = end == GROUP_COMMITTED;
    if (end == GROUP_FENCED && s->owner != NULL) pg_owner_lose(s->owner, "another serin has taken the store over");
    for (size_t i = 0; end != GROUP_COMMITTED && i < count; i++) outcomes[i] = (struct store_outcome){.kind = STORE_FAILED, .err = err};
    for (size_t i = 0; i < count; i++) ok = ok && outcomes[i].kind != STORE_FAILED;
    set_trouble(s, NULL);
    return ok;
}
