// SPDX-License-Identifier: GPL-3.0-or-later
// One step of deleting what is older, in PostgreSQL.
#ifndef ANALYZER_PG_TRIM_H
#define ANALYZER_PG_TRIM_H

#include "pg_link.h"
#include "store_changes.h"

bool pg_trim_prepare(struct pg_link *link, struct error *err);
bool pg_trim_send(struct pg_link *link, const struct change_trim *trim, struct error *err);

// The answer's row: what went of analyses, messages and other rows; whether there is more; where the canaries end.
void pg_trim_answer(struct pg_link *link, const struct change_trim *trim, const PGresult *result);

#endif
