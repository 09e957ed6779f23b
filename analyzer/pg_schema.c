// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg_schema.h"

#include "base/buf.h"

#define WORD "TEXT COLLATE \"C\"" // compared byte by byte: pages and targets have one order whatever the database's language

// Every transaction that writes numbers itself in its writer's row. So who lost the connection while it committed can tell whether it did,
// and an owner that is one no more cannot write: its row has another epoch.
static const char version_1[] =
    "CREATE TABLE writers("
    "  name " WORD " PRIMARY KEY, epoch BIGINT NOT NULL, commits BIGINT NOT NULL, since TIMESTAMPTZ NOT NULL DEFAULT now());"
    "INSERT INTO writers(name, epoch, commits) VALUES('owner', 0, 0);"
    "CREATE TABLE configs("
    "  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sha256 " WORD " NOT NULL UNIQUE, text TEXT NOT NULL);"
    "CREATE TABLE analyses("
    "  number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id " WORD " NOT NULL UNIQUE, asked_by " WORD ", key " WORD ","
    "  request_sha256 " WORD " NOT NULL, canary " WORD " NOT NULL, config BIGINT NOT NULL REFERENCES configs(id), config_name " WORD ","
    "  version " WORD ", artefact TEXT, created_by " WORD ", created_ms BIGINT NOT NULL, start_ms BIGINT NOT NULL,"
    "  horizon_ms BIGINT NOT NULL, state SMALLINT NOT NULL DEFAULT 0, verdict " WORD ", exit_code INTEGER NOT NULL DEFAULT -1,"
    "  score DOUBLE PRECISION, looks BIGINT NOT NULL DEFAULT 0, finished_ms BIGINT NOT NULL DEFAULT 0, updated_ms BIGINT NOT NULL,"
    "  revision BIGINT NOT NULL DEFAULT 1, request TEXT NOT NULL, look_state TEXT, result TEXT);"
    "CREATE UNIQUE INDEX analyses_key ON analyses(asked_by, key) WHERE key IS NOT NULL;"
    "CREATE INDEX analyses_created ON analyses(created_ms, id);"
    "CREATE INDEX analyses_canary ON analyses(canary, created_ms, id);"
    "CREATE INDEX analyses_open ON analyses(created_ms, id) WHERE state = 0;"
    "CREATE INDEX analyses_config ON analyses(config);"
    "CREATE TABLE looks("
    "  analysis BIGINT NOT NULL REFERENCES analyses(number) ON DELETE CASCADE, number BIGINT NOT NULL, attempt BIGINT NOT NULL,"
    "  at_ms BIGINT NOT NULL, verdict " WORD " NOT NULL, document TEXT, PRIMARY KEY(analysis, number, attempt));"
    "CREATE TABLE memos("
    "  kind " WORD " NOT NULL, key " WORD " NOT NULL, json TEXT NOT NULL, at_ms BIGINT NOT NULL, PRIMARY KEY(kind, key));"
    "CREATE TABLE audits("
    "  seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at_ms BIGINT NOT NULL, who " WORD " NOT NULL, action " WORD " NOT NULL,"
    "  subject TEXT NOT NULL, detail TEXT);"
    "CREATE TABLE outbox("
    "  seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id " WORD " NOT NULL UNIQUE, analysis " WORD ", target " WORD " NOT NULL,"
    "  kind " WORD " NOT NULL, event " WORD " NOT NULL, headers TEXT, created_ms BIGINT NOT NULL, due_ms BIGINT NOT NULL,"
    "  state SMALLINT NOT NULL DEFAULT 0, attempts BIGINT NOT NULL DEFAULT 0, status INTEGER NOT NULL DEFAULT 0, last_error TEXT,"
    "  ended_ms BIGINT NOT NULL DEFAULT 0, body BYTEA NOT NULL);"
    "CREATE INDEX outbox_pending ON outbox(target, seq) WHERE state = 0;"
    "CREATE INDEX outbox_dead ON outbox(seq) WHERE state = 2;"
    "CREATE INDEX outbox_delivered ON outbox(ended_ms) WHERE state = 1;"
    "CREATE INDEX outbox_analysis ON outbox(analysis) WHERE state = 1;";

static const char *const versions[] = {version_1};

const int pg_schema_newest = sizeof versions / sizeof versions[0];

bool pg_schema_version(struct pg_link *link, int *ret, struct error *err) {
    const char *name = link->place->name;
    int64_t tables = 0, own = 0, version = 0;
    if (!pg_ask_number(link, "SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace('serin')", &tables, err) ||
        !pg_ask_number(link, "SELECT count(*) FROM pg_class WHERE oid = to_regclass('serin.schema')", &own, err))
        return false;
    if (tables > 0 && own == 0)
        return error_set(err, ERROR_DATA, "%s: its schema \"serin\" is of something else, not a store of serin", name);
    if (own > 0 && !pg_ask_number(link, "SELECT version FROM serin.schema", &version, err)) return false;
    if (version < 0 || (version == 0) != (tables == 0)) return error_set(err, ERROR_DATA, "%s: damaged: no known schema", name);
    if (version > pg_schema_newest)
        return error_set(err, ERROR_USAGE, "%s: written by a newer serin (schema %d, this one knows %d); use that serin, or a backup", name,
                         (int)version, pg_schema_newest);
    *ret = (int)version;
    return true;
}

// Who may not make schemas is given one that is empty.
static bool begin(struct pg_link *link, struct error *err) {
    int64_t there = 0;
    return pg_ask_number(link, "SELECT count(*) FROM pg_namespace WHERE nspname = 'serin'", &there, err) &&
           (there > 0 || pg_run(link, "CREATE SCHEMA serin", err)) &&
           pg_run(link, "CREATE TABLE serin.schema(version INTEGER NOT NULL); INSERT INTO serin.schema VALUES(0)", err);
}

static bool step(struct pg_link *link, int to, struct error *err) {
    struct buf sql;
    buf_init(&sql, 1 << 16);
    buf_printf(&sql, "%s UPDATE serin.schema SET version = %d", versions[to - 1], to);
    bool ok =
        pg_run(link, "BEGIN", err) && (to > 1 || begin(link, err)) && pg_run(link, buf_text(&sql), err) && pg_run(link, "COMMIT", err);
    if (!ok && link->conn != NULL) pg_run(link, "ROLLBACK", NULL);
    buf_finish(&sql);
    return ok || error_prefix(err, "update to schema %d", to);
}

bool pg_schema_migrate(struct pg_link *link, struct error *err) {
    int at;
    bool ok = pg_schema_version(link, &at, err);
    while (ok && at < pg_schema_newest) ok = step(link, ++at, err);
    return ok;
}
