// SPDX-License-Identifier: GPL-3.0-or-later
// The judge serin: evidence per metric, one level over all of them, three answers. A pass is evidence of no harm.
#ifndef ANALYZER_JUDGE_SERIN_H
#define ANALYZER_JUDGE_SERIN_H

#include "analyzer/verdict.h"

extern const struct judge judge_serin;

// The evidence of a metric that both sides have values of, and a histogram at least two buckets. The arena holds scratch only.
void judge_serin_evidence(const struct metric_config *metric, const struct step_columns *columns, const struct evidence_settings *settings,
                          struct arena *scratch, struct evidence *ret);

#endif
