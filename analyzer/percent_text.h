// SPDX-License-Identifier: GPL-3.0-or-later
// Per cents in sentences: three digits, and all digits before the point, as a budget may be used up many times over.
#ifndef ANALYZER_PERCENT_TEXT_H
#define ANALYZER_PERCENT_TEXT_H

#include "base/arena.h"

const char *percent_text(struct arena *arena, double percent); // "0.123%", "12345%", "NaN%"; in the arena

#endif
