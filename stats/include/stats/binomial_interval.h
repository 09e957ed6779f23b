// SPDX-License-Identifier: GPL-3.0-or-later
// Confidence intervals for the chance behind k successes in n trials.
//  - exact (Clopper and Pearson 1934): the low end is the chance under which P(X >= k) = a, the high end the one under which
//    P(X <= k) = a, with a = alpha for one side and alpha / 2 for two. Never covers less than it says.
//  - Wilson (1927): inverts the normal test of a share; shorter, right on average.
// Relative error of the ends below 1e-11 (see incomplete_beta.h) at any count; cost below a millisecond at 1e9 trials.
#ifndef STATS_BINOMIAL_INTERVAL_H
#define STATS_BINOMIAL_INTERVAL_H

#include <stdint.h>

#include "stats/status.h"

enum binomial_side {
    BINOMIAL_TWO_SIDED,
    BINOMIAL_LOWER, // a low end only, the high end is 1
    BINOMIAL_UPPER, // a high end only, the low end is 0
};

struct binomial_interval {
    double low, high;
};

// alpha = 1 - confidence is the chance to miss, between 0 and 1; given so because 1 - confidence may have few digits.
// Invalid: k > n, n above BINOMIAL_MOST_TRIALS, alpha outside its range. No data: n == 0, with the whole unit interval as the answer.
enum stats_status binomial_interval_exact(uint64_t k, uint64_t n, double alpha, enum binomial_side side, struct binomial_interval *ret);

// Two-sided; statuses as above.
enum stats_status binomial_interval_wilson(uint64_t k, uint64_t n, double alpha, struct binomial_interval *ret);

#endif
