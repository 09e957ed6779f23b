// SPDX-License-Identifier: GPL-3.0-or-later
// What a release has cost an objective so far, and whether its canary may go on.
#ifndef ANALYZER_OBJECTIVE_RELEASE_H
#define ANALYZER_OBJECTIVE_RELEASE_H

#include "analyzer/objective_eval.h"

// Fills in result->release from the counts of the release's span. Nothing is said when service and canary were not asked for it.
void objective_release_judge(struct objective_result *result, struct arena *arena);

#endif
