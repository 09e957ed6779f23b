// SPDX-License-Identifier: GPL-3.0-or-later
// Deletes evidence that belongs to no look in the store: of analyses that were deleted, and of looks whose answers were kept just before
// the service was killed, so that the store was not told of them.
#ifndef ANALYZER_ARCHIVE_SWEEP_H
#define ANALYZER_ARCHIVE_SWEEP_H

#include "analyzer/run_archive.h"
#include "analyzer/store.h"

// For open analyses: deletes the answers to looks that the store does not have. To be called before an engine works on them. False with
// err when the store cannot be read.
bool archive_sweep_open(struct run_archive *archive, struct store *store, size_t *ret_deleted, struct error *err);

// Deletes the evidence of analyses that store_trim() has deleted, and the memos that name them (`archive` NULL: only these). Evidence that
// the store does not know for another reason stays: it may be the wrong store. False with err when the store cannot be read or written.
bool archive_sweep_forgotten(struct run_archive *archive, struct store *store, size_t *ret_deleted, struct error *err);

#endif
