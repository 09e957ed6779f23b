// SPDX-License-Identifier: GPL-3.0-or-later
// When the looks of a watch are due: every interval of the window, the last one at its end.
#ifndef ANALYZER_LOOK_SCHEDULE_H
#define ANALYZER_LOOK_SCHEDULE_H

#include "analyzer/look_levels.h"
#include "analyzer/plan.h"

struct look_schedule {
    int64_t start_ms, step_ms; // of the data, after the warm-up
    size_t steps;              // of the whole window
    size_t first, every;       // steps of the first look, and from look to look
    size_t planned;
};

// The window begins at start_ms, rounded up to a step; the warm-up is left out. False with err (ERROR_CONFIG) when the config holds
// no window for that, or more than 500 looks. `once`: one look, at the end.
bool look_schedule_make(const struct canary_config *config, int64_t start_ms, bool once, struct look_schedule *ret, struct error *err);

size_t look_schedule_steps(const struct look_schedule *schedule, size_t number); // at a look, counted from 1
int64_t look_schedule_end_ms(const struct look_schedule *schedule, size_t number);
int64_t look_schedule_horizon_ms(const struct look_schedule *schedule);

#endif
