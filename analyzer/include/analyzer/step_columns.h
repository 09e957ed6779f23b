// SPDX-License-Identifier: GPL-3.0-or-later
// Both sides of a metric on one grid of equal steps, as the judge serin wants them: pairs are made by step, so that what both
// sides share at an instant cancels. Counters become increases here, histograms counts per bucket.
#ifndef ANALYZER_STEP_COLUMNS_H
#define ANALYZER_STEP_COLUMNS_H

#include "analyzer/plan.h"

struct series_list { // in the order of their labels
    const struct series **items;
    size_t count, cap;
};

// The series behind one result of a metric, by query and side.
struct metric_series {
    struct series_list of[PART_COUNT][SIDE_COUNT];
};

struct step_columns { // by step; NaN: nothing is known of it
    int64_t step_ms;  // the window's step or, when that is longer, the scrape interval
    size_t steps;
    bool seen[SIDE_COUNT];                              // anything at all on the grid
    const double *values[SIDE_COUNT];                   // series: mean over the series of the side
    const double *bad[SIDE_COUNT], *total[SIDE_COUNT];  // counts: increases; no series of bad ones while there is a total means none
    const double *bounds;                               // histogram: where the buckets end but the last, which is open
    size_t buckets;                                     // below 2: the sides have no border in common
    const double *rows[SIDE_COUNT];                     // histogram: `steps` rows of `buckets` counts
    const double *before[SIDE_COUNT];                   // series with a pre-period: its means; else NULL
    size_t before_steps;
    size_t strangers;                                   // histogram: series that are none
};

// Lives in the arena. False when histograms have more buckets than can be compared.
bool step_columns_make(const struct plan *plan, const struct metric_config *metric, const struct metric_series *series,
                       struct arena *arena, struct step_columns *ret, struct error *err);

// The same of lists of values that belong together by their places, as Kayenta keeps them; the shorter list is filled up, with 0
// where gaps count as 0.
void step_columns_of_values(const double *const values[SIDE_COUNT], const size_t counts[SIDE_COUNT], bool gaps_are_zero, int64_t step_ms,
                            struct arena *arena, struct step_columns *ret);

#endif
