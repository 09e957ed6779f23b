// SPDX-License-Identifier: GPL-3.0-or-later
// What the judge serin adds to a metric of the result document.
#ifndef ANALYZER_RESULT_EVIDENCE_H
#define ANALYZER_RESULT_EVIDENCE_H

#include <jansson.h>

#include "analyzer/verdict.h"
#include "result_nodes.h"

json_t *result_tolerance(struct result_nodes *nodes, const struct metric_config *metric);

// The battery with every number, its level and what the metric does to it; null without evidence.
json_t *result_evidence(struct result_nodes *nodes, const struct plan *plan, const struct metric_config *metric, const struct metric_result *result);

json_t *result_ranks_shift(struct result_nodes *nodes, const struct plan *plan, const struct metric_result *result); // Hodges-Lehmann with its interval; null without
json_t *result_ranks_effect(struct result_nodes *nodes, const struct metric_result *result);                         // A12; null without
json_t *result_quantiles(struct result_nodes *nodes, const struct metric_config *metric, const struct metric_result *result); // per side; null when not asked for

#endif
