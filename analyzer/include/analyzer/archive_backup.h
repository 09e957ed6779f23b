// SPDX-License-Identifier: GPL-3.0-or-later
// A store with the evidence of its looks in one file: a tar archive of the database, as store_backup() copies it, and of the answers to
// the looks that this copy has. Unpacked into a folder it is a store that can be served, as there is nothing in it that the copy does not
// know, and nothing is missing that was there when it was made.
#ifndef ANALYZER_ARCHIVE_BACKUP_H
#define ANALYZER_ARCHIVE_BACKUP_H

#include "analyzer/run_archive.h"
#include "analyzer/store.h"

struct archive_backup_counts {
    uint64_t bytes;         // of the file
    uint64_t looks, missing; // that the store has; of them without answers: there was no room for them, or they were deleted by age
};

// Writes the file whole or not at all, while the store is in use; a file of that name is replaced. `where` is the store's address, which
// also names what is in the archive. The archive may be NULL: no answers were ever kept. On the way it needs room for the database twice.
bool archive_backup(struct store *store, const char *where, struct run_archive *archive, const char *path,
                    struct archive_backup_counts *ret, struct error *err);

// Counts the looks of a store, and those without answers. `bytes` is what the archive takes.
bool archive_backup_count(struct store *store, struct run_archive *archive, struct archive_backup_counts *ret, struct error *err);

#endif
