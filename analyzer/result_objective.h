// SPDX-License-Identifier: GPL-3.0-or-later
// The objectives of a result document, and the queries that were asked for them. What is not known is null.
#ifndef ANALYZER_RESULT_OBJECTIVE_H
#define ANALYZER_RESULT_OBJECTIVE_H

#include <jansson.h>

#include "analyzer/objective_eval.h"

json_t *result_objectives(const struct objective_results *results); // a list; the caller releases it

// One entry per query of the plan, with what became of its answer.
json_t *result_objective_queries(const struct objective_plan *plan, const struct answer *const *answers);

#endif
