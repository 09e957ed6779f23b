// SPDX-License-Identifier: GPL-3.0-or-later
// "Did you mean": the known word nearest to a misspelt one.
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

#include "base/view.h"

// The word with the smallest edit distance (insert, delete, replace, swap of neighbours), the first one among equals;
// NULL when none is near enough to be meant (distance over 2, or 2 and over a third of the length).
const char *nearest_word(struct view text, const char *const *words, size_t count);

#endif
