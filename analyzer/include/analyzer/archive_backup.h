// SPDX-License-Identifier: GPL-3.0-or-later
// A backup of a store and of the evidence of its looks in one file: a tar archive of a copy of the database, made by store_backup(), and of
// the answers to the looks in this copy, as far as they are kept. Unpacked into a folder it is a store that a service can be started on.
#ifndef ANALYZER_ARCHIVE_BACKUP_H
#define ANALYZER_ARCHIVE_BACKUP_H

#include "analyzer/run_archive.h"
#include "analyzer/store.h"

struct archive_backup_counts {
    uint64_t bytes;         // of the file
    uint64_t looks, missing; // looks in the store, and those of them without answers: there was no room for them, or they were deleted
};

// Writes the file, whole or not at all, while the store is in use; a file of that name is replaced. `where` is the store's address; the
// entries of the archive are named after it. `archive` is NULL when no answers were ever kept. While it works it needs room for the
// database twice.
bool archive_backup(struct store *store, const char *where, struct run_archive *archive, const char *path,
                    struct archive_backup_counts *ret, struct error *err);

// Counts the looks of a store, and those without answers. `bytes` is what the archive takes.
bool archive_backup_count(struct store *store, struct run_archive *archive, struct archive_backup_counts *ret, struct error *err);

#endif
