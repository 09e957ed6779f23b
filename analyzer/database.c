// SPDX-License-Identifier: GPL-3.0-or-later
#include "database.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define BUSY_MS 10000

// WAL keeps readers and the writer apart; FULL syncs it with every commit. The log is cut back to 16 MiB after a checkpoint.
static const char settings[] = "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;"
                               "PRAGMA journal_size_limit=16777216; PRAGMA secure_delete=FAST;";

bool database_failed(const struct database *db, struct error *err) {
    int code = sqlite3_errcode(db->link) & 0xff;
    const char *file = sqlite3_db_filename(db->link, "main"), *path = file != NULL ? file : "store";
    if (code == SQLITE_FULL) return error_set(err, ERROR_IO, "%s: the disk is full; make room, the store goes on by itself", path);
    if (code == SQLITE_BUSY) return error_set(err, ERROR_IO, "%s: another program has held it for %d seconds", path, BUSY_MS / 1000);
    if (code == SQLITE_NOTADB) return error_set(err, ERROR_DATA, "%s: not a store", path);
    if (code == SQLITE_CORRUPT)
        return error_set(err, ERROR_DATA, "%s: damaged (%s); put a backup in its place", path, sqlite3_errmsg(db->link));
    return error_set(err, ERROR_IO, "%s: %s%s%s", path, sqlite3_errmsg(db->link), code == SQLITE_IOERR ? ": " : "",
                     code == SQLITE_IOERR ? strerror(sqlite3_system_errno(db->link)) : "");
}

bool database_unsound(const struct database *db, struct error *err) {
    const char *path = sqlite3_db_filename(db->link, "main");
    return error_set(err, ERROR_DATA, "%s: damaged: a row is not as it must be; put a backup in its place", path);
}

bool database_open(struct database *db, const char *path, bool read_only, struct error *err) {
    *db = (struct database){0};
    int code = sqlite3_open_v2(path, &db->link, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    bool ok = db->link != NULL ? true : error_set(err, ERROR_IO, "%s: out of memory", path);
    if (ok && code != SQLITE_OK) ok = error_set(err, ERROR_IO, "%s: %s", path, strerror(sqlite3_system_errno(db->link)));
    if (ok) {
        sqlite3_busy_timeout(db->link, BUSY_MS);
        sqlite3_db_config(db->link, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        ok = database_run(db, settings, err) && (!read_only || database_run(db, "PRAGMA query_only=ON", err));
    }
    if (!ok) database_close(db);
    return ok;
}

void database_close(struct database *db) {
    for (size_t i = 0; i < db->kept_count; i++) sqlite3_finalize(db->kept[i].statement);
    sqlite3_close(db->link);
    *db = (struct database){0};
}

sqlite3_stmt *database_prepare(struct database *db, const char *sql, struct error *err) {
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db->link, sql, -1, &statement, NULL) != SQLITE_OK) database_failed(db, err);
    return statement;
}

sqlite3_stmt *database_statement(struct database *db, const char *sql, struct error *err) {
    for (size_t i = 0; i < db->kept_count; i++) {
        if (db->kept[i].sql != sql) continue;
        sqlite3_reset(db->kept[i].statement);
        sqlite3_clear_bindings(db->kept[i].statement);
        return db->kept[i].statement;
    }
    sqlite3_stmt *statement = database_prepare(db, sql, err);
    if (statement == NULL) return NULL;
    assert(db->kept_count < DATABASE_STATEMENTS);
    db->kept[db->kept_count].sql = sql;
    db->kept[db->kept_count++].statement = statement;
    return statement;
}

bool database_row(struct database *db, sqlite3_stmt *statement, bool *ok, struct error *err) {
    int code = sqlite3_step(statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE) *ok = database_failed(db, err);
    return code == SQLITE_ROW;
}

bool database_step(struct database *db, sqlite3_stmt *statement, struct error *err) {
    bool ok = true;
    while (database_row(db, statement, &ok, err)) {
    }
    sqlite3_reset(statement);
    return ok;
}

bool database_run(struct database *db, const char *sql, struct error *err) {
    return sqlite3_exec(db->link, sql, NULL, NULL, NULL) == SQLITE_OK || database_failed(db, err);
}

bool database_number(struct database *db, const char *sql, int64_t *ret, struct error *err) {
    sqlite3_stmt *statement = database_prepare(db, sql, err);
    bool ok = statement != NULL;
    if (ok && database_row(db, statement, &ok, err)) *ret = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return ok;
}

// Binding fails only for places that a statement does not have and for texts beyond what a batch takes.
static void bound(int code) {
    assert(code == SQLITE_OK);
    (void)code;
}

void bind_text(sqlite3_stmt *statement, int at, const char *text) {
    bound(sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC));
}

void bind_number(sqlite3_stmt *statement, int at, int64_t number) {
    bound(sqlite3_bind_int64(statement, at, number));
}

void bind_real(sqlite3_stmt *statement, int at, double number) {
    bound(isnan(number) ? sqlite3_bind_null(statement, at) : sqlite3_bind_double(statement, at, number));
}

void bind_bytes(sqlite3_stmt *statement, int at, struct view bytes) {
    bound(sqlite3_bind_blob64(statement, at, bytes.len > 0 ? bytes.ptr : "", bytes.len, SQLITE_STATIC));
}

const char *column_text(sqlite3_stmt *statement, int at) {
    return (const char *)sqlite3_column_text(statement, at);
}

int64_t column_number(sqlite3_stmt *statement, int at) {
    return sqlite3_column_int64(statement, at);
}

double column_real(sqlite3_stmt *statement, int at) {
    return sqlite3_column_type(statement, at) == SQLITE_NULL ? (double)NAN : sqlite3_column_double(statement, at);
}

struct view column_bytes(sqlite3_stmt *statement, int at) {
    const char *bytes = sqlite3_column_blob(statement, at);
    return (struct view){bytes, (size_t)sqlite3_column_bytes(statement, at)};
}
