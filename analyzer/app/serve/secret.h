// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes nobody can guess, and comparisons that tell nothing by the time they take.
#ifndef SERVE_SECRET_H
#define SERVE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

// Fills the bytes from the system's random source; aborts when there is none, as a secret must not be guessable.
void secret_random(void *ret_bytes, size_t len);

// Whether the bytes are the same, in a time that depends on `len` only.
bool secret_same(const void *a, const void *b, size_t len);

#endif
