// SPDX-License-Identifier: GPL-3.0-or-later
// One metric of the result document.
#ifndef ANALYZER_RESULT_METRIC_H
#define ANALYZER_RESULT_METRIC_H

#include <jansson.h>

#include "analyzer/verdict.h"

json_t *result_metric(const struct plan *plan, const struct metric_result *metric);

#endif
