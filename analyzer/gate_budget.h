// SPDX-License-Identifier: GPL-3.0-or-later
// Error budgets as a gate sees them: what the release has cost, what production has left, and whether it burns.
#ifndef ANALYZER_GATE_BUDGET_H
#define ANALYZER_GATE_BUDGET_H

#include "analyzer/gate_config.h"
#include "analyzer/objective_eval.h"
#include "gate_items.h"

// The config with halt_at in every objective that tells the canary apart and has none of its own; borrows the rest.
const struct canary_config *gate_budget_config(const struct canary_config *config, struct arena *arena);

// Adds the items of all objectives. `released`: the begin of the release is known.
void gate_budget_judge(const struct gate_config *gate, const struct objective_results *results, bool released, struct gate_items *items);

#endif
