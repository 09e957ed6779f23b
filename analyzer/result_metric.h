// SPDX-License-Identifier: GPL-3.0-or-later
// One metric of the result document.
#ifndef ANALYZER_RESULT_METRIC_H
#define ANALYZER_RESULT_METRIC_H

#include <jansson.h>

#include "analyzer/verdict.h"
#include "result_nodes.h"

json_t *result_metric(struct result_nodes *nodes, const struct plan *plan, const struct metric_result *metric);

#endif
