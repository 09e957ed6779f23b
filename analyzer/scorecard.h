// SPDX-License-Identifier: GPL-3.0-or-later
// From classifications to score and verdict, for the judges serin and threshold. The score is the share of weight that passes,
// of the weight that could be judged; a required metric that fails fails the canary, whatever the score.
#ifndef ANALYZER_SCORECARD_H
#define ANALYZER_SCORECARD_H

#include "analyzer/verdict.h"

// Fills in the weight, the points and the role of every metric, the groups, the score, the verdict and its reasons.
// A group's weight is divided evenly over its metrics, a metric's over its label combinations. The points add up to the score.
void scorecard_make(const struct canary_config *config, struct verdict *verdict, struct arena *arena);

#endif
