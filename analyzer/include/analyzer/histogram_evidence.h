// SPDX-License-Identifier: GPL-3.0-or-later
// Evidence from histograms: how many requests fell into each bucket, per step and side. Everything asked of them is a sum over
// the steps with a known influence series, so requests that come in clusters are weighed as such.
#ifndef ANALYZER_HISTOGRAM_EVIDENCE_H
#define ANALYZER_HISTOGRAM_EVIDENCE_H

#include "analyzer/evidence.h"
#include "base/arena.h"

struct histogram_columns {
    const double *bounds;            // upper bounds of all buckets but the last, which is open; ascending, finite
    size_t buckets;                  // from 2
    const double *baseline, *canary; // count rows of `buckets` counts each, not cumulative; a row with NaN is a missing step
    size_t count;
};

// A step that misses on a side is left out on both. The arena holds scratch only; *ret owns nothing.
void histogram_evidence_make(const struct histogram_columns *columns, const struct evidence_settings *settings, struct arena *arena,
                             struct evidence *ret);

#endif
