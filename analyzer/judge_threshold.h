// SPDX-License-Identifier: GPL-3.0-or-later
// Limits: a sample lies within one or not. Metrics of kind threshold are judged here whoever judges the others; the judge
// threshold is for configs that have no others.
#ifndef ANALYZER_JUDGE_THRESHOLD_H
#define ANALYZER_JUDGE_THRESHOLD_H

#include "analyzer/verdict.h"

extern const struct judge judge_threshold;

// Classifies the canary's samples of ret->samples: high or low when more lie outside than are allowed, in all or in a row.
void threshold_classify(const struct metric_config *metric, struct arena *arena, struct metric_result *ret);

#endif
