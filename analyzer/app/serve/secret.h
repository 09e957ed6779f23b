// SPDX-License-Identifier: GPL-3.0-or-later
// Random bytes that nobody can guess, and comparisons whose time gives nothing away.
#ifndef SERVE_SECRET_H
#define SERVE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

// Fills the bytes from the system's random source; aborts when there is none, as a secret must not be guessable.
void secret_random(void *ret_bytes, size_t len);

// Whether the bytes are equal, in a time that depends on `len` alone.
bool secret_same(const void *a, const void *b, size_t len);

#endif
