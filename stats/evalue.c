// SPDX-License-Identifier: GPL-3.0-or-later
// ln Gamma(x) = x ln x - x - ln(x) / 2 + constant + stirling_error(x); the large terms of numerator and denominator meet in
// deviance(x, mean) = x ln(x / mean) + mean - x, where they cancel without rounding.
#include "stats/evalue.h"

#include <math.h>
#include <stdbool.h>

#include "deviance.h"

static bool is_positive(double x) {
    return x > 0 && isfinite(x);
}

// Of two amounts neither of which is known negative.
static enum stats_status check_amounts(double a, double b) {
    if (a < 0 || b < 0) return STATS_INVALID;
    if (isnan(a) || isnan(b)) return STATS_NODATA;
    return isinf(a) || isinf(b) ? STATS_NONFINITE : STATS_OK;
}

// deviance(x, share * whole); their difference is taken before the product is rounded.
static double deviance_from(double x, double share, double whole) {
    return deviance_shifted(x, share * whole, fma(share, whole, -x));
}

// ln B(a, b) - a ln p - b ln(1 - p), less a constant. 1 - p is rounded; at a billion events what was lost counts.
static double beta_excess(double a, double b, double p) {
    double q = 1 - p, lost = (1 - q) - p, n = a + b;
    double spread = deviance_from(a, p, n) + deviance_from(b, q, n) + lost * (n - b / q);
    return spread + 0.5 * (log(n) - log(a) - log(b)) + stirling_error(a) + stirling_error(b) - stirling_error(n);
}

enum stats_status evalue_binomial(double x, double y, double p0, double a, double b, double *ret_log_e) {
    *ret_log_e = (double)NAN;
    enum stats_status status = check_amounts(x, y);
    if (!is_positive(a) || !is_positive(b) || !(p0 > 0 && p0 < 1)) return STATS_INVALID;
    if (status != STATS_OK) return status;
    *ret_log_e = x + y > 0 ? beta_excess(a + x, b + y, p0) - beta_excess(a, b, p0) : 0;
    return x + y > 0 ? STATS_OK : STATS_NODATA;
}

// ln Gamma(a) - a ln m + m, m = rate * exposure, less a constant.
static double gamma_excess(double a, double rate, double exposure) {
    return deviance_from(a, rate, exposure) - 0.5 * log(a) + stirling_error(a);
}

enum stats_status evalue_poisson(double x, double exposure, double lambda0, double shape, double rate, double *ret_log_e) {
    *ret_log_e = (double)NAN;
    enum stats_status status = check_amounts(x, exposure);
    if (!is_positive(lambda0) || !is_positive(shape) || !is_positive(rate)) return STATS_INVALID;
    if (status != STATS_OK) return status;
    if (exposure == 0) {
        if (x == 0) *ret_log_e = 0;
        return STATS_NODATA;
    }
    *ret_log_e = gamma_excess(shape + x, lambda0, rate + exposure) - gamma_excess(shape, lambda0, rate);
    return STATS_OK;
}
