// SPDX-License-Identifier: GPL-3.0-or-later
// One reading of a catalog's directory.
#ifndef ANALYZER_CATALOG_READ_H
#define ANALYZER_CATALOG_READ_H

#include "analyzer/catalog.h"

struct catalog_reading {
    struct catalog_view view; // lies in the arena
    struct arena arena;
    char state[65]; // names, sizes and times of all files, digested
};

// Digest of names, sizes and times of the directory's config files. False with err when the directory cannot be read.
bool catalog_read_state(const char *dir, char ret_state[65], struct error *err);

// Reads all files; `before` (which may be NULL) has what broken ones held. The caller finishes the arena, also after a failure.
bool catalog_read(const char *dir, const struct catalog_view *before, int64_t now_ms, struct catalog_reading *ret, struct error *err);

#endif
