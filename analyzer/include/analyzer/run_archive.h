// SPDX-License-Identifier: GPL-3.0-or-later
// The evidence of a service: a folder with the servers' answers that its looks were judged by, so that each verdict can be recomputed. Each
// analysis has a folder, named by its id. In it run.tar has the config and the options, look-01.tar the answers to the first look, and so
// on. Each is a tar archive without its end, so that put together they are the recorded run that `serin replay` judges again.
//
// The answers to a look are written before the store is told of the look. So every look in the store has its answers here, unless there was
// no room for them or they were deleted since. Nothing here is synced. When answers are missing their verdict cannot be recomputed; that
// has no other effect.
#ifndef ANALYZER_RUN_ARCHIVE_H
#define ANALYZER_RUN_ARCHIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/view.h"

struct run_archive;

enum { RUN_ARCHIVE_NAME = 32 };

// The name of the answers to a look, here and in every recorded run: "look-02", or "look-02-3" for the third attempt.
void run_archive_look_name(size_t number, size_t attempt, char ret[RUN_ARCHIVE_NAME]);

// For the address of a store, "sqlite:PATH" or a path: the path of its database, and of the folder of its evidence, which lies beside it.
const char *run_archive_store_path(const char *where);
const char *run_archive_folder(struct arena *arena, const char *where);

#define RUN_ARCHIVE_SPARE (UINT64_C(64) << 20)

// Makes the folder when it does not exist, readable by its owner alone. The archive takes at most most_bytes, and takes nothing more while
// less than spare_bytes of the disk are free: a store on the same disk needs these. NULL with err when the folder cannot be used.
struct run_archive *run_archive_open(const char *dir, uint64_t most_bytes, uint64_t spare_bytes, struct error *err);
bool run_archive_is_empty(const char *folder); // there is none, or nothing was kept in it
void run_archive_close(struct run_archive *archive); // fine with NULL

// The functions below are for any thread. `id` is of an analysis, `name` "run" or the name of a look.

bool run_archive_holds(struct run_archive *archive, const char *id, const char *name);

// Keeps entries of a tar archive under a name, in place of what was there. False with err when the disk or the archive (ERROR_LIMIT) is
// full.
bool run_archive_keep(struct run_archive *archive, const char *id, const char *name, struct view entries, struct error *err);

void run_archive_drop(struct run_archive *archive, const char *id, const char *name); // fine when it is not there

// Deletes the looks of an analysis except those of these names, which are only read; without names deletes run.tar too. Returns how many
// files were deleted.
size_t run_archive_prune(struct run_archive *archive, const char *id, char (*names)[RUN_ARCHIVE_NAME], size_t count);

// Deletes what is older than age_ms (0: no age limit) and, once the archive is nearly full, the oldest analyses until a quarter of it is
// free. To be called every second while looks are taken.
void run_archive_trim(struct run_archive *archive, int64_t age_ms, int64_t now_ms);

// Appends the entries of the analysis: of run.tar and of all looks, or of run.tar and the look named by `only`. *ret_found is false when
// there is no look. False with err when they cannot be read, or are more than the buffer takes (ERROR_LIMIT).
bool run_archive_read(struct run_archive *archive, const char *id, const char *only, struct buf *out, bool *ret_found, struct error *err);

// Reads one file into the arena; *ret_found is false when it is not there. False with err when it cannot be read, or is larger than
// `limit`.
bool run_archive_piece(struct run_archive *archive, const char *id, const char *name, size_t limit, struct arena *arena,
                       struct view *ret_piece, bool *ret_found, struct error *err);

struct run_archive_counts {
    uint64_t bytes; // on the disk
    uint64_t looks; // whose answers are kept
};

void run_archive_counts(struct run_archive *archive, struct run_archive_counts *ret);

#endif
