// SPDX-License-Identifier: GPL-3.0-or-later
// Which label values carry the change of a metric that is split by labels.
#ifndef ANALYZER_WHERE_H
#define ANALYZER_WHERE_H

#include "analyzer/verdict.h"

#define WHERE_MOST 3 // label values told of each metric

// Of every metric with `by` that fails in some combination: the label values with the largest shares of the change in the bad
// direction. Counts: bad events beyond the baseline's ratio; series: canary - baseline; histograms: that, times the requests.
void where_find(const struct plan *plan, struct verdict *verdict, struct arena *arena);

#endif
