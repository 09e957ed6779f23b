// SPDX-License-Identifier: GPL-3.0-or-later
// How much a counter grew in a range, from its raw samples: what they show, and what increase() of Prometheus makes of it.
// A sample below its predecessor is a reset: the counter began again at 0, so the value before counts in full.
//
// Extrapolation: samples seldom lie on the ends of the range. With d the mean distance of the samples, the increase is stretched
// to an end that is nearer than 1.1 d, else by d / 2; at the start no farther than to where the counter would have been 0.
// Prometheus 2 includes both ends of a range; up to 2.51 it compared the distance to that zero with the range before the
// 1.1 d rule, and let it reach up to 1.1 d. Prometheus 3 leaves out the left end and applies the rule first.
#ifndef STATS_COUNTER_INCREASE_H
#define STATS_COUNTER_INCREASE_H

#include <stddef.h>
#include <stdint.h>

#include "stats/status.h"

enum counter_range {
    COUNTER_RANGE_CLOSED,    // [start, end], Prometheus 2
    COUNTER_RANGE_LEFT_OPEN, // (start, end], Prometheus 3
};

struct counter_increase {
    size_t samples;      // numbers within the range
    size_t resets;       // among them
    double raw;          // last - first + the value before each reset
    double extrapolated; // to the whole range; not a whole number
};

// Times strictly rising; NaN values (gaps, stale markers) are left out. One pass. STATS_INVALID for times out of order or
// start > end, STATS_NODATA for fewer than two samples in the range, STATS_NONFINITE for an infinite value among them.
enum stats_status counter_increase_within(const int64_t *times_ms, const double *values, size_t count, int64_t start_ms, int64_t end_ms,
                                          enum counter_range range, struct counter_increase *ret);

#endif
