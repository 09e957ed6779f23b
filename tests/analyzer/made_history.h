// SPDX-License-Identifier: GPL-3.0-or-later
// A history that is made up: a service whose instances wander by an autocorrelated noise.
#ifndef TESTS_ANALYZER_MADE_HISTORY_H
#define TESTS_ANALYZER_MADE_HISTORY_H

#include "analyzer/history.h"
#include "good_config.h"
#include "noise.h"

#define MADE_END_MS INT64_C(1735776000000) // 2025-01-02T00:00:00Z

struct made_history {
    struct read_config r;
    struct history history;
    struct answer *answers; // one per query
    struct noise noise;
};

// Metrics are lines of YAML; windows are 30m long by steps of 30s. `stable`: both sides are the baseline, as calibration has them.
void made_start(struct made_history *made, const char *metrics, int64_t length_ms, bool stable);
void made_finish(struct made_history *made);

struct made_gauge {
    double level, sd, rho; // level * exp(noise)
    int64_t bad_from_ms, bad_to_ms; // times `factor` in between
    double factor;
};

// Adds a series with the labels `label` (NULL: none) and `code` (NULL: none) to a query of the metric; of both sides when it is stable.
struct series *made_series(struct made_history *made, size_t metric, enum query_part part, enum side side, const char *label, const char *value,
                           const char *code);

// One sample every 30 s over the whole time.
void made_gauge(struct made_history *made, size_t metric, enum side side, const char *pod, struct made_gauge gauge);

// Totals under code 200 and 500, and the bad ones under 500: `rate` of `total` requests a step, each bad one counted `burst` times.
void made_counter(struct made_history *made, size_t metric, enum side side, const char *pod, double total, double rate, double burst);

#endif
