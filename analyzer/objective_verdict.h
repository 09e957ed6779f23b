// SPDX-License-Identifier: GPL-3.0-or-later
// What objectives have to say about a canary's verdict. Only what the canary itself has cost counts: a service that burns for other
// reasons closes the gate of its objective, and is no fault of the canary.
#ifndef ANALYZER_OBJECTIVE_VERDICT_H
#define ANALYZER_OBJECTIVE_VERDICT_H

#include "analyzer/objective_eval.h"
#include "analyzer/verdict.h"

// A canary that an objective fails makes the verdict a failure, unless a guard is broken; one that holds turns a pass or marginal
// into inconclusive. Reasons, what is missing and what to do next follow.
void objective_verdict_join(const struct plan *plan, const struct objective_results *results, struct arena *arena, struct verdict *verdict);

// When a query of an objective failed nothing is judged: *verdict becomes an error, or says more when it is one (`failed`) already.
// Returns whether it is one now.
bool objective_verdict_of_failures(const struct plan *plan, const struct answer *const *answers, bool failed, struct arena *arena,
                                   struct verdict *verdict);

#endif
