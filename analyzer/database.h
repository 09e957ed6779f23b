// SPDX-License-Identifier: GPL-3.0-or-later
// One connection to a SQLite file, with the statements it has prepared. Of one thread at a time.
#ifndef ANALYZER_DATABASE_H
#define ANALYZER_DATABASE_H

#include <sqlite3.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/view.h"

#include <stdint.h>

#define DATABASE_STATEMENTS 48 // most that are kept prepared

struct database {
    sqlite3 *link; // NULL: not open
    struct {
        const char *sql;
        sqlite3_stmt *statement;
    } kept[DATABASE_STATEMENTS];
    size_t kept_count;
};

// A file that is there; made beforehand where a new one is wanted. Waits up to 10 seconds for locks of other processes.
bool database_open(struct database *db, const char *path, bool read_only, struct error *err);
void database_close(struct database *db); // fine with zeroes

// What the last call on the connection failed of; ERROR_DATA for a damaged file. Returns false.
bool database_failed(const struct database *db, struct error *err);

// The statement of a text that lives as long as the program, prepared once: reset and with nothing bound. NULL with err. Every
// statement that was stepped is to be reset before the transaction ends.
sqlite3_stmt *database_statement(struct database *db, const char *sql, struct error *err);

// Prepares a text that changes from call to call; the caller finalizes it. NULL with err.
sqlite3_stmt *database_prepare(struct database *db, const char *sql, struct error *err);

// Steps to the next row. False at the end, and with *ok false and err when it failed.
bool database_row(struct database *db, sqlite3_stmt *statement, bool *ok, struct error *err);

// Tells that a row is not as the schema has it. Returns false.
bool database_unsound(const struct database *db, struct error *err);

// Runs a statement of which no row is wanted, and resets it.
bool database_step(struct database *db, sqlite3_stmt *statement, struct error *err);

bool database_run(struct database *db, const char *sql, struct error *err); // several statements, nothing kept
bool database_number(struct database *db, const char *sql, int64_t *ret, struct error *err); // of one row, one column

// Binding. Texts and bytes stay the caller's until the statement is reset; NULL binds NULL.
void bind_text(sqlite3_stmt *statement, int at, const char *text);
void bind_number(sqlite3_stmt *statement, int at, int64_t number);
void bind_real(sqlite3_stmt *statement, int at, double number); // NaN binds NULL
void bind_bytes(sqlite3_stmt *statement, int at, struct view bytes);

// Columns; texts and bytes are valid until the next step.
const char *column_text(sqlite3_stmt *statement, int at); // NULL for NULL
int64_t column_number(sqlite3_stmt *statement, int at);
double column_real(sqlite3_stmt *statement, int at); // NaN for NULL
struct view column_bytes(sqlite3_stmt *statement, int at);

#endif
