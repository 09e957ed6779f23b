// SPDX-License-Identifier: GPL-3.0-or-later
// Applies the changes of a batch to the tables of a SQLite store.
#ifndef ANALYZER_SQLITE_APPLY_H
#define ANALYZER_SQLITE_APPLY_H

#include "database.h"
#include "store_changes.h"

// Runs inside a transaction. False with the reason in *outcome; the caller must then roll back what it did.
bool sqlite_apply(struct database *db, const struct store_batch *batch, struct store_outcome *outcome);

#endif
