// SPDX-License-Identifier: GPL-3.0-or-later
// What a change does to the tables of a store in PostgreSQL: one statement each, so that many can be on their way at once, and one row of
// an answer, which says how it went.
#ifndef ANALYZER_PG_APPLY_H
#define ANALYZER_PG_APPLY_H

#include "pg_link.h"
#include "store_changes.h"

bool pg_apply_prepare(struct pg_link *link, struct error *err);

// Sends what one change takes. False with err when the connection broke.
bool pg_apply_send(struct pg_link *link, const struct change *change, struct error *err);

// Reads the answer to it. False with what was in the way in *outcome, and *changed set when it or one before changed something.
bool pg_apply_answer(struct pg_link *link, const struct change *change, PGresult *result, struct store_outcome *outcome, bool *changed);

#endif
