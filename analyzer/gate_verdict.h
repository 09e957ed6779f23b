// SPDX-License-Identifier: GPL-3.0-or-later
// The verdict of an analysis as a gate sees it: of this config and artefact, and not too long ago.
#ifndef ANALYZER_GATE_VERDICT_H
#define ANALYZER_GATE_VERDICT_H

#include <jansson.h>

#include "analyzer/gate_config.h"
#include "gate_items.h"

struct gate_verdict_question {
    const struct canary_config *config;
    const json_t *result;     // a document "serin.result/1"; NULL: none was given
    const char *artefact;     // that is to be promoted; NULL: the config names none
    int64_t now_ms, release_start_ms; // the latter 0: not given
};

// The artefact that the config names, with these variables; false when a variable is missing. NULL, and true, where it names none.
bool gate_artefact(const struct canary_config *config, const struct name_values *vars, struct arena *arena, const char **ret,
                   struct error *err);

// Seconds since the judged window ended; NaN without a result that says it.
double gate_verdict_age_s(const struct gate_verdict_question *question);

// Adds the items. Returns whether the verdict is marginal: it holds only with an approval.
bool gate_verdict_judge(const struct gate_verdict_question *question, struct gate_items *items);

#endif
