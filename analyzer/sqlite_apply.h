// SPDX-License-Identifier: GPL-3.0-or-later
// What a change does to the tables of a store in SQLite.
#ifndef ANALYZER_SQLITE_APPLY_H
#define ANALYZER_SQLITE_APPLY_H

#include "database.h"
#include "store_changes.h"

// Inside a transaction. False with what was in the way in *outcome; then what it did is to be rolled back.
bool sqlite_apply(struct database *db, const struct store_batch *batch, struct store_outcome *outcome);

#endif
