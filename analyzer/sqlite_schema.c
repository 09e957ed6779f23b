// SPDX-License-Identifier: GPL-3.0-or-later
#include "sqlite_schema.h"

#include "base/buf.h"

#define APPLICATION_ID 1936028270 // "serin" as far as four bytes go: 0x7365726e

// Long texts are the last columns, so that lists do not have to read them.
static const char version_1[] =
    "CREATE TABLE configs("
    "  id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, text TEXT NOT NULL);"
    "CREATE TABLE analyses("
    "  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, asked_by TEXT, key TEXT, request_sha256 TEXT NOT NULL,"
    "  canary TEXT NOT NULL, config INTEGER NOT NULL REFERENCES configs(id), config_name TEXT, version TEXT, artefact TEXT,"
    "  created_by TEXT, created_ms INTEGER NOT NULL, start_ms INTEGER NOT NULL, horizon_ms INTEGER NOT NULL,"
    "  state INTEGER NOT NULL DEFAULT 0, verdict TEXT, exit_code INTEGER NOT NULL DEFAULT -1, score REAL,"
    "  looks INTEGER NOT NULL DEFAULT 0, finished_ms INTEGER NOT NULL DEFAULT 0, updated_ms INTEGER NOT NULL,"
    "  revision INTEGER NOT NULL DEFAULT 1, request TEXT NOT NULL, look_state TEXT, result TEXT);"
    "CREATE UNIQUE INDEX analyses_key ON analyses(asked_by, key) WHERE key IS NOT NULL;"
    "CREATE INDEX analyses_created ON analyses(created_ms, id);"
    "CREATE INDEX analyses_canary ON analyses(canary, created_ms, id);"
    "CREATE INDEX analyses_open ON analyses(created_ms, id) WHERE state = 0;"
    "CREATE INDEX analyses_config ON analyses(config);"
    "CREATE TABLE looks("
    "  analysis INTEGER NOT NULL REFERENCES analyses(number) ON DELETE CASCADE, number INTEGER NOT NULL, attempt INTEGER NOT NULL,"
    "  at_ms INTEGER NOT NULL, verdict TEXT NOT NULL, document TEXT);"
    "CREATE UNIQUE INDEX looks_number ON looks(analysis, number, attempt);"
    "CREATE TABLE memos("
    "  kind TEXT NOT NULL, key TEXT NOT NULL, json TEXT NOT NULL, at_ms INTEGER NOT NULL, PRIMARY KEY(kind, key)) WITHOUT ROWID;"
    "CREATE TABLE audits("
    "  seq INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL,"
    "  subject TEXT NOT NULL, detail TEXT);";

// Delivered messages keep their body until their analysis is deleted, so that it can be shown.
static const char version_2[] =
    "CREATE TABLE outbox("
    "  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, analysis TEXT, target TEXT NOT NULL, kind TEXT NOT NULL,"
    "  event TEXT NOT NULL, headers TEXT, created_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL, state INTEGER NOT NULL DEFAULT 0,"
    "  attempts INTEGER NOT NULL DEFAULT 0, status INTEGER NOT NULL DEFAULT 0, last_error TEXT, ended_ms INTEGER NOT NULL DEFAULT 0,"
    "  body BLOB NOT NULL);"
    "CREATE INDEX outbox_pending ON outbox(target, seq) WHERE state = 0;"
    "CREATE INDEX outbox_dead ON outbox(seq) WHERE state = 2;"
    "CREATE INDEX outbox_delivered ON outbox(ended_ms) WHERE state = 1;"
    "CREATE INDEX outbox_analysis ON outbox(analysis) WHERE state = 1;";

static const char *const versions[] = {version_1, version_2};

const int sqlite_schema_newest = sizeof versions / sizeof versions[0];

bool sqlite_schema_version(struct database *db, int *ret, struct error *err) {
    int64_t application = 0, version = 0, tables = 0;
    bool ok = database_number(db, "PRAGMA application_id", &application, err) &&
              database_number(db, "PRAGMA user_version", &version, err) &&
              database_number(db, "SELECT count(*) FROM sqlite_schema", &tables, err);
    const char *path = sqlite3_db_filename(db->link, "main");
    if (!ok) return false;
    if (application != APPLICATION_ID && (application != 0 || version != 0 || tables != 0))
        return error_set(err, ERROR_DATA, "%s: a database of something else, not a store of serin", path);
    if (version < 0 || (version == 0) != (tables == 0)) return error_set(err, ERROR_DATA, "%s: damaged: no known schema", path);
    if (version > sqlite_schema_newest)
        return error_set(err, ERROR_USAGE, "%s: written by a newer serin (schema %d, this one knows %d); use that serin, or a backup", path,
                         (int)version, sqlite_schema_newest);
    *ret = (int)version;
    return true;
}

static bool step(struct database *db, int to, struct error *err) {
    struct buf sql;
    buf_init(&sql, 1 << 16);
    buf_printf(&sql, "BEGIN IMMEDIATE; %s PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT;", versions[to - 1], APPLICATION_ID, to);
    bool ok = database_run(db, buf_text(&sql), err) || error_prefix(err, "update to schema %d", to);
    if (!sqlite3_get_autocommit(db->link)) database_run(db, "ROLLBACK", NULL);
    buf_finish(&sql);
    return ok;
}

bool sqlite_schema_migrate(struct database *db, int version, struct error *err) {
    int at;
    bool ok = sqlite_schema_version(db, &at, err);
    while (ok && at < version) ok = step(db, ++at, err);
    return ok;
}
