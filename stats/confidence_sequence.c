// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/confidence_sequence.h"

#include <math.h>

// ln(1 + e^x) without overflow.
static double soft_positive(double x) {
    return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

enum stats_status confidence_sequence_radius(double n, double sigma, double rho2, double alpha, struct confidence_sequence *ret) {
    *ret = (struct confidence_sequence){(double)NAN, (double)NAN};
    if (!(n >= 0 && sigma >= 0 && rho2 > 0 && isfinite(rho2) && alpha > 0 && alpha < 1)) return STATS_INVALID;
    if (n == 0) {
        *ret = (struct confidence_sequence){(double)INFINITY, (double)INFINITY};
        return STATS_NODATA;
    }
    if (isinf(n) || isinf(sigma)) return STATS_NONFINITE;
    double weight = n * rho2, log_root = 0.5 * log1p(weight);
    double scale = sigma * sqrt(2 * (1 + 1 / weight) / n);
    ret->radius_two_sided = scale * sqrt(log_root - log(alpha));
    ret->radius_one_sided = scale * sqrt(soft_positive(log_root - log(2) - log(alpha)));
    return sigma > 0 ? STATS_OK : STATS_DEGENERATE;
}
