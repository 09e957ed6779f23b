// SPDX-License-Identifier: GPL-3.0-or-later
// What is left of an objective's budget, and for how long.
#ifndef ANALYZER_OBJECTIVE_LEFT_H
#define ANALYZER_OBJECTIVE_LEFT_H

#include "analyzer/objective_eval.h"

// Fills in result->history from the answers to both parts of the history's span, of which `query` asked for one.
void objective_left_history(struct objective_result *result, const struct query *query, const struct answer *marked,
                            const struct answer *total, struct arena *arena);

// Fills in result->left from the counts of the whole service and the history.
void objective_left_tell(struct objective_result *result);

// Seconds until nothing is left at a burn rate of the whole service; infinite: never. Of a rolling period errors leave meanwhile.
double objective_left_lasts(const struct objective_result *result, double burn_rate);

// The burn rate that the rest of a calendar period, or a rolling period from now on, may have with that budget. NaN where not known.
double objective_left_sustainable(const struct objective_result *result, double budget);

#endif
