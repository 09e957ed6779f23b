// SPDX-License-Identifier: GPL-3.0-or-later
#include "deviance.h"

#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_log.h>
#include <math.h>

double deviance_shifted(double x, double shift) {
    double change = shift / x;
    if (fabs(change) < 0.5) return -x * gsl_sf_log_1plusx_mx(change);
    return shift - x * log1p(change);
}

double deviance(double x, double mean) {
    if (x == 0) return mean;
    double shift = mean - x; // exact where they are within a factor of two
    if (fabs(shift) < 0.5 * x) return deviance_shifted(x, shift);
    double ratio = mean / x;
    return shift - x * (ratio > 0 && isfinite(ratio) ? log(ratio) : log(mean) - log(x));
}

double stirling_error(double x) {
    if (!(x > 0)) return (double)NAN;
    if (x < 0.5) return gsl_sf_lngamma(x) - (x - 0.5) * log(x) + x - 0.5 * log(2 * M_PI);
    return log(gsl_sf_gammastar(x));
}
