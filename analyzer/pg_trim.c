// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg_trim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEP_ROWS 50      // analyses, messages, ... that one step deletes
#define STEP_CHANGES 1000 // looks that go with them
#define STEP_CANARIES 20  // that one step looks at

// Deletes the analyses of "doomed"; they take their looks with them by their reference.
#define DELETE_DOOMED                                                                                                                      \
    " memo AS (INSERT INTO memos(kind, key, json, at_ms) SELECT '" STORE_FORGOTTEN "', id, '{}', finished_ms FROM analyses"                \
    "   WHERE number IN (SELECT number FROM doomed) ON CONFLICT(kind, key) DO UPDATE SET at_ms = excluded.at_ms),"                         \
    " told AS (DELETE FROM outbox WHERE state = 1 AND analysis IN (SELECT id FROM doomed) RETURNING 1),"                                   \
    " gone AS (DELETE FROM analyses WHERE number IN (SELECT number FROM doomed) RETURNING 1)"

// Of an analysis, which is read again when its message is sent: until then it stays.
#define NOTHING_TO_SEND " AND NOT EXISTS (SELECT 1 FROM outbox AS o WHERE o.analysis = analyses.id AND o.state = 0)"

// All have the same parameters and columns: a time or a number, how many rows, how many more, the canary before.
static const char old[] =
    "WITH olds AS (SELECT number, id, looks, created_ms FROM analyses WHERE created_ms < $1::bigint AND state <> 0 AND finished_ms < "
    "$1::bigint" NOTHING_TO_SEND "   ORDER BY created_ms, id LIMIT $2::bigint),"
    " doomed AS (SELECT number, id FROM (SELECT number, id, sum(looks) OVER (ORDER BY created_ms, id) - looks AS before FROM olds) AS s"
    "   WHERE before < $3::bigint)," DELETE_DOOMED " SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM told), 0,"
    "   (SELECT count(*) FROM olds) = $2::bigint OR (SELECT count(*) FROM doomed) < (SELECT count(*) FROM olds), $4::text";

// Of the next canaries by name those analyses that are too many. Where not all of a canary fit into the step, it comes again.
static const char many[] =
    "WITH RECURSIVE names(name, number) AS ("
    "   (SELECT canary, 1 FROM analyses WHERE canary > $4::text COLLATE \"C\" ORDER BY canary LIMIT 1)"
    "   UNION ALL SELECT n.canary, names.number + 1 FROM names, LATERAL (SELECT canary FROM analyses WHERE canary > names.name"
    "     ORDER BY canary LIMIT 1) AS n WHERE names.number < $3::bigint),"
    " extra AS (SELECT names.name, e.number, e.id FROM names, LATERAL (SELECT number, id FROM analyses WHERE canary = names.name"
    "     AND state <> 0" NOTHING_TO_SEND " ORDER BY created_ms DESC, id DESC LIMIT $2::bigint OFFSET $1::bigint) AS e),"
    " doomed AS (SELECT name, number, id FROM extra ORDER BY name LIMIT $2::bigint)," DELETE_DOOMED
    " SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM told), 0,"
    "   (SELECT count(*) FROM doomed) = $2::bigint OR (SELECT count(*) FROM names) = $3::bigint,"
    "   CASE WHEN (SELECT count(*) FROM doomed) = $2::bigint"
    "     THEN coalesce((SELECT max(name) FROM names WHERE name < (SELECT max(name) FROM doomed)), $4::text)"
    "     ELSE coalesce((SELECT max(name) FROM names), $4::text) END";

#define DELETED(column) " SELECT 0, " column ", (SELECT count(*) FROM gone) = $2::bigint AND $3::bigint > 0, $4::text"

// Messages whose analysis stays are kept as long as it.
static const char delivered[] =
    "WITH gone AS (DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox AS o WHERE state = 1 AND ended_ms < $1::bigint"
    "   AND NOT EXISTS (SELECT 1 FROM analyses WHERE id = o.analysis) LIMIT $2::bigint) RETURNING 1)" DELETED(
        "(SELECT count(*) FROM gone), 0");
static const char dead[] = "WITH gone AS (DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox WHERE state = 2 AND ended_ms < $1::bigint"
                           "   LIMIT $2::bigint) RETURNING 1)" DELETED("(SELECT count(*) FROM gone), 0");

// Rows come in the order of time, or nearly so: the oldest that is too young ends it.
static const char audits[] = "WITH gone AS (DELETE FROM audits WHERE at_ms < $1::bigint AND seq IN (SELECT seq FROM audits ORDER BY seq"
                             "   LIMIT $2::bigint) RETURNING 1)" DELETED("0, (SELECT count(*) FROM gone)");
static const char configs[] =
    "WITH gone AS (DELETE FROM configs WHERE id IN (SELECT id FROM configs AS c WHERE $1::bigint IS NOT NULL"
    "   AND NOT EXISTS (SELECT 1 FROM analyses WHERE config = c.id) LIMIT $2::bigint) RETURNING 1)" DELETED("0, 0");
static const char nothing[] = "SELECT 0, 0, 0, $1::bigint + $2::bigint + $3::bigint IS NULL, $4::text";

static const char *const statements[] = {
    [TRIM_OLD] = old,       [TRIM_MANY] = many,       [TRIM_DELIVERED] = delivered, [TRIM_DEAD] = dead,
    [TRIM_AUDITS] = audits, [TRIM_CONFIGS] = configs, [TRIM_OVER] = nothing,
};

bool pg_trim_prepare(struct pg_link *link, struct error *err) {
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof statements / sizeof statements[0]; i++) ok = pg_prepare(link, statements[i], err);
    return ok;
}

static bool is_wanted(const struct store_retention *keep, enum trim_phase phase) {
    switch (phase) {
    case TRIM_OLD:
    case TRIM_DELIVERED:
        return keep->finished_ms > 0;
    case TRIM_MANY:
        return keep->per_canary > 0;
    case TRIM_DEAD:
        return keep->dead_ms > 0;
    case TRIM_AUDITS:
        return keep->audit_ms > 0;
    case TRIM_CONFIGS:
        return keep->finished_ms > 0 || keep->per_canary > 0;
    case TRIM_OVER:
        break;
    }
    return true;
}

static int64_t bound_of(const struct change_trim *trim, enum trim_phase phase) {
    const struct store_retention *keep = &trim->retention;
    int64_t age = phase == TRIM_DEAD ? keep->dead_ms : phase == TRIM_AUDITS ? keep->audit_ms : keep->finished_ms;
    return phase == TRIM_MANY ? (int64_t)keep->per_canary : trim->now_ms - age;
}

bool pg_trim_send(struct pg_link *link, const struct change_trim *trim, struct error *err) {
    struct pg_parameters p = {0};
    *trim->after = trim->before;
    enum trim_phase *phase = &trim->after->phase;
    while (!is_wanted(&trim->retention, *phase)) (*phase)++;
    pg_add_number(&p, bound_of(trim, *phase));
    pg_add_number(&p, STEP_ROWS);
    pg_add_number(&p, *phase == TRIM_MANY ? STEP_CANARIES : STEP_CHANGES);
    pg_add_text(&p, trim->after->canary);
    return pg_send(link, statements[*phase], &p, err);
}

void pg_trim_answer(struct pg_link *link, const struct change_trim *trim, const PGresult *result) {
    const struct pg_library *pq = link->place->pq;
    struct trim_progress *at = trim->after;
    at->trimmed.analyses += strtoll(pq->PQgetvalue(result, 0, 0), NULL, 10);
    at->trimmed.messages += strtoll(pq->PQgetvalue(result, 0, 1), NULL, 10);
    at->trimmed.audits += strtoll(pq->PQgetvalue(result, 0, 2), NULL, 10);
    snprintf(at->canary, sizeof at->canary, "%s", pq->PQgetvalue(result, 0, 4));
    bool more = strcmp(pq->PQgetvalue(result, 0, 3), "t") == 0;
    if (!more && at->phase < TRIM_OVER) at->phase++;
}
