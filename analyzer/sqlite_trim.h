// SPDX-License-Identifier: GPL-3.0-or-later
// Retention, one step at a time: a step deletes so few rows that those who wait for the writer do not notice.
#ifndef ANALYZER_SQLITE_TRIM_H
#define ANALYZER_SQLITE_TRIM_H

#include "database.h"
#include "store_changes.h"

bool sqlite_trim(struct database *db, const struct change_trim *trim, struct error *err); // inside a transaction

#endif
