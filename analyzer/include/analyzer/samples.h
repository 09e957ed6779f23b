// SPDX-License-Identifier: GPL-3.0-or-later
// What the judge gets of each metric, cut out of the answers: two columns of values and, for the judge serin, both sides by step.
// A metric split by labels gives one entry per combination of label values, in their order.
#ifndef ANALYZER_SAMPLES_H
#define ANALYZER_SAMPLES_H

#include "analyzer/plan.h"
#include "analyzer/step_columns.h"

#define TREND_POINTS 16

struct side_samples { // values of one side, time order within a series, series in the order of their labels
    double *values;
    size_t count;
    size_t *lengths, series_count; // values of each series, which follow one another
    double trend[TREND_POINTS]; // means over equal parts of the window; NaN where there is nothing
    double bad, total;          // counts only: sums over the window; histograms: total is the number of requests
};

struct metric_samples {
    size_t metric; // index in the config
    struct name_values tags;
    struct side_samples sides[SIDE_COUNT];
    struct step_columns columns; // judge serin; else zeroes
    struct texts warnings;
};

struct samples {
    struct metric_samples *items; // at least one a metric, in the order of the config
    size_t count;
};

// `answers` belong to the plan's queries, one each, and all of them are good. Everything is copied into the arena.
bool samples_build(const struct plan *plan, const struct answer *const *answers, struct arena *arena, struct samples *ret, struct error *err);

#endif
