// SPDX-License-Identifier: GPL-3.0-or-later
// Two Poisson rates: x events over exposure tx against y events over ty, exactly (Przyborowski and Wilenski 1940). Given
// x + y, x is binomial with chance p0 = r tx / (r tx + ty) when the rate of x is r times the rate of y.
// Relative error of the tails down to 1e-300: below 1e-11 for a million events; 1e-10 for a thousand million, where the rounding
// of p0 decides. Cost below a millisecond at a thousand million events.
#ifndef STATS_POISSON_TEST_H
#define STATS_POISSON_TEST_H

#include <stdint.h>

#include "stats/p_values.h"
#include "stats/status.h"

struct poisson_count {
    uint64_t events;
    double exposure; // in any unit, the same on both sides: seconds, requests
};

struct poisson_test {
    struct p_values p;    // two-sided: all splits of x + y not more probable than the observed one, with relative slack 1e-7
    double mid_p_greater; // P(X > x) + P(X = x) / 2
    double rate_ratio;    // (x / tx) / (y / ty); infinite without y, NaN without any event
    double low, high;     // two-sided interval of the rate ratio: that of Clopper and Pearson for p0, taken to ratios
};

// ratio: the rate ratio under test, above 0. alpha: 1 - confidence of the interval, between 0 and 1.
// Invalid: ratio or alpha outside its range, an exposure below 0, more events than BINOMIAL_MOST_TRIALS (binomial.h). No data:
// an exposure of 0 or NaN. Not finite: an infinite exposure. No events at all are an answer: every p-value 1, mid p one half,
// interval 0 to infinity.
enum stats_status poisson_test(struct poisson_count x, struct poisson_count y, double ratio, double alpha, struct poisson_test *ret);

#endif
