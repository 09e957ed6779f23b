// SPDX-License-Identifier: GPL-3.0-or-later
// Walks two columns together in ascending order, one group of equal values at a time.
#ifndef STATS_POOLED_H
#define STATS_POOLED_H

#include "stats/column.h"

struct pooled { // begin with {x, y, 0, 0}
    struct column x, y;
    size_t x_seen, y_seen; // values passed so far
};

struct pooled_group {
    size_t x, y; // how many of each side; never both 0
};

// False at the end.
bool pooled_next(struct pooled *pooled, struct pooled_group *ret);

#endif
