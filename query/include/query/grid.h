// SPDX-License-Identifier: GPL-3.0-or-later
// Equal steps of time that both sides of a comparison are laid on: step k is (start + k * step, start + (k + 1) * step]. The sides may
// begin at different times (an earlier baseline), but share length and number of steps; pairs are made by index.
#ifndef QUERY_GRID_H
#define QUERY_GRID_H

#include <stddef.h>
#include <stdint.h>

struct grid {
    int64_t start_ms, step_ms; // step_ms over 0
    size_t steps;
};

// The step that holds a time; `steps` when none does. Any time will do.
static inline size_t grid_step(const struct grid *grid, int64_t time_ms) {
    if (time_ms <= grid->start_ms) return grid->steps;
    uint64_t step = ((uint64_t)time_ms - (uint64_t)grid->start_ms - 1) / (uint64_t)grid->step_ms;
    return step < grid->steps ? (size_t)step : grid->steps;
}

#endif
