// SPDX-License-Identifier: GPL-3.0-or-later
// One connection to a PostgreSQL server, with the statements it has prepared. Of one thread at a time. Nothing here waits longer than
// answer_ms for the server; a link that did, or was broken, is closed, and opened again when it is next needed.
#ifndef ANALYZER_PG_LINK_H
#define ANALYZER_PG_LINK_H

#include <stdint.h>

#include "base/view.h"
#include "pg_place.h"

#define PG_STATEMENTS 48         // most that are kept prepared
#define PG_PARAMETERS 20         // most of a statement
#define PG_ANSWER_MS 40000       // longer than the server may take for a statement
#define PG_STATEMENT_MS 30000    // that the server may take for a statement
#define PG_LOCK_MS 10000         // that a statement may wait for another transaction
#define PG_CONNECT_S 5

struct pg_link {
    const struct pg_place *place;
    PGconn *conn; // NULL: not connected
    PGresult *row; // in hand, or NULL
    int answer_ms; // most to wait for the next part of an answer; PG_ANSWER_MS unless it is changed
    bool pipelined;
    bool rows_left; // of the query under way
    const char *kept[PG_STATEMENTS];
    size_t kept_count;
    int failed;        // attempts to connect, since the last good one
    int64_t retry_ms;  // monotonic; not before it
    uint64_t seed;     // of the backoff
    struct error last; // why the last attempt failed
};

void pg_link_init(struct pg_link *link, const struct pg_place *place);
void pg_link_close(struct pg_link *link); // may be opened again; fine with zeroes

// Connects where it is not, or the server has closed it meanwhile. After attempts that failed it waits longer and longer before the next:
// until then it fails at once, as the last one did. *ret_new (may be NULL) tells that it is a new connection.
bool pg_link_open(struct pg_link *link, bool *ret_new, struct error *err);

// What the result, or with NULL the connection, failed of; a broken connection is closed. Returns false.
bool pg_link_failed(struct pg_link *link, const PGresult *result, struct error *err);

// Tells that a row is not as the schema has it. Returns false.
bool pg_link_unsound(const struct pg_link *link, struct error *err);

struct pg_parameters { // zeroes: none. Texts and bytes stay the caller's until they are sent
    int count;
    const char *values[PG_PARAMETERS];
    int lengths[PG_PARAMETERS], formats[PG_PARAMETERS];
    char digits[PG_PARAMETERS][32];
};

void pg_add_text(struct pg_parameters *p, const char *text); // NULL: NULL
void pg_add_number(struct pg_parameters *p, int64_t number);
void pg_add_real(struct pg_parameters *p, double number); // NaN: NULL
void pg_add_bytes(struct pg_parameters *p, struct view bytes);

// Asks; rows come one at a time, and pg_end() is to be called in any case. The text lives as long as the program, and is prepared once,
// unless `once`. p may be NULL.
bool pg_ask(struct pg_link *link, const char *sql, bool once, const struct pg_parameters *p, struct error *err);
bool pg_row(struct pg_link *link, bool *ok, struct error *err); // as database_row()
void pg_end(struct pg_link *link);                              // gives up the rows that are left; fine after errors

bool pg_run(struct pg_link *link, const char *sql, struct error *err); // several statements without rows or parameters
bool pg_ask_number(struct pg_link *link, const char *sql, int64_t *ret, struct error *err); // of one row, one column

// Columns of the row in hand; texts are valid until the next one.
const char *pg_text(const struct pg_link *link, int at); // NULL for NULL
int64_t pg_number(const struct pg_link *link, int at);   // 0 for NULL
double pg_real(const struct pg_link *link, int at);      // NaN for NULL
struct view pg_bytes(const struct pg_link *link, int at, struct arena *arena); // a copy

// Pipelines: everything is sent before the first answer is awaited. Once in it, a link does nothing else.
bool pg_pipeline(struct pg_link *link, struct error *err);
bool pg_prepare(struct pg_link *link, const char *sql, struct error *err); // before it is in a pipeline
bool pg_send(struct pg_link *link, const char *sql, const struct pg_parameters *p, struct error *err); // one that is prepared
bool pg_send_flush(struct pg_link *link, struct error *err); // answers so far are wanted now
bool pg_send_sync(struct pg_link *link, struct error *err);  // the end of what an error makes the server skip

// The next answer, or PGRES_PIPELINE_SYNC; the caller clears it. NULL with err when the connection broke, and only then.
PGresult *pg_answer(struct pg_link *link, struct error *err);

#endif
