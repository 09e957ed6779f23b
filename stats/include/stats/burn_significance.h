// SPDX-License-Identifier: GPL-3.0-or-later
// Whether an error budget burns faster than some factor for certain, or only seems to. The burn rate is the error ratio over
// the budget (the error ratio an objective allows); under a burn of `factor` errors are binomial with chance
// min(1, factor * budget). Exact (binomial.h, binomial_interval.h), and so of use for a handful of requests.
#ifndef STATS_BURN_SIGNIFICANCE_H
#define STATS_BURN_SIGNIFICANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "stats/status.h"

enum burn_verdict {
    BURN_INCONCLUSIVE,
    BURN_OK,      // the upper bound is below the factor
    BURN_BURNING, // the lower bound is above it
};

struct burn_significance {
    double rate;         // the burn rate as measured
    double p_value;      // P(X >= errors) under a burn of `factor`
    double lower, upper; // one-sided bounds of the burn rate, each missed with chance alpha
    enum burn_verdict verdict;
    bool has_smallest;
    uint64_t smallest; // the least count of errors with P(X >= count) <= alpha; only if some count up to total has that
};

// budget from 0 to 1 (objective.h), factor at least 0, alpha between 0 and 1. Bounds within 1e-12 of the factor count as equal
// to it. With budget 0 any error burns at an infinite rate, and without errors the rate is NaN.
// Invalid: an argument outside its range, errors > total, total above BINOMIAL_MOST_TRIALS (binomial.h). No data: total == 0,
// with p-value 1, the widest bounds, and inconclusive.
enum stats_status burn_significance(uint64_t errors, uint64_t total, double budget, double factor, double alpha,
                                    struct burn_significance *ret);

// "inconclusive", "ok", "burning".
const char *burn_verdict_text(enum burn_verdict verdict);

#endif
