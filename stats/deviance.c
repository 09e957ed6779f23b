// SPDX-License-Identifier: GPL-3.0-or-later
#include "deviance.h"

#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_log.h>
#include <math.h>

double deviance_shifted(double x, double mean, double shift) {
    if (x == 0) return mean;
    if (fabs(shift) < 0.5 * x) return -x * gsl_sf_log_1plusx_mx(shift / x);
    double ratio = mean / x;
    return shift - x * (ratio > 0 && isfinite(ratio) ? log(ratio) : log(mean) - log(x));
}

double deviance(double x, double mean) {
    return deviance_shifted(x, mean, mean - x); // the difference is exact where they are within a factor of two
}

double stirling_error(double x) {
    if (!(x > 0)) return (double)NAN;
    if (x < 0.5) return gsl_sf_lngamma(x) - (x - 0.5) * log(x) + x - 0.5 * log(2 * M_PI);
    return log(gsl_sf_gammastar(x));
}
