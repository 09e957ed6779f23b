// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/binomial_interval.h"

#include <math.h>

#include "stats/binomial.h"
#include "stats/incomplete_beta.h"
#include "stats/normal.h"

static enum stats_status check(uint64_t k, uint64_t n, double alpha, struct binomial_interval *ret) {
    *ret = (struct binomial_interval){(double)NAN, (double)NAN};
    if (k > n || n > BINOMIAL_MOST_TRIALS || !(alpha > 0 && alpha < 1)) return STATS_INVALID;
    *ret = (struct binomial_interval){0, 1};
    return n == 0 ? STATS_NODATA : STATS_OK;
}

enum stats_status binomial_interval_exact(uint64_t k, uint64_t n, double alpha, enum binomial_side side, struct binomial_interval *ret) {
    enum stats_status status = check(k, n, alpha, ret);
    if (status != STATS_OK) return status;
    double successes = (double)k, failures = (double)(n - k);
    double log_tail = side == BINOMIAL_TWO_SIDED ? log(alpha) - M_LN2 : log(alpha);
    if (side != BINOMIAL_UPPER) ret->low = incomplete_beta_root_lower(successes, failures + 1, log_tail).x;
    if (side != BINOMIAL_LOWER) ret->high = incomplete_beta_root_upper(successes + 1, failures, log_tail).x;
    return STATS_OK;
}

enum stats_status binomial_interval_wilson(uint64_t k, uint64_t n, double alpha, struct binomial_interval *ret) {
    enum stats_status status = check(k, n, alpha, ret);
    if (status != STATS_OK) return status;
    double successes = (double)k, failures = (double)(n - k), total = (double)n;
    double z = -normal_quantile(alpha / 2), square = z * z;
    double root = z * sqrt(square + 4 * successes * (failures / total)), scale = 2 * (total + square);
    if (failures > 0) ret->high = (2 * successes + square + root) / scale;
    // The smaller root by way of the product of both, k^2 / (n (n + z^2)): no difference of near numbers.
    if (successes > 0) ret->low = 2 * successes * (successes / total) / (2 * successes + square + root);
    return STATS_OK;
}
