// SPDX-License-Identifier: GPL-3.0-or-later
#include "percent_text.h"

#include <math.h>

#define MOST_PLAIN 1e15 // beyond it the digits say nothing

const char *percent_text(struct arena *arena, double percent) {
    if (isnan(percent)) return "NaN%";
    return arena_printf(arena, fabs(percent) >= 999.5 && fabs(percent) < MOST_PLAIN ? "%.0f%%" : "%.3g%%", percent);
}
