// SPDX-License-Identifier: GPL-3.0-or-later
// Analyses that are started again and again. Time is cut into slots of the schedule's period, counted from 1970, and each slot starts one
// analysis. Its idempotency key names the slot, so that a restart does not start a second one. Slots that passed while no service ran
// are left out.
#ifndef API_SCHEDULE_H
#define API_SCHEDULE_H

#include "api/service.h"
#include "serve/serve_config.h"

struct schedule_state {
    int64_t slot; // the last one that was started; 0: none
};

// Starts the analysis of the present slot, unless that was done.
void schedule_run(const struct service *service, const struct serve_schedule *schedule, struct schedule_state *state, int64_t now_ms);

#endif
