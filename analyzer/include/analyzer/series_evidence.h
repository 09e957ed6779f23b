// SPDX-License-Identifier: GPL-3.0-or-later
// Evidence from two series of values: gauges and rates. What both sides saw at the same instant is paired, so that shared load
// and incidents cancel; the battery looks at ln(canary / baseline), or at the difference when a value is 0 or less.
#ifndef ANALYZER_SERIES_EVIDENCE_H
#define ANALYZER_SERIES_EVIDENCE_H

#include "analyzer/evidence.h"
#include "base/arena.h"

// Index is the step; NaN, and any infinite value, is a missing one. When fewer than half of the smaller side's values have a
// partner, the two sides are matched by their order instead.
struct series_columns {
    const double *baseline, *canary;
    size_t count;
    // The same instances before the change, or NULL: their old offset is taken out of the differences (positive values only).
    const double *baseline_before, *canary_before;
    size_t before_count;
};

// The arena holds scratch only, O(count) of it; *ret owns nothing. At most 2^20 steps.
void series_evidence_make(const struct series_columns *columns, const struct evidence_settings *settings, struct arena *arena,
                          struct evidence *ret);

#endif
