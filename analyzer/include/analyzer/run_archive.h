// SPDX-License-Identifier: GPL-3.0-or-later
// The evidence of a service: a folder that keeps the answers its looks judged, so that each verdict can be recomputed. An analysis has a
// folder of its own, named by its id, in which run.tar holds config and options and look-01.tar the answers to the first look, each as
// entries of a tar archive without its end: put together they are the recorded run that `serin replay` judges again.
//
// It is no part of the store, but written before the store is told of a look: a look that the store knows has its answers here, unless
// there was no room for them or they were deleted since. What is written here is not synced, and its absence changes nothing but that numbers
// cannot be recomputed.
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

// "look-02", or "look-02-3" for the third attempt: how the answers to a look are named, here and in every recorded run.
void run_archive_look_name(size_t number, size_t attempt, char ret[RUN_ARCHIVE_NAME]);

// The path of a store's database by its address ("sqlite:PATH" or a path), and of the folder of its evidence, which lies beside it.
const char *run_archive_store_path(const char *where);
const char *run_archive_folder(struct arena *arena, const char *where);

#define RUN_ARCHIVE_SPARE (UINT64_C(64) << 20)

// Makes the folder, readable by its owner alone, when it is not there. It takes at most most_bytes of the disk, and nothing once less than
// spare_bytes of it are free: a store on the same disk needs these. NULL with err when it cannot be used.
struct run_archive *run_archive_open(const char *dir, uint64_t most_bytes, uint64_t spare_bytes, struct error *err);
bool run_archive_is_empty(const char *folder); // there is none, or nothing was kept in it
void run_archive_close(struct run_archive *archive); // fine with NULL

// The rest is for any thread. `id` is one of the store's, `name` a plain word.

bool run_archive_holds(struct run_archive *archive, const char *id, const char *name);

// Keeps entries under a name, in place of what it had. False with err when the disk or the archive (ERROR_LIMIT) is full.
bool run_archive_keep(struct run_archive *archive, const char *id, const char *name, struct view entries, struct error *err);

void run_archive_drop(struct run_archive *archive, const char *id, const char *name); // fine when it is not there

// Deletes what is there of an analysis but for run.tar and the looks of these names, which are only read; with none of them everything. Returns how many files
// that were.
size_t run_archive_prune(struct run_archive *archive, const char *id, char (*names)[RUN_ARCHIVE_NAME], size_t count);

// Deletes what is older than age_ms (0: nothing is) and, once the archive is nearly full, the oldest analyses until a quarter of it is
// free. To be called now and then: every second while looks are taken.
void run_archive_trim(struct run_archive *archive, int64_t age_ms, int64_t now_ms);

// Appends all entries of the analysis, or those of run.tar and of one look by its name (`only`, else NULL). *ret_found is false when
// there is no look. False with err when they cannot be read, or are more than the buffer takes (ERROR_LIMIT).
bool run_archive_read(struct run_archive *archive, const char *id, const char *only, struct buf *out, bool *ret_found, struct error *err);

// One file, by its name; *ret_found is false when it is not there. False with err when it cannot be read, or is larger than `limit`.
bool run_archive_piece(struct run_archive *archive, const char *id, const char *name, size_t limit, struct arena *arena,
                       struct view *ret_piece, bool *ret_found, struct error *err);

struct run_archive_counts {
    uint64_t bytes; // on the disk
    uint64_t looks; // whose answers are kept
};

void run_archive_counts(struct run_archive *archive, struct run_archive_counts *ret);

#endif
