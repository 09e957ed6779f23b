// SPDX-License-Identifier: GPL-3.0-or-later
// The looks in a store, by the names of their evidence.
#ifndef ANALYZER_STORED_LOOKS_H
#define ANALYZER_STORED_LOOKS_H

#include "analyzer/run_archive.h"
#include "analyzer/store.h"

// The names are valid during the call. False with err to stop.
typedef bool stored_looks_fn(void *user, const char *id, char (*names)[RUN_ARCHIVE_NAME], size_t count, struct error *err);

// Calls `each` for every analysis, or every one in a state unless that is NULL. False with err also when the store cannot be read.
bool stored_looks_each(struct store *store, const enum store_state *state, stored_looks_fn *each, void *user, struct error *err);

#endif
