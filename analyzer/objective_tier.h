// SPDX-License-Identifier: GPL-3.0-or-later
// Which burn rate tiers of an objective fire, and what that is worth where there is little traffic.
#ifndef ANALYZER_OBJECTIVE_TIER_H
#define ANALYZER_OBJECTIVE_TIER_H

#include "analyzer/objective_eval.h"

// Fills in result->tiers from the counts of the whole service.
void objective_tiers_decide(struct objective_result *result, struct arena *arena);

#endif
