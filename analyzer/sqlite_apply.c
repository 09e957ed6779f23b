// SPDX-License-Identifier: GPL-3.0-or-later
#include "sqlite_apply.h"

#include <stdio.h>

#include "sqlite_trim.h"

typedef bool apply_fn(struct database *db, const struct change *change, struct store_outcome *outcome);

// Runs a statement whose first columns are id, state and revision of an analysis, and fills these in. False when there is no row.
static bool find(struct database *db, sqlite3_stmt *statement, struct store_outcome *outcome) {
    bool ok = true, found = database_row(db, statement, &ok, &outcome->err);
    if (!ok) outcome->kind = STORE_FAILED;
    if (found) {
        const char *id = column_text(statement, 0);
        snprintf(outcome->id, sizeof outcome->id, "%s", id != NULL ? id : "");
        outcome->state = column_number(statement, 1) == STORE_OPEN   ? STORE_OPEN
                         : column_number(statement, 1) == STORE_DONE ? STORE_DONE
                                                                     : STORE_CANCELLED;
        outcome->revision = column_number(statement, 2);
        if (sqlite3_column_count(statement) > 3) outcome->same_request = column_number(statement, 3) != 0;
    }
    sqlite3_reset(statement);
    return found;
}

static bool no_statement(struct store_outcome *outcome) {
    outcome->kind = STORE_FAILED;
    return false;
}

static bool step(struct database *db, sqlite3_stmt *statement, struct store_outcome *outcome) {
    return database_step(db, statement, &outcome->err) || no_statement(outcome);
}

static bool unknown(struct store_outcome *outcome, const char *what, const char *id) {
    outcome->kind = STORE_UNKNOWN;
    snprintf(outcome->id, sizeof outcome->id, "%s", id);
    return error_set(&outcome->err, ERROR_USAGE, "%s: no such %s", id, what);
}

static bool find_id(struct database *db, const char *id, struct store_outcome *outcome) {
    static const char sql[] = "SELECT id, state, revision FROM analyses WHERE id = ?1";
    sqlite3_stmt *statement = database_statement(db, sql, &outcome->err);
    if (statement == NULL) return no_statement(outcome);
    bind_text(statement, 1, id);
    return find(db, statement, outcome);
}

static bool find_key(struct database *db, const struct store_analysis *a, struct store_outcome *outcome) {
    static const char sql[] = "SELECT id, state, revision, request_sha256 = ?3 FROM analyses WHERE asked_by = ?1 AND key = ?2";
    if (a->key == NULL) return false;
    sqlite3_stmt *statement = database_statement(db, sql, &outcome->err);
    if (statement == NULL) return no_statement(outcome);
    bind_text(statement, 1, a->asked_by);
    bind_text(statement, 2, a->key);
    bind_text(statement, 3, a->request_sha256);
    return find(db, statement, outcome);
}

static bool is_new(struct database *db, const struct store_analysis *a, struct store_outcome *outcome) {
    if (!find_key(db, a, outcome)) return outcome->kind == STORE_COMMITTED;
    outcome->kind = STORE_DUPLICATE;
    return error_set(&outcome->err, ERROR_USAGE, "the idempotency key belongs to analysis %s%s", outcome->id,
                     outcome->same_request ? "" : ", which was asked for something else");
}

static bool find_config(struct database *db, const char *sha256, int64_t *ret_id, struct store_outcome *outcome) {
    static const char sql[] = "SELECT id FROM configs WHERE sha256 = ?1";
    bool ok = true;
    sqlite3_stmt *statement = database_statement(db, sql, &outcome->err);
    if (statement == NULL) return no_statement(outcome);
    bind_text(statement, 1, sha256);
    bool found = database_row(db, statement, &ok, &outcome->err);
    if (found) *ret_id = column_number(statement, 0);
    if (!ok) outcome->kind = STORE_FAILED;
    sqlite3_reset(statement);
    return found;
}

// Looks before it inserts: most configs are there already, and their texts are long.
static bool add_config(struct database *db, const struct store_analysis *a, int64_t *ret_id, struct store_outcome *outcome) {
    static const char sql[] = "INSERT INTO configs(sha256, text) VALUES(?1, ?2)";
    if (find_config(db, a->config_sha256, ret_id, outcome)) return true;
    if (outcome->kind != STORE_COMMITTED) return false;
    if (a->config == NULL) return unknown(outcome, "config", a->config_sha256);
    sqlite3_stmt *statement = database_statement(db, sql, &outcome->err);
    if (statement == NULL) return no_statement(outcome);
    bind_text(statement, 1, a->config_sha256);
    bind_text(statement, 2, a->config);
    if (!step(db, statement, outcome)) return false;
    *ret_id = sqlite3_last_insert_rowid(db->link);
    return true;
}

static bool insert_analysis(struct database *db, const struct store_analysis *a, int64_t config, struct store_outcome *outcome) {
    static const char sql[] =
        "INSERT INTO analyses(id, asked_by, key, request_sha256, canary, config_name, version, artefact, created_by, created_ms,"
        "  start_ms, horizon_ms, updated_ms, request, look_state, config)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?10, ?13, ?14, ?15) ON CONFLICT(id) DO NOTHING";
    const char *texts[] = {a->id,          a->asked_by, a->key,      a->request_sha256, a->canary,
                           a->config_name, a->version,  a->artefact, a->created_by};
    sqlite3_stmt *statement = database_statement(db, sql, &outcome->err);
    if (statement == NULL) return no_statement(outcome);
    for (int i = 0; i < 9; i++) bind_text(statement, i + 1, texts[i]);
    bind_number(statement, 10, a->created_ms);
    bind_number(statement, 11, a->start_ms);
    bind_number(statement, 12, a->horizon_ms);
    bind_text(statement, 13, a->request);
    bind_text(statement, 14, a->look_state);
    bind_number(statement, 15, config);
    return step(db, statement, outcome);
}

static bool add_analysis(struct database *db, const struct change *change, struct store_outcome *outcome) {
    const struct store_analysis *a = &change->of.analysis;
    int64_t config = 0;
    if (!is_new(db, a, outcome) || !add_config(db, a, &config, outcome) || !insert_analysis(db, a, config, outcome)) return false;
    outcome->revision = 1;
    if (sqlite3_changes(db->link) == 1) return true;
    find_id(db, a->id, outcome);
    outcome->kind = STORE_CONFLICT;
    return error_set(&outcome->err, ERROR_USAGE, "%s: there is an analysis with that id", a->id);
}

// Sets the reason why a change of an analysis found no row to change.
static bool not_as_seen(struct database *db, const char *id, struct store_outcome *outcome) {
    if (!find_id(db, id, outcome)) return outcome->kind != STORE_COMMITTED ? false : unknown(outcome, "analysis", id);
    outcome->kind = STORE_CONFLICT;
    if (outcome->state != STORE_OPEN)
        return error_set(&outcome->err, ERROR_USAGE, "%s: the analysis is %s already", id, store_state_name(outcome->state));
    return error_set(&outcome->err, ERROR_USAGE, "%s: the analysis was changed meanwhile", id);
}

static bool change_analysis(struct database *db, const struct change *change, struct store_outcome *outcome) {
    static const char sql[] =
        "UPDATE analyses SET state = ?2, looks = max(looks, ?3), look_state = coalesce(?4, look_state), verdict = coalesce(?5, verdict),"
        "  result = coalesce(?6, result), exit_code = ?7, score = ?8, updated_ms = ?9, finished_ms = iif(?2 = 0, 0, ?9),"
        "  revision = revision + 1"
        " WHERE id = ?1 AND state = 0 AND (?10 = 0 OR revision = ?10) RETURNING id, state, revision";
    const struct store_change *c = &change->of.change;
    sqlite3_stmt *statement = database_statement(db, sql, &outcome->err);
    if (statement == NULL) return no_statement(outcome);
    bind_text(statement, 1, c->id);
    bind_number(statement, 2, c->state);
    bind_number(statement, 3, (int64_t)c->looks);
    bind_text(statement, 4, c->look_state);
    bind_text(statement, 5, c->verdict);
    bind_text(statement, 6, c->result);
    bind_number(statement, 7, c->exit_code);
    bind_real(statement, 8, c->score);
    bind_number(statement, 9, c->at_ms);
    bind_number(statement, 10, c->revision);
    if (find(db, statement, outcome)) return true;
    return outcome->kind == STORE_COMMITTED ? not_as_seen(db, c->id, outcome) : false;
}

static bool add_look(struct database *db, const struct change *change, struct store_outcome *outcome) {
    static const char sql[] = "INSERT INTO looks(analysis, number, attempt, at_ms, verdict, document)"
                              " SELECT number, ?2, ?3, ?4, ?5, ?6 FROM analyses WHERE id = ?1 ON CONFLICT DO NOTHING";
    const struct store_look *l = &change->of.look;
    struct store_outcome there = {0};
    sqlite3_stmt *statement = database_statement(db, sql, &outcome->err);
    if (statement == NULL) return no_statement(outcome);
    bind_text(statement, 1, l->analysis);
    bind_number(statement, 2, l->number);
    bind_number(statement, 3, l->attempt);
    bind_number(statement, 4, l->at_ms);
    bind_text(statement, 5, l->verdict);
    bind_text(statement, 6, l->document);
    if (!step(db, statement, outcome)) return false;
    if (sqlite3_changes(db->link) == 1) return true;
    if (!find_id(db, l->analysis, &there) && there.kind == STORE_COMMITTED) return unknown(outcome, "analysis", l->analysis);
    *outcome = there;
    if (there.kind != STORE_COMMITTED) return false;
    outcome->kind = STORE_CONFLICT;
    return error_set(&outcome->err, ERROR_USAGE, "%s: look %lld, attempt %lld is there", l->analysis, (long long)l->number,
                     (long long)l->attempt);
}

static bool add_message(struct database *db, const struct change *change, struct store_outcome *outcome) {
    static const char sql[] = "INSERT INTO outbox(id, analysis, target, kind, event, headers, created_ms, due_ms, body)"
                              " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING";
    const struct store_message *m = &change->of.message;
    const char *texts[] = {m->id, m->analysis, m->target, m->kind, m->event, m->headers};
    sqlite3_stmt *statement = database_statement(db, sql, &outcome->err);
    if (statement == NULL) return no_statement(outcome);
    for (int i = 0; i < 6; i++) bind_text(statement, i + 1, texts[i]);
    bind_number(statement, 7, m->created_ms);
    bind_number(statement, 8, m->due_ms);
    bind_bytes(statement, 9, m->body);
    if (!step(db, statement, outcome)) return false;
    if (sqlite3_changes(db->link) == 1) return true;
    outcome->kind = STORE_CONFLICT;
    return error_set(&outcome->err, ERROR_USAGE, "%s: there is a message with that id", m->id);
}

// Sets the reason why an attempt found no pending message.
static bool not_pending(struct database *db, int64_t seq, struct store_outcome *outcome) {
    static const char sql[] = "SELECT id FROM outbox WHERE seq = ?1";
    sqlite3_stmt *statement = database_statement(db, sql, &outcome->err);
    bool ok = true;
    if (statement == NULL) return no_statement(outcome);
    bind_number(statement, 1, seq);
    bool found = database_row(db, statement, &ok, &outcome->err);
    outcome->kind = !ok ? STORE_FAILED : found ? STORE_CONFLICT : STORE_UNKNOWN;
    if (ok) error_set(&outcome->err, ERROR_USAGE, "message %lld: %s", (long long)seq, found ? "not pending any more" : "no such message");
    sqlite3_reset(statement);
    return false;
}

static bool attempt(struct database *db, const struct change *change, struct store_outcome *outcome) {
    static const char sql[] = "UPDATE outbox SET state = ?2, attempts = attempts + 1, status = ?3, last_error = ?4,"
                              "  due_ms = iif(?2 = 0, ?5, due_ms), ended_ms = iif(?2 = 0, 0, ?6) WHERE seq = ?1 AND state = 0";
    const struct store_attempt *a = &change->of.attempt;
    sqlite3_stmt *statement = database_statement(db, sql, &outcome->err);
    if (statement == NULL) return no_statement(outcome);
    bind_number(statement, 1, a->seq);
    bind_number(statement, 2, a->state);
    bind_number(statement, 3, a->status);
    bind_text(statement, 4, a->error);
    bind_number(statement, 5, a->due_ms);
    bind_number(statement, 6, a->at_ms);
    if (!step(db, statement, outcome)) return false;
    return sqlite3_changes(db->link) == 1 || not_pending(db, a->seq, outcome);
}

static bool replay(struct database *db, const struct change *change, struct store_outcome *outcome) {
    static const char sql[] = "UPDATE outbox INDEXED BY outbox_dead SET state = 0, attempts = 0, ended_ms = 0, due_ms = ?2 WHERE state = 2 "
                              "AND (?1 IS NULL OR id = ?1)";
    const struct change_replay *r = &change->of.replay;
    sqlite3_stmt *statement = database_statement(db, sql, &outcome->err);
    if (statement == NULL) return no_statement(outcome);
    bind_text(statement, 1, r->id);
    bind_number(statement, 2, r->due_ms);
    if (!step(db, statement, outcome)) return false;
    return r->id == NULL || sqlite3_changes(db->link) == 1 || unknown(outcome, "dead message", r->id);
}

static bool set_memo(struct database *db, const struct change *change, struct store_outcome *outcome) {
    static const char set[] = "INSERT INTO memos(kind, key, json, at_ms) VALUES(?1, ?2, ?3, ?4)"
                              " ON CONFLICT(kind, key) DO UPDATE SET json = ?3, at_ms = ?4";
    static const char forget[] = "DELETE FROM memos WHERE kind = ?1 AND key = ?2";
    const struct change_memo *m = &change->of.memo;
    sqlite3_stmt *statement = database_statement(db, m->json != NULL ? set : forget, &outcome->err);
    if (statement == NULL) return no_statement(outcome);
    bind_text(statement, 1, m->kind);
    bind_text(statement, 2, m->key);
    if (m->json != NULL) bind_text(statement, 3, m->json);
    if (m->json != NULL) bind_number(statement, 4, m->at_ms);
    return step(db, statement, outcome);
}

static bool add_audit(struct database *db, const struct change *change, struct store_outcome *outcome) {
    static const char sql[] = "INSERT INTO audits(at_ms, who, action, subject, detail) VALUES(?1, ?2, ?3, ?4, ?5)";
    const struct store_audit *a = &change->of.audit;
    sqlite3_stmt *statement = database_statement(db, sql, &outcome->err);
    if (statement == NULL) return no_statement(outcome);
    bind_number(statement, 1, a->at_ms);
    bind_text(statement, 2, a->who);
    bind_text(statement, 3, a->action);
    bind_text(statement, 4, a->subject);
    bind_text(statement, 5, a->detail);
    return step(db, statement, outcome);
}

static bool trim(struct database *db, const struct change *change, struct store_outcome *outcome) {
    return sqlite_trim(db, &change->of.trim, &outcome->err) || no_statement(outcome);
}

bool sqlite_apply(struct database *db, const struct store_batch *batch, struct store_outcome *outcome) {
    static apply_fn *const apply[CHANGE_KINDS] = {
        [CHANGE_ADD_ANALYSIS] = add_analysis,
        [CHANGE_ANALYSIS] = change_analysis,
        [CHANGE_ADD_LOOK] = add_look,
        [CHANGE_ADD_MESSAGE] = add_message,
        [CHANGE_ATTEMPT] = attempt,
        [CHANGE_REPLAY] = replay,
        [CHANGE_MEMO] = set_memo,
        [CHANGE_ADD_AUDIT] = add_audit,
        [CHANGE_TRIM] = trim,
    };
    for (size_t i = 0; i < batch->count; i++) {
        if (!apply[batch->items[i].kind](db, &batch->items[i], outcome)) return false;
    }
    return true;
}
