// SPDX-License-Identifier: GPL-3.0-or-later
// Telemetry parity of a config by itself: every selector of its metrics is read on both sides, those inside of expressions too, and
// nothing is judged.
#ifndef ANALYZER_PARITY_RUN_H
#define ANALYZER_PARITY_RUN_H

#include <jansson.h>

#include "analyzer/analysis.h"

#define PARITY_MIN 90.0

struct parity_options {
    double min;  // score to reach
    size_t top;  // gaps to list
    bool unused; // also which series of the canary scope the config never reads
};

// Of `options` those of time and fetching are used. Returns a document "serin.parity/1" (the caller releases it), or NULL with err:
// ERROR_CONFIG when there is nothing to compare, ERROR_SOURCE when a query failed, ERROR_CANCELLED when interrupted.
json_t *parity_run(const struct canary_config *config, const struct parity_options *parity, const struct analysis_options *options,
                   struct arena *arena, struct error *err);

#endif
