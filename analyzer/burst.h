// SPDX-License-Identifier: GPL-3.0-or-later
// The highest short run of a series: how far three quarters of w neighbouring values lie above a level.
#ifndef ANALYZER_BURST_H
#define ANALYZER_BURST_H

#include "base/arena.h"

struct burst {
    double height;   // of the highest run
    double mirrored; // of the deepest, as a positive number; 0 when none lies below
    size_t first;    // where the highest run begins
};

// Steps a run must last in a window of so many: 6 per cent of them, at least 4.
size_t burst_width(size_t steps);

// width from 4 to count; the level is, as a rule, the median of all.
struct burst burst_find(const double *values, size_t count, double level, size_t width, struct arena *arena);

#endif
