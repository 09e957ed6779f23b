// SPDX-License-Identifier: GPL-3.0-or-later
// How the chance of a false fail is spent over several looks at one window: the level that each look tests at, so that all of them
// together stay within the chance that a single look would have.
#ifndef ANALYZER_LOOK_LEVELS_H
#define ANALYZER_LOOK_LEVELS_H

#include "stats/alpha_spending.h"

#define MOST_LOOKS ((size_t)1000)
#define FIRST_LOOK ((size_t)10) // steps before which the judge serin does not look

struct look_level {
    double alpha; // nominal: the look fails what has a p-value below it
    double spent; // by this look and those before it
    double fresh; // what the look adds to spent, as a share of alpha: all that a statistic may use that is no growing sum
};

// Levels of looks at so many steps each of a window of `steps`; at[] rises and does not pass `steps`. At most MOST_LOOKS.
void look_levels(enum spending_type spending, double alpha, const size_t *at, size_t count, size_t steps, struct look_level *ret);

const char *spending_name(enum spending_type spending); // "obf", "pocock"

#endif
