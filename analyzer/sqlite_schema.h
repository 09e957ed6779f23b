// SPDX-License-Identifier: GPL-3.0-or-later
// The tables of a SQLite store, as steps from each version to the next. A released step is never changed.
#ifndef ANALYZER_SQLITE_SCHEMA_H
#define ANALYZER_SQLITE_SCHEMA_H

#include "database.h"

extern const int sqlite_schema_newest;

// Reads the version of a file; 0: it is empty. ERROR_DATA for a file that is no store, ERROR_USAGE for one of a newer serin.
bool sqlite_schema_version(struct database *db, int *ret, struct error *err);

// Upgrades the file to `version`, each step in a transaction of its own. No other process may use the store.
bool sqlite_schema_migrate(struct database *db, int version, struct error *err);

#endif
