// SPDX-License-Identifier: GPL-3.0-or-later
// The tables of a store in PostgreSQL, all in the schema "serin" of the database, as steps from one version to the next. A step that was
// released is never changed.
#ifndef ANALYZER_PG_SCHEMA_H
#define ANALYZER_PG_SCHEMA_H

#include "pg_link.h"

extern const int pg_schema_newest;

// The version a database has; 0: it has nothing of a store. ERROR_DATA for a schema of something else, ERROR_USAGE for one of a newer
// serin.
bool pg_schema_version(struct pg_link *link, int *ret, struct error *err);

// Brings it from the version it has to the newest, each step in a transaction of its own. By its owner only.
bool pg_schema_migrate(struct pg_link *link, struct error *err);

#endif
