// SPDX-License-Identifier: GPL-3.0-or-later
// FNV-1a, the 64 bit hash of the tables in memory. It is quick and spreads well, but whoever chooses the keys can make them collide: use
// it where a table is bounded. For what outlives the process see digest.h.
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/view.h"

#define HASH_START UINT64_C(14695981039346656037)

// The hash of what was hashed before (HASH_START: nothing) and then of these bytes.
static inline uint64_t hash_bytes(uint64_t hash, const char *bytes, size_t len) {
    for (size_t i = 0; i < len; i++) hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(1099511628211);
    return hash;
}

static inline uint64_t hash_text(const char *text) {
    return hash_bytes(HASH_START, text, strlen(text));
}

#endif
