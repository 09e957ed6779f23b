// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg_apply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pg_trim.h"

// Columns of every answer that tells of an analysis: how many rows were made or changed, and of the one that was there before its id, state
// and revision, which are NULL where there is none.
static const char add_analysis[] =
    "WITH taken AS (SELECT id, state, revision, request_sha256 = $4::text AS same FROM analyses WHERE asked_by = $2::text AND key = "
    "$3::text),"
    " there AS (SELECT id, state, revision, false AS same FROM analyses WHERE id = $1::text),"
    " seen AS (SELECT * FROM taken UNION ALL SELECT * FROM there WHERE NOT EXISTS (SELECT FROM taken)),"
    " new AS (INSERT INTO configs(sha256, text) SELECT $16::text, $17::text WHERE $17::text IS NOT NULL AND NOT EXISTS (SELECT FROM seen)"
    "   ON CONFLICT DO NOTHING RETURNING id),"
    " known AS (SELECT id FROM new UNION ALL SELECT id FROM configs WHERE sha256 = $16::text),"
    " added AS (INSERT INTO analyses(id, asked_by, key, request_sha256, canary, config_name, version, artefact, created_by, created_ms,"
    "     start_ms, horizon_ms, updated_ms, request, look_state, config)"
    "   SELECT $1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::text, $10::bigint, $11::bigint,"
    "     $12::bigint, $13::bigint, $14::text, $15::text, known.id FROM known WHERE NOT EXISTS (SELECT FROM seen) RETURNING 1)"
    " SELECT (SELECT count(*) FROM added), seen.id, seen.state, seen.revision, seen.same, EXISTS (SELECT FROM taken)"
    "   FROM (VALUES(1)) AS one LEFT JOIN seen ON true";

static const char change_analysis[] =
    "WITH changed AS (UPDATE analyses SET state = $2::smallint, looks = greatest(looks, $3::bigint),"
    "     look_state = coalesce($4::text, look_state), verdict = coalesce($5::text, verdict), result = coalesce($6::text, result),"
    "     exit_code = $7::integer, score = $8::double precision, updated_ms = $9::bigint,"
    "     finished_ms = CASE WHEN $2::smallint = 0 THEN 0 ELSE $9::bigint END, revision = revision + 1"
    "   WHERE id = $1::text AND state = 0 AND ($10::bigint = 0 OR revision = $10::bigint) RETURNING id, state, revision)"
    " SELECT (SELECT count(*) FROM changed), a.id, coalesce(c.state, a.state), coalesce(c.revision, a.revision)"
    "   FROM (VALUES(1)) AS one LEFT JOIN analyses AS a ON a.id = $1::text LEFT JOIN changed AS c ON true";

static const char add_look[] =
    "WITH seen AS (SELECT number, id, state, revision FROM analyses WHERE id = $1::text),"
    " added AS (INSERT INTO looks(analysis, number, attempt, at_ms, verdict, document)"
    "   SELECT number, $2::bigint, $3::bigint, $4::bigint, $5::text, $6::text FROM seen ON CONFLICT DO NOTHING RETURNING 1)"
    " SELECT (SELECT count(*) FROM added), seen.id, seen.state, seen.revision FROM (VALUES(1)) AS one LEFT JOIN seen ON true";

static const char add_message[] =
    "WITH added AS (INSERT INTO outbox(id, analysis, target, kind, event, headers, created_ms, due_ms, body)"
    "   VALUES($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::bigint, $8::bigint, $9::bytea) ON CONFLICT DO NOTHING"
    "   RETURNING 1) SELECT count(*) FROM added";

static const char attempt[] =
    "WITH changed AS (UPDATE outbox SET state = $2::smallint, attempts = attempts + 1, status = $3::integer, last_error = $4::text,"
    "     due_ms = CASE WHEN $2::smallint = 0 THEN $5::bigint ELSE due_ms END,"
    "     ended_ms = CASE WHEN $2::smallint = 0 THEN 0 ELSE $6::bigint END WHERE seq = $1::bigint AND state = 0 RETURNING 1)"
    " SELECT (SELECT count(*) FROM changed), (SELECT id FROM outbox WHERE seq = $1::bigint)";

static const char replay[] = "WITH changed AS (UPDATE outbox SET state = 0, attempts = 0, ended_ms = 0, due_ms = $2::bigint"
                             "   WHERE state = 2 AND ($1::text IS NULL OR id = $1::text) RETURNING 1) SELECT count(*) FROM changed";

static const char set_memo[] = "WITH changed AS (INSERT INTO memos(kind, key, json, at_ms) VALUES($1::text, $2::text, $3::text, $4::bigint)"
                               "   ON CONFLICT(kind, key) DO UPDATE SET json = excluded.json, at_ms = excluded.at_ms RETURNING 1)"
                               " SELECT count(*) FROM changed";
static const char forget_memo[] =
    "WITH changed AS (DELETE FROM memos WHERE kind = $1::text AND key = $2::text RETURNING 1) SELECT count(*) FROM changed";
static const char add_audit[] = "WITH added AS (INSERT INTO audits(at_ms, who, action, subject, detail)"
                                "   VALUES($1::bigint, $2::text, $3::text, $4::text, $5::text) RETURNING 1) SELECT count(*) FROM added";

bool pg_apply_prepare(struct pg_link *link, struct error *err) {
    static const char *const statements[] = {add_analysis, change_analysis, add_look,    add_message, attempt,
                                             replay,       set_memo,        forget_memo, add_audit};
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof statements / sizeof statements[0]; i++) ok = pg_prepare(link, statements[i], err);
    return ok && pg_trim_prepare(link, err);
}

// Sending.

static bool send_analysis(struct pg_link *link, const struct store_analysis *a, struct error *err) {
    struct pg_parameters p = {0};
    const char *texts[] = {a->id,          a->asked_by, a->key,      a->request_sha256, a->canary,
                           a->config_name, a->version,  a->artefact, a->created_by};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) pg_add_text(&p, texts[i]);
    pg_add_number(&p, a->created_ms);
    pg_add_number(&p, a->start_ms);
    pg_add_number(&p, a->horizon_ms);
    pg_add_number(&p, a->created_ms);
    pg_add_text(&p, a->request);
    pg_add_text(&p, a->look_state);
    pg_add_text(&p, a->config_sha256);
    pg_add_text(&p, a->config);
    return pg_send(link, add_analysis, &p, err);
}

static bool send_change(struct pg_link *link, const struct store_change *c, struct error *err) {
    struct pg_parameters p = {0};
    pg_add_text(&p, c->id);
    pg_add_number(&p, c->state);
    pg_add_number(&p, (int64_t)c->looks);
    pg_add_text(&p, c->look_state);
    pg_add_text(&p, c->verdict);
    pg_add_text(&p, c->result);
    pg_add_number(&p, c->exit_code);
    pg_add_real(&p, c->score);
    pg_add_number(&p, c->at_ms);
    pg_add_number(&p, c->revision);
    return pg_send(link, change_analysis, &p, err);
}

static bool send_look(struct pg_link *link, const struct store_look *l, struct error *err) {
    struct pg_parameters p = {0};
    pg_add_text(&p, l->analysis);
    pg_add_number(&p, l->number);
    pg_add_number(&p, l->attempt);
    pg_add_number(&p, l->at_ms);
    pg_add_text(&p, l->verdict);
    pg_add_text(&p, l->document);
    return pg_send(link, add_look, &p, err);
}

static bool send_message(struct pg_link *link, const struct store_message *m, struct error *err) {
    struct pg_parameters p = {0};
    const char *texts[] = {m->id, m->analysis, m->target, m->kind, m->event, m->headers};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) pg_add_text(&p, texts[i]);
    pg_add_number(&p, m->created_ms);
    pg_add_number(&p, m->due_ms);
    pg_add_bytes(&p, m->body);
    return pg_send(link, add_message, &p, err);
}

static bool send_attempt(struct pg_link *link, const struct store_attempt *a, struct error *err) {
    struct pg_parameters p = {0};
    pg_add_number(&p, a->seq);
    pg_add_number(&p, a->state);
    pg_add_number(&p, a->status);
    pg_add_text(&p, a->error);
    pg_add_number(&p, a->due_ms);
    pg_add_number(&p, a->at_ms);
    return pg_send(link, attempt, &p, err);
}

static bool send_replay(struct pg_link *link, const struct change_replay *r, struct error *err) {
    struct pg_parameters p = {0};
    pg_add_text(&p, r->id);
    pg_add_number(&p, r->due_ms);
    return pg_send(link, replay, &p, err);
}

static bool send_memo(struct pg_link *link, const struct change_memo *m, struct error *err) {
    struct pg_parameters p = {0};
    pg_add_text(&p, m->kind);
    pg_add_text(&p, m->key);
    if (m->json != NULL) pg_add_text(&p, m->json);
    if (m->json != NULL) pg_add_number(&p, m->at_ms);
    return pg_send(link, m->json != NULL ? set_memo : forget_memo, &p, err);
}

static bool send_audit(struct pg_link *link, const struct store_audit *a, struct error *err) {
    struct pg_parameters p = {0};
    pg_add_number(&p, a->at_ms);
    pg_add_text(&p, a->who);
    pg_add_text(&p, a->action);
    pg_add_text(&p, a->subject);
    pg_add_text(&p, a->detail);
    return pg_send(link, add_audit, &p, err);
}

bool pg_apply_send(struct pg_link *link, const struct change *change, struct error *err) {
    switch (change->kind) {
    case CHANGE_ADD_ANALYSIS:
        return send_analysis(link, &change->of.analysis, err);
    case CHANGE_ANALYSIS:
        return send_change(link, &change->of.change, err);
    case CHANGE_ADD_LOOK:
        return send_look(link, &change->of.look, err);
    case CHANGE_ADD_MESSAGE:
        return send_message(link, &change->of.message, err);
    case CHANGE_ATTEMPT:
        return send_attempt(link, &change->of.attempt, err);
    case CHANGE_REPLAY:
        return send_replay(link, &change->of.replay, err);
    case CHANGE_MEMO:
        return send_memo(link, &change->of.memo, err);
    case CHANGE_ADD_AUDIT:
        return send_audit(link, &change->of.audit, err);
    case CHANGE_TRIM:
        return pg_trim_send(link, &change->of.trim, err);
    case CHANGE_KINDS:
        break;
    }
    return error_set(err, ERROR_USAGE, "a change of no kind");
}

// Answers.

struct answer {
    const struct pg_library *pq;
    const PGresult *result;
    bool made; // or changed
};

static bool is_null(const struct answer *a, int column) {
    return a->pq->PQgetisnull(a->result, 0, column);
}

static int64_t number(const struct answer *a, int column) {
    return strtoll(a->pq->PQgetvalue(a->result, 0, column), NULL, 10);
}

static bool is_true(const struct answer *a, int column) {
    return *a->pq->PQgetvalue(a->result, 0, column) == 't';
}

static bool unknown(struct store_outcome *outcome, const char *what, const char *id) {
    outcome->kind = STORE_UNKNOWN;
    snprintf(outcome->id, sizeof outcome->id, "%s", id);
    return error_set(&outcome->err, ERROR_USAGE, "%s: no such %s", id, what);
}

// Whether an analysis was there before.
static bool see(const struct answer *a, struct store_outcome *outcome) {
    if (is_null(a, 1)) return false;
    snprintf(outcome->id, sizeof outcome->id, "%s", a->pq->PQgetvalue(a->result, 0, 1));
    outcome->state = number(a, 2) == STORE_OPEN ? STORE_OPEN : number(a, 2) == STORE_DONE ? STORE_DONE : STORE_CANCELLED;
    outcome->revision = number(a, 3);
    return true;
}

static bool analysis_added(const struct answer *a, const struct store_analysis *row, struct store_outcome *outcome) {
    if (a->made) outcome->revision = 1;
    if (a->made) return true;
    if (!see(a, outcome)) return unknown(outcome, "config", row->config_sha256);
    if (!is_true(a, 5)) {
        outcome->kind = STORE_CONFLICT;
        return error_set(&outcome->err, ERROR_USAGE, "%s: there is an analysis with that id", row->id);
    }
    outcome->kind = STORE_DUPLICATE;
    outcome->same_request = is_true(a, 4);
    return error_set(&outcome->err, ERROR_USAGE, "the idempotency key belongs to analysis %s%s", outcome->id,
                     outcome->same_request ? "" : ", which was asked for something else");
}

static bool analysis_changed(const struct answer *a, const char *id, struct store_outcome *outcome) {
    bool there = see(a, outcome);
    if (a->made) return true;
    if (!there) return unknown(outcome, "analysis", id);
    outcome->kind = STORE_CONFLICT;
    if (outcome->state != STORE_OPEN)
        return error_set(&outcome->err, ERROR_USAGE, "%s: the analysis is %s already", id, store_state_name(outcome->state));
    return error_set(&outcome->err, ERROR_USAGE, "%s: the analysis was changed meanwhile", id);
}

static bool look_added(const struct answer *a, const struct store_look *l, struct store_outcome *outcome) {
    if (a->made) return true;
    if (!see(a, outcome)) return unknown(outcome, "analysis", l->analysis);
    outcome->kind = STORE_CONFLICT;
    return error_set(&outcome->err, ERROR_USAGE, "%s: look %lld, attempt %lld is there", l->analysis, (long long)l->number,
                     (long long)l->attempt);
}

static bool message_added(const struct answer *a, const struct store_message *m, struct store_outcome *outcome) {
    if (a->made) return true;
    outcome->kind = STORE_CONFLICT;
    return error_set(&outcome->err, ERROR_USAGE, "%s: there is a message with that id", m->id);
}

static bool attempt_made(const struct answer *a, int64_t seq, struct store_outcome *outcome) {
    if (a->made) return true;
    bool found = !is_null(a, 1);
    outcome->kind = found ? STORE_CONFLICT : STORE_UNKNOWN;
    return error_set(&outcome->err, ERROR_USAGE, "message %lld: %s", (long long)seq, found ? "not pending any more" : "no such message");
}

static bool read_answer(const struct answer *a, struct pg_link *link, const struct change *change, struct store_outcome *outcome) {
    switch (change->kind) {
    case CHANGE_ADD_ANALYSIS:
        return analysis_added(a, &change->of.analysis, outcome);
    case CHANGE_ANALYSIS:
        return analysis_changed(a, change->of.change.id, outcome);
    case CHANGE_ADD_LOOK:
        return look_added(a, &change->of.look, outcome);
    case CHANGE_ADD_MESSAGE:
        return message_added(a, &change->of.message, outcome);
    case CHANGE_ATTEMPT:
        return attempt_made(a, change->of.attempt.seq, outcome);
    case CHANGE_REPLAY:
        return change->of.replay.id == NULL || a->made || unknown(outcome, "dead message", change->of.replay.id);
    case CHANGE_TRIM:
        pg_trim_answer(link, &change->of.trim, a->result);
        return true;
    case CHANGE_MEMO:
    case CHANGE_ADD_AUDIT:
    case CHANGE_KINDS:
        break;
    }
    return true;
}

bool pg_apply_answer(struct pg_link *link, const struct change *change, PGresult *result, struct store_outcome *outcome, bool *changed) {
    struct answer a = {.pq = link->place->pq, .result = result};
    if (a.pq->PQresultStatus(result) != PGRES_TUPLES_OK || a.pq->PQntuples(result) != 1) {
        outcome->kind = STORE_FAILED;
        return pg_link_failed(link, result, &outcome->err);
    }
    a.made = number(&a, 0) > 0;
    if (a.made || change->kind == CHANGE_TRIM) *changed = true;
    return read_answer(&a, link, change, outcome);
}
