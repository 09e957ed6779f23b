// SPDX-License-Identifier: GPL-3.0-or-later
// How much a counter grew in a range, from its raw samples: what they show (resets as counter.h has them), and what increase() of
// Prometheus makes of it.
//
// Extrapolation: samples seldom lie on the ends of the range. With d the mean distance of the samples, the increase is stretched
// to an end that is nearer than 1.1 d, else by d / 2; at the start no farther than to where the counter would have been 0.
// Prometheus 2 includes both ends of a range; up to 2.51 it compared the distance to that zero with the range before the
// 1.1 d rule, and let it reach up to 1.1 d. Prometheus 3 leaves out the left end and applies the rule first.
#ifndef QUERY_INCREASE_H
#define QUERY_INCREASE_H

#include <stdbool.h>

#include "query/series.h"

enum increase_range {
    INCREASE_CLOSED,    // [start, end], Prometheus 2
    INCREASE_LEFT_OPEN, // (start, end], Prometheus 3
};

struct increase {
    size_t samples;      // that count, within the range
    size_t resets;       // among them
    double raw;          // what the samples show
    double extrapolated; // to the whole range; not a whole number
};

// Whether a series has a name that counters have: it ends in _total, _count or _sum. (Of buckets each holds those before it.)
bool increase_is_counter(const struct series *series);

// False with fewer than two samples in the range; ret->samples is told all the same, the increases are NaN.
bool increase_within(const struct series *series, int64_t start_ms, int64_t end_ms, enum increase_range range, struct increase *ret);

#endif
