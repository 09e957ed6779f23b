// SPDX-License-Identifier: GPL-3.0-or-later
// Whole files, bounded.
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/view.h"

// Reads a file of at most `limit` bytes into the arena ("-" is standard input); the text is also NUL-terminated.
bool file_read(const char *path, size_t limit, struct arena *arena, struct view *ret_text, struct error *err);

// Writes a file whole or not at all: a temporary file beside it, then a rename. A device or a pipe is written as it is.
bool file_write(const char *path, struct view text, struct error *err);

// Whether `path` is free to be written: it is not there, or a file other than `kept`. False with err (ERROR_USAGE, ERROR_IO).
bool file_may_replace(const char *path, const char *kept, struct error *err);

// Puts a file that was written beside `path` in its place; what it holds and its name are on the disk then.
bool file_replace(const char *temporary, const char *path, struct error *err);

// Puts text behind what the file holds, which is created when it is not there; a failure may leave a part of it.
bool file_append(const char *path, struct view text, struct error *err);

// Makes a directory and its parents; one that is there already is fine.
bool file_make_dir(const char *path, struct error *err);

#endif
