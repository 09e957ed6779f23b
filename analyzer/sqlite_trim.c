// SPDX-License-Identifier: GPL-3.0-or-later
#include "sqlite_trim.h"

#include <stdio.h>

#define STEP_ROWS 50      // most analyses, messages, ... that one step deletes
#define STEP_CHANGES 1000 // most rows, with the looks and messages that are deleted with them
#define STEP_CANARIES 20  // most canaries that one step looks at

// Of an analysis, which is read again when its message is sent: until then it stays.
#define NOTHING_TO_SEND " AND id NOT IN (SELECT analysis FROM outbox WHERE state = 0 AND analysis IS NOT NULL)"

struct doomed {
    int64_t numbers[STEP_ROWS];
    int count;
};

static bool gather(struct database *db, sqlite3_stmt *statement, struct doomed *doomed, struct error *err) {
    bool ok = true;
    while (doomed->count < STEP_ROWS && database_row(db, statement, &ok, err))
        doomed->numbers[doomed->count++] = column_number(statement, 0);
    sqlite3_reset(statement);
    return ok;
}

static bool delete_of(struct database *db, const char *sql, int64_t number, struct error *err) {
    sqlite3_stmt *statement = database_statement(db, sql, err);
    if (statement == NULL) return false;
    bind_number(statement, 1, number);
    return database_step(db, statement, err);
}

// Deletes analyses; their looks go by foreign key, their delivered messages explicitly. *ret_all is false when it stopped early.
static bool delete_analyses(struct database *db, const struct doomed *doomed, struct store_trimmed *trimmed, bool *ret_all,
                            struct error *err) {
    static const char messages[] = "DELETE FROM outbox WHERE state = 1 AND analysis = (SELECT id FROM analyses WHERE number = ?1)";
    static const char memo[] = "INSERT OR REPLACE INTO memos(kind, key, json, at_ms)"
                               " SELECT '" STORE_FORGOTTEN "', id, '{}', finished_ms FROM analyses WHERE number = ?1";
    static const char analysis[] = "DELETE FROM analyses WHERE number = ?1";
    int64_t before = sqlite3_total_changes64(db->link);
    *ret_all = true;
    for (int i = 0; i < doomed->count; i++) {
        if (sqlite3_total_changes64(db->link) - before > STEP_CHANGES) {
            *ret_all = false;
            return true;
        }
        if (!delete_of(db, messages, doomed->numbers[i], err)) return false;
        trimmed->messages += sqlite3_changes64(db->link);
        if (!delete_of(db, memo, doomed->numbers[i], err)) return false;
        if (!delete_of(db, analysis, doomed->numbers[i], err)) return false;
        trimmed->analyses += sqlite3_changes64(db->link);
    }
    return true;
}

static bool trim_old(struct database *db, const struct change_trim *trim, bool *ret_more, struct error *err) {
    static const char sql[] = "SELECT number FROM analyses WHERE created_ms < ?1 AND state <> 0 AND finished_ms < ?1" NOTHING_TO_SEND
                              " ORDER BY created_ms, id LIMIT ?2";
    struct doomed doomed = {0};
    bool all;
    sqlite3_stmt *statement = database_statement(db, sql, err);
    if (statement == NULL) return false;
    bind_number(statement, 1, trim->now_ms - trim->retention.finished_ms);
    bind_number(statement, 2, STEP_ROWS);
    if (!gather(db, statement, &doomed, err) || !delete_analyses(db, &doomed, &trim->after->trimmed, &all, err)) return false;
    *ret_more = !all || doomed.count == STEP_ROWS;
    return true;
}

static bool next_canary(struct database *db, struct trim_progress *at, bool *ret_found, struct error *err) {
    static const char sql[] = "SELECT min(canary) FROM analyses WHERE canary > ?1";
    bool ok = true;
    *ret_found = false;
    sqlite3_stmt *statement = database_statement(db, sql, err);
    if (statement == NULL) return false;
    bind_text(statement, 1, at->canary);
    if (database_row(db, statement, &ok, err) && column_text(statement, 0) != NULL) {
        char name[sizeof at->canary];
        snprintf(name, sizeof name, "%s", column_text(statement, 0));
        sqlite3_reset(statement);
        snprintf(at->canary, sizeof at->canary, "%s", name);
        *ret_found = true;
    }
    sqlite3_reset(statement);
    return ok;
}

static bool trim_canary(struct database *db, const struct change_trim *trim, const char *canary, bool *ret_all, struct error *err) {
    static const char sql[] = "SELECT number FROM analyses WHERE canary = ?1 AND state <> 0" NOTHING_TO_SEND
                              " ORDER BY created_ms DESC, id DESC LIMIT ?2 OFFSET ?3";
    struct doomed doomed = {0};
    sqlite3_stmt *statement = database_statement(db, sql, err);
    if (statement == NULL) return false;
    bind_text(statement, 1, canary);
    bind_number(statement, 2, STEP_ROWS);
    bind_number(statement, 3, (int64_t)trim->retention.per_canary);
    if (!gather(db, statement, &doomed, err) || !delete_analyses(db, &doomed, &trim->after->trimmed, ret_all, err)) return false;
    *ret_all = *ret_all && doomed.count < STEP_ROWS;
    return true;
}

static bool trim_many(struct database *db, const struct change_trim *trim, bool *ret_more, struct error *err) {
    int64_t before = sqlite3_total_changes64(db->link);
    *ret_more = true;
    for (int i = 0; i < STEP_CANARIES && sqlite3_total_changes64(db->link) - before < STEP_ROWS; i++) {
        struct trim_progress at = *trim->after;
        bool all;
        if (!next_canary(db, &at, ret_more, err)) return false;
        if (!*ret_more) return true;
        if (!trim_canary(db, trim, at.canary, &all, err)) return false;
        if (!all) return true; // the next step goes on with this canary
        snprintf(trim->after->canary, sizeof trim->after->canary, "%s", at.canary);
    }
    return true;
}

static bool trim_rows(struct database *db, const char *sql, int64_t before_ms, int64_t *total, bool *ret_more, struct error *err) {
    sqlite3_stmt *statement = database_statement(db, sql, err);
    if (statement == NULL) return false;
    bind_number(statement, 1, before_ms);
    bind_number(statement, 2, STEP_ROWS);
    if (!database_step(db, statement, err)) return false;
    *total += sqlite3_changes64(db->link);
    *ret_more = sqlite3_changes64(db->link) == STEP_ROWS;
    return true;
}

// A delivered message is kept as long as its analysis.
static bool trim_delivered(struct database *db, const struct change_trim *trim, bool *ret_more, struct error *err) {
    static const char sql[] = "DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox AS o WHERE state = 1 AND ended_ms < ?1"
                              "  AND NOT EXISTS (SELECT 1 FROM analyses WHERE id = o.analysis) LIMIT ?2)";
    return trim_rows(db, sql, trim->now_ms - trim->retention.finished_ms, &trim->after->trimmed.messages, ret_more, err);
}

static bool trim_dead(struct database *db, const struct change_trim *trim, bool *ret_more, struct error *err) {
    static const char sql[] =
        "DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox INDEXED BY outbox_dead WHERE state = 2 AND ended_ms < ?1 LIMIT ?2)";
    return trim_rows(db, sql, trim->now_ms - trim->retention.dead_ms, &trim->after->trimmed.messages, ret_more, err);
}

// Rows are nearly in the order of time, so it ends at the first one that is young enough.
static bool trim_audits(struct database *db, const struct change_trim *trim, bool *ret_more, struct error *err) {
    static const char sql[] = "DELETE FROM audits WHERE at_ms < ?1 AND seq IN (SELECT seq FROM audits ORDER BY seq LIMIT ?2)";
    return trim_rows(db, sql, trim->now_ms - trim->retention.audit_ms, &trim->after->trimmed.audits, ret_more, err);
}

static bool trim_configs(struct database *db, const struct change_trim *trim, bool *ret_more, struct error *err) {
    static const char sql[] = "DELETE FROM configs WHERE id IN (SELECT id FROM configs AS c WHERE ?1 IS NOT NULL"
                              "  AND NOT EXISTS (SELECT 1 FROM analyses WHERE config = c.id) LIMIT ?2)";
    int64_t ignored = 0;
    return trim_rows(db, sql, trim->now_ms, &ignored, ret_more, err);
}

bool sqlite_trim(struct database *db, const struct change_trim *trim, struct error *err) {
    const struct store_retention *keep = &trim->retention;
    const struct {
        bool wanted;
        bool (*trim)(struct database *db, const struct change_trim *trim, bool *ret_more, struct error *err);
    } phases[TRIM_OVER] = {
        [TRIM_OLD] = {keep->finished_ms > 0, trim_old},
        [TRIM_MANY] = {keep->per_canary > 0, trim_many},
        [TRIM_DELIVERED] = {keep->finished_ms > 0, trim_delivered},
        [TRIM_DEAD] = {keep->dead_ms > 0, trim_dead},
        [TRIM_AUDITS] = {keep->audit_ms > 0, trim_audits},
        [TRIM_CONFIGS] = {keep->finished_ms > 0 || keep->per_canary > 0, trim_configs},
    };
    struct trim_progress *at = trim->after;
    *at = trim->before;
    while (at->phase < TRIM_OVER && !phases[at->phase].wanted) at->phase++;
    if (at->phase == TRIM_OVER) return true;
    bool more;
    if (!phases[at->phase].trim(db, trim, &more, err)) return false;
    if (!more) at->phase++;
    return true;
}
