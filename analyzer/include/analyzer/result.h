// SPDX-License-Identifier: GPL-3.0-or-later
// The result document, schema "serin.result/1": the one thing every output is rendered from. Keys always come in the same
// order; numbers that are not finite are the strings "NaN", "+Inf" and "-Inf".
#ifndef ANALYZER_RESULT_H
#define ANALYZER_RESULT_H

#include <jansson.h>

#include "analyzer/verdict.h"

struct source_facts;
struct objective_results; // objective_eval.h

struct result_input {
    const struct plan *plan;
    const struct verdict *verdict;
    const struct answer *const *answers; // one per planned query
    const struct source_facts *sources;  // one per source of the config
    const struct objective_results *objectives;       // NULL or empty: none were judged
    const struct answer *const *objective_answers;    // one per query of the plan's objectives
};

json_t *result_build(const struct result_input *input); // the caller releases it

#endif
