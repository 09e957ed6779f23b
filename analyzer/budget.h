// SPDX-License-Identifier: GPL-3.0-or-later
// Budgets alone, from config to document: objective_plan, fetch, objective_eval. The document has the schema "serin.budget/1".
#ifndef ANALYZER_BUDGET_H
#define ANALYZER_BUDGET_H

#include "analyzer/analysis.h"

// As analysis_run() with options->budget, for a config that was read.
json_t *budget_run(const struct canary_config *config, struct view text, const struct analysis_options *options, struct arena *arena,
                   struct error *err);

#endif
