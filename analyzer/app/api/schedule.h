// SPDX-License-Identifier: GPL-3.0-or-later
// Analyses that begin again and again. Time is cut into slots of the schedule's length, counted from 1970; each slot begins one analysis,
// known by its key, so that a restart begins no second one. Slots that passed while the service was down are not made up for.
#ifndef API_SCHEDULE_H
#define API_SCHEDULE_H

#include "api/service.h"
#include "serve/serve_config.h"

struct schedule_state {
    int64_t slot; // that was begun last; zeroes: none
};

// Begins the analysis of the slot that it is, unless that was done.
void schedule_run(const struct service *service, const struct serve_schedule *schedule, struct schedule_state *state, int64_t now_ms);

#endif
