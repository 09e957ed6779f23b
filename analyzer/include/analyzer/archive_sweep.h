// SPDX-License-Identifier: GPL-3.0-or-later
// Evidence that no look of a store stands for any more, or yet: an analysis was deleted as it was too old, or a service was killed between
// the answers to a look and its verdict.
#ifndef ANALYZER_ARCHIVE_SWEEP_H
#define ANALYZER_ARCHIVE_SWEEP_H

#include "analyzer/run_archive.h"
#include "analyzer/store.h"

// Deletes what there is of open analyses beside their looks. Before an engine works on them. False with err when the store cannot be read.
bool archive_sweep_open(struct run_archive *archive, struct store *store, size_t *ret_deleted, struct error *err);

// Deletes what there is of analyses that store_trim() has deleted, and its memos of them; with no archive only these. What a store does not
// know for another reason stays: it may be the store that is not the right one. False with err when the store cannot be read or written.
bool archive_sweep_forgotten(struct run_archive *archive, struct store *store, size_t *ret_deleted, struct error *err);

#endif
