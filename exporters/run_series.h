// SPDX-License-Identifier: GPL-3.0-or-later
// The metrics of one run as series with one sample each: the gauges of the table, as of the end of the window. Counters are left out:
// those of one run are no counters of a server.
#ifndef EXPORTERS_RUN_SERIES_H
#define EXPORTERS_RUN_SERIES_H

#include "analyzer/config.h"
#include "query/series.h"
#include "run_digest.h"

// Adds to the set. `labels` are put on every series that has none of that name.
void run_series(struct run_digest *digest, const struct name_values *labels, struct series_set *set);

// Adds a stale marker for each series of an earlier run that the set does not hold: a server would show its last value on.
void run_series_ended(struct run_digest *earlier, const struct name_values *labels, int64_t time_ms, struct series_set *set);

#endif
