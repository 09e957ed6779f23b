// SPDX-License-Identifier: GPL-3.0-or-later
// Evidence from counts: bad of total per step and side. Given the events of both sides in a step, the canary's share of them
// is binomial, which shared incidents and traffic do not change; bursts of events are weighed by their dispersion.
#ifndef ANALYZER_COUNTS_EVIDENCE_H
#define ANALYZER_COUNTS_EVIDENCE_H

#include "analyzer/evidence.h"
#include "base/arena.h"

struct count_column { // index is the step; NaN or a negative number is a missing step
    const double *bad, *total;
};

struct count_columns {
    struct count_column baseline, canary;
    size_t count;
};

// A step that misses on a side is left out on both. The arena holds scratch only; *ret owns nothing.
void counts_evidence_make(const struct count_columns *columns, const struct evidence_settings *settings, struct arena *arena,
                          struct evidence *ret);

#endif
