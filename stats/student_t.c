// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/student_t.h"

#include <gsl/gsl_sf_gamma.h>
#include <math.h>

#include "stats/incomplete_beta.h"
#include "stats/normal.h"

// The first term of the series in 1 / t, for t / sqrt(df) so large that df / (df + t^2) may be 0 in doubles.
static double far_tail(double reach, double df) {
    double log_beta = gsl_sf_lngamma(df / 2) + 0.5 * log(M_PI) - gsl_sf_lngamma(df / 2 + 0.5);
    return exp(-df * log(reach) - log_beta - log(df));
}

double student_t_upper(double t, double df) {
    if (isnan(t) || !(df >= 1e-290)) return (double)NAN;
    if (df > 1e18) return normal_upper(t);
    if (t < 0) return 1 - student_t_upper(-t, df);
    double reach = t / sqrt(df), square = reach * reach;
    if (reach > 1e100) return far_tail(reach, df);
    return incomplete_beta_lower(df / 2, 0.5, 1 / (1 + square), square / (1 + square)) / 2;
}
