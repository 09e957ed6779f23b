// SPDX-License-Identifier: GPL-3.0-or-later
// Several files in one: the plain form of tar (ustar, POSIX.1-1988) that every tar reads. Entries may simply be put behind each other,
// so what was appended at different times makes one archive; the end is two empty blocks. Written here because libarchive links
// as an archive only with all its formats, and as a shared library brings libxml2 and ICU to every start of the command.
#ifndef BASE_TAR_H
#define BASE_TAR_H

#include "base/buf.h"
#include "base/error.h"
#include "base/view.h"

#define TAR_NAME_LEN 99 // bytes of a name
#define TAR_MOST_SIZE UINT64_C(077777777777)

// Appends a file of mode 0644. The name is relative and at most TAR_NAME_LEN long.
void tar_add(struct buf *out, const char *name, int64_t time_ms, struct view content);

// The same in two parts, for what is kept from others and may be too large for a buffer: a head with mode 0600, behind which the caller puts
// the content and tar_padding() zero bytes. The size is at most TAR_MOST_SIZE.
void tar_begin(struct buf *out, const char *name, int64_t time_ms, uint64_t size);
size_t tar_padding(uint64_t size);

void tar_add_folder(struct buf *out, const char *name, int64_t time_ms); // of mode 0700

void tar_end(struct buf *out);

struct tar_entry {
    char name[TAR_NAME_LEN + 1];
    struct view content; // borrowed from the archive
};

enum tar_read { TAR_ENTRY, TAR_END, TAR_BROKEN };

// Takes the next file from the front of *rest, passing over folders. TAR_BROKEN with err (ERROR_DATA) for what tar_add() would not have
// written: other kinds of entries, names that are absolute, hold ".." or parts that begin with a dot, wrong sums, a cut end.
enum tar_read tar_next(struct view *rest, struct tar_entry *ret, struct error *err);

#endif
