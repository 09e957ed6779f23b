// SPDX-License-Identifier: GPL-3.0-or-later
// A straight line through a series against time, by least squares on values clipped to their 2nd and 98th percentile.
#ifndef ANALYZER_TREND_H
#define ANALYZER_TREND_H

#include "base/arena.h"
#include "stats/ar1_mean.h"
#include "stats/column.h"

struct trend {
    double slope; // over the whole time
    double se, df; // of the slope, from residuals taken as autoregressive; se 0 when all lie on the line
    double end;   // the line's value at the end: mean plus half the slope
};

// `sorted` is the column of the values; `times` ascending, at least 3 of them. The residuals of a line look less alike than they are; their autocorrelation is
// raised by the more for it: (4 + 8r)/n.
struct trend trend_fit(const double *values, struct column sorted, const double *times, struct ar1_prior prior, struct arena *arena);

#endif
