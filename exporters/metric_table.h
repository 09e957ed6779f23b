// SPDX-License-Identifier: GPL-3.0-or-later
// Every metric that serin exports, once: expositions, documentation, rules and dashboards are made from this table.
#ifndef EXPORTERS_METRIC_TABLE_H
#define EXPORTERS_METRIC_TABLE_H

#include "base/buf.h"
#include "base/view.h"

enum exported_metric {
    EXPORTED_BUILD_INFO,
    EXPORTED_VERDICT,
    EXPORTED_SCORE,
    EXPORTED_SCORE_THRESHOLD,
    EXPORTED_EXIT_CODE,
    EXPORTED_FINAL,
    EXPORTED_START,
    EXPORTED_END,
    EXPORTED_GROUP_SCORE,
    EXPORTED_GROUP_WEIGHT,
    EXPORTED_GUARD,
    EXPORTED_PARITY,
    EXPORTED_PARITY_GAPS,
    EXPORTED_METRICS,
    EXPORTED_METRIC_INFO,
    EXPORTED_METRIC_CLASS,
    EXPORTED_METRIC_FAILING,
    EXPORTED_METRIC_RATIO,
    EXPORTED_METRIC_CHANGE,
    EXPORTED_METRIC_SHIFT,
    EXPORTED_METRIC_EFFECT,
    EXPORTED_METRIC_A12,
    EXPORTED_METRIC_P,
    EXPORTED_METRIC_LEVEL,
    EXPORTED_METRIC_TOLERANCE,
    EXPORTED_METRIC_LIMIT,
    EXPORTED_METRIC_SAMPLES,
    EXPORTED_METRIC_LOCATION,
    EXPORTED_METRIC_SINCE,
    EXPORTED_DETECTION,
    EXPORTED_OBJECTIVE_TARGET,
    EXPORTED_OBJECTIVE_ATTAINMENT,
    EXPORTED_OBJECTIVE_BUDGET,
    EXPORTED_OBJECTIVE_EXHAUSTION,
    EXPORTED_OBJECTIVE_GATE,
    EXPORTED_BURN_RATE,
    EXPORTED_RELEASE_BUDGET,
    EXPORTED_RELEASE_HALT,
    EXPORTED_GATE_OPEN,
    EXPORTED_GATE_WAIT,
    EXPORTED_FREEZE,
    EXPORTED_CHECK,
    EXPORTED_ANALYSES,
    EXPORTED_ANALYSES_OPEN,
    EXPORTED_LOOKS,
    EXPORTED_LOOKS_MISSED,
    EXPORTED_PUBLISH_SECONDS,
    EXPORTED_QUERIES,
    EXPORTED_QUERY_TRIES,
    EXPORTED_QUERY_RETRIES,
    EXPORTED_QUERY_FAILURES,
    EXPORTED_QUERY_THROTTLED,
    EXPORTED_QUERY_REFUSED,
    EXPORTED_QUERY_HEDGED,
    EXPORTED_QUERY_SHARED,
    EXPORTED_RECEIVED,
    EXPORTED_QUERY_DURATION,
    EXPORTED_QUERY_SECONDS,
    EXPORTED_DELIVERIES,
    EXPORTED_DELIVERIES_WAITING,
    EXPORTED_SUPPRESSED,
    EXPORTED_HTTP_REQUESTS,
    EXPORTED_HTTP_REJECTED,
    EXPORTED_HTTP_IN_FLIGHT,
    EXPORTED_STORE_COMMITS,
    EXPORTED_SERIES,
    EXPORTED_SERIES_DROPPED,
    EXPORTED_PROCESS_START,
    EXPORTED_PROCESS_CPU,
    EXPORTED_PROCESS_MEMORY,
    EXPORTED_PROCESS_FILES,
    EXPORTED_PROCESS_MOST_FILES,
    EXPORTED_COUNT,
};

enum { EXPORTED_LABELS = 8 }; // most of a metric

struct exported_metric_row {
    const char *name;
    const char *type; // "gauge", "counter" or "histogram"
    const char *unit; // for readers: "seconds", "ratio", "bytes", ""
    const char *help;
    const char *labels[EXPORTED_LABELS]; // NULL behind the last
};

extern const struct exported_metric_row exported_metrics[EXPORTED_COUNT];

// Its unit when the name ends in it, as formats want where they tell a unit; else "".
const char *metric_table_unit(const struct exported_metric_row *row);

const struct exported_metric_row *metric_table_find(struct view name); // NULL when there is none

// docs/metrics.md.
void metric_table_docs(struct buf *out);

#endif
