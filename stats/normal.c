// SPDX-License-Identifier: GPL-3.0-or-later
// Giles' polynomial in w = -ln(1 - x^2), x = 2p - 1, down to p = 5e-4. Nearer to 0 and 1 GSL, since 2p - 1 loses digits there.
#include "stats/normal.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_erf.h>
#include <math.h>
#include <stddef.h>

static const double middle[] = {
    -3.6444120640178196996e-21, -1.685059138182016589e-19,  1.2858480715256400167e-18,  1.115787767802518096e-17,
    -1.333171662854620906e-16,  2.0972767875968561637e-17,  6.6376381343583238325e-15,  -4.0545662729752068639e-14,
    -8.1519341976054721522e-14, 2.6335093153082322977e-12,  -1.2975133253453532498e-11, -5.4154120542946279317e-11,
    1.051212273321532285e-09,   -4.1126339803469836976e-09, -2.9070369957882005086e-08, 4.2347877827932403518e-07,
    -1.3654692000834678645e-06, -1.3882523362786468719e-05, 0.0001867342080340571352,   -0.00074070253416626697512,
    -0.0060336708714301490533,  0.24015818242558961693,     1.6536545626831027356,
};

static double polynomial(const double *factors, size_t count, double at) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum = sum * at + factors[i];
    return sum;
}

double normal_quantile(double p) {
    double x = 2 * p - 1;
    double w = -log((1 - x) * (1 + x));
    if (w < 6.25) return sqrt(2.0) * (polynomial(middle, sizeof middle / sizeof *middle, w - 3.125) * x);
    if (!(p >= 0 && p <= 1)) return (double)NAN;
    return gsl_cdf_ugaussian_Pinv(p);
}

double normal_two_sided(double confidence) {
    double alpha = 1 - confidence;
    return -normal_quantile(alpha / 2);
}

double normal_upper(double z) {
    return gsl_cdf_ugaussian_Q(z);
}

double normal_log_upper(double z) {
    if (z < 0) return log1p(-gsl_cdf_ugaussian_Q(-z));
    if (z < 10) return log(gsl_cdf_ugaussian_Q(z));
    if (z < 1e5) return gsl_sf_log_erfc(z / sqrt(2.0)) - M_LN2;
    return -z * (z / 2) - log(z) - 0.5 * log(2 * M_PI); // where GSL gives up; right to 1 / z^2
}
