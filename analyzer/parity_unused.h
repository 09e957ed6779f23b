// SPDX-License-Identifier: GPL-3.0-or-later
// Which series of the canary scope no query of a config reads: advice on what telemetry could be spared, nothing that is wrong.
#ifndef ANALYZER_PARITY_UNUSED_H
#define ANALYZER_PARITY_UNUSED_H

#include <jansson.h>

#include "analyzer/analysis.h"
#include "plan_answers.h"

// Asks the canary's source, which `answers` holds, for the series of the scope in the plan's window, and sets their names against those
// of metrics, guards and objectives. Fetches, so answers of earlier calls are gone. An object with names, series, unused_names,
// unused_series and at most `most` names, most series first; the caller releases it. NULL with err.
json_t *parity_unused(const struct plan *plan, struct plan_answers *answers, size_t most, const struct analysis_options *options,
                      struct arena *arena, struct error *err);

#endif
