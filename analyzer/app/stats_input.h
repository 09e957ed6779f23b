// SPDX-License-Identifier: GPL-3.0-or-later
// Columns of numbers from text that people and programs write: cells parted by commas, tabs or blanks, as the first line
// decides; an optional line of names; lines that begin with #. An empty cell, NaN or NA is a missing value. Commas and tabs let
// short lines leave out their last cells; between blanks every line has as many as the first.
#ifndef APP_STATS_INPUT_H
#define APP_STATS_INPUT_H

#include "base/error.h"
#include "base/view.h"
#include "stats_method.h"

#define MOST_NUMBERS ((size_t)10000000)

// Reads `wanted` (1 or 2) columns into samples: of one file ("-" is standard input), or one from each of two. `columns` names
// them, joined by commas, by their name or number from 1; NULL: the file holds just so many. Values live in the arena, missing
// ones as NaN. An empty file gives empty samples. False with err for text that is not understood, with its place.
bool stats_input_read(const char *const *files, size_t file_count, const char *columns, size_t wanted, struct arena *arena,
                      struct stats_sample *samples, struct error *err);

// One cell as a number, without regard to the locale: a decimal, or nan, na, inf, +inf, -inf in any case. False for others, and
// for decimals beyond the doubles.
bool stats_number_parse(struct view text, double *ret);

#endif
