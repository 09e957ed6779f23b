// SPDX-License-Identifier: GPL-3.0-or-later
// A target from history: what the objective would have been, had it been made of the periods that are over.
#ifndef ANALYZER_OBJECTIVE_SUGGEST_H
#define ANALYZER_OBJECTIVE_SUGGEST_H

#include "analyzer/objective_eval.h"

#define OBJECTIVE_SUGGEST_SHARE 0.9 // of periods, in which the target is to be met

// Fills in result->suggestion where the plan asked for past periods.
void objective_suggest(struct objective_result *result, struct arena *arena);

#endif
