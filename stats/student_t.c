// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/student_t.h"

#include <gsl/gsl_sf_gamma.h>
#include <math.h>

#include "stats/incomplete_beta.h"
#include "stats/normal.h"

#define FAR 1e100

// The first term of the series in 1 / t, for t / sqrt(df) so large that df / (df + t^2) may be 0 in doubles:
// ln P(T > t) = -df ln reach - this.
static double far_constant(double df) {
    return gsl_sf_lngamma(df / 2) + 0.5 * log(M_PI) - gsl_sf_lngamma(df / 2 + 0.5) + log(df);
}

double student_t_upper(double t, double df) {
    if (isnan(t) || !(df >= 1e-290)) return (double)NAN;
    if (df > 1e18) return normal_upper(t);
    if (t < 0) return 1 - student_t_upper(-t, df);
    double reach = t / sqrt(df), square = reach * reach;
    if (reach > FAR) return exp(-df * log(reach) - far_constant(df));
    return incomplete_beta_lower(df / 2, 0.5, 1 / (1 + square), square / (1 + square)) / 2;
}

double student_t_upper_root(double p, double df) {
    if (!(p >= 0 && p <= 1) || !(df > 0)) return (double)NAN;
    if (p > 0.5) return -student_t_upper_root(1 - p, df);
    if (p == 0 || df > 1e18) return -normal_quantile(p);
    struct beta_root root = incomplete_beta_root_lower(df / 2, 0.5, log(2 * p));
    if (root.x * FAR * FAR < 1) return sqrt(df) * exp(-(log(p) + far_constant(df)) / df);
    return sqrt(df) * sqrt(root.y / root.x);
}
