// SPDX-License-Identifier: GPL-3.0-or-later
// The comparison of two rates (poisson_test.h) for events that come in bursts: with a variance phi times that of Poisson
// events, x events say as much as x / phi independent ones. The tails of fractional counts are the beta form of the
// binomial tail, P(X >= x) = I_p0(x / phi, y / phi + 1), which at phi = 1 and whole counts is the exact test.
#ifndef STATS_POISSON_DISPERSED_H
#define STATS_POISSON_DISPERSED_H

#include "stats/p_values.h"
#include "stats/status.h"

struct dispersed_count {
    double events; // may be fractional, as extrapolated increases are
    double exposure;
};

struct poisson_dispersed {
    struct p_values p; // two-sided: twice the smaller tail
    double rate_ratio; // (x / tx) / (y / ty); infinite without y, NaN without any event
    double low, high;  // one-sided limits of the rate ratio, each missed with chance alpha
};

// ratio: the rate ratio under test, above 0. phi: variance over mean of the events, above 0 and finite. alpha: between 0 and 1.
// Invalid: one of these outside its range, a count or an exposure below 0, a count over phi above 1e15 or, unless 0, below
// 1e-290. No data: a NaN count, an exposure of 0 or NaN. Not finite: an infinite count or exposure.
enum stats_status poisson_dispersed(struct dispersed_count x, struct dispersed_count y, double ratio, double phi, double alpha,
                                    struct poisson_dispersed *ret);

#endif
