// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers as people read them: at most three significant digits, with their unit. Full precision is in the JSON.
#ifndef EXPORTERS_TEXT_VALUE_H
#define EXPORTERS_TEXT_VALUE_H

#include <stdbool.h>

#include "base/arena.h"

// "0.21%" for ratio, "212ms" for s, "1.5MiB" for bytes, "14.2k" for "" and NULL; another unit is put behind the number.
// `sign` puts a plus in front of what is not negative and makes ratios percentage points ("+1.13pp").
const char *text_value(struct arena *arena, double value, const char *unit, bool sign, bool ascii);

// As text_value, for a mark on an axis whose marks are `step` apart: as many digits as tell neighbours apart, no sign for 0.
const char *text_tick(struct arena *arena, double value, double step, const char *unit, bool sign);

// A chance, to two digits; what has no double any more is "<1e-300".
const char *text_p(struct arena *arena, double p);

// "+37%" up to double, "x6.4" beyond; a ratio of ratios is always "x1.02". "-" when there is no meaningful ratio.
const char *text_change(struct arena *arena, double ratio, const char *unit);

// A score, cut and never rounded to one decimal: 84.96 must not read as the 85 it missed.
const char *text_score(struct arena *arena, double score);

// The shortest text that reads back as the same number, as buf_double() writes it.
const char *text_exact(struct arena *arena, double value);

// A number without unit, at most three significant digits.
const char *text_plain(struct arena *arena, double value);

#endif
