// SPDX-License-Identifier: GPL-3.0-or-later
// The steps of an analysis, for those that take them several times.
#ifndef ANALYZER_ANALYSIS_LOOK_H
#define ANALYZER_ANALYSIS_LOOK_H

#include "analyzer/analysis.h"
#include "plan_answers.h"

// Reads the config, which lives in the arena. NULL with err (ERROR_CONFIG) when findings went to `findings` that forbid its use.
struct canary_config *analysis_config(struct view text, const char *file, const struct config_overrides *overrides, struct arena *arena,
                                      struct findings *findings, struct error *err);

// Sends the queries of the plan to sources that are open and judges the answers. Of the options those of fetching are used.
// Result and errors as of analysis_run().
json_t *analysis_look(const struct plan *plan, struct plan_answers *answers, const struct analysis_options *options, struct arena *arena,
                      struct error *err);

// The document of answers that were fetched.
json_t *analysis_judge(const struct plan *plan, const struct plan_answers *answers, struct arena *arena, struct error *err);

#endif
