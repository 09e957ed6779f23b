// SPDX-License-Identifier: GPL-3.0-or-later
// External checks of a gate: the answer of a query at one moment, held against a rule.
#ifndef ANALYZER_GATE_CHECK_H
#define ANALYZER_GATE_CHECK_H

#include "analyzer/gate_config.h"
#include "gate_items.h"

// The query with its placeholders replaced; ${scope} is the canary's. Lives in the arena.
bool gate_check_query(const struct canary_config *config, const struct gate_check *check, struct arena *arena, const char **ret,
                      struct error *err);

// The query as it is sent at a time.
struct query gate_check_plan(const struct gate_check *check, const char *text, int64_t at_ms);

// Adds one item. An answer that is not good is an error; no value, or one that is no number, cannot be told: never a pass.
void gate_check_judge(const struct gate_check *check, const struct answer *answer, int64_t at_ms, struct gate_items *items);

#endif
