// SPDX-License-Identifier: GPL-3.0-or-later
// What a document tells of the looks: the object `looks`.
#ifndef ANALYZER_WATCH_LOOK_H
#define ANALYZER_WATCH_LOOK_H

#include "look_schedule.h"
#include "look_state.h"

// The level that a look would have after those that counted. NaN with a judge that claims none.
struct look_level watch_level(const struct canary_config *config, double chance, const struct look_schedule *schedule,
                              const struct look_state *state, size_t number);

// What the document of a look means for the watch, and whether it ends it.
enum look_outcome watch_outcome(const json_t *result);
bool watch_is_final(const struct look_schedule *schedule, const json_t *result, const struct look_entry *entry);

// Adds `looks` to the document of the state's last entry.
void watch_describe(json_t *result, const struct canary_config *config, const struct look_schedule *schedule, const struct look_state *state);

// "look 3 of 6; 0.04 % of 1 % alpha spent; next at 12:20Z", out of the document.
const char *watch_text(const json_t *result);

#endif
