// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/autocorrelation.h"

#include <math.h>

#include "deviations.h"

size_t autocorrelation_scratch(size_t count) {
    return count;
}

enum stats_status autocorrelation_lags(const double *values, size_t count, size_t lags, double *scratch, double *ret) {
    struct deviations series;
    enum stats_status status = deviations_of(values, count, (double)NAN, scratch, &series);
    double squares = status == STATS_OK ? deviations_product(&series, 0) : (double)NAN;
    for (size_t lag = 1; lag <= lags; lag++)
        ret[lag - 1] = status == STATS_OK && lag < series.count ? deviations_product(&series, lag) / squares : (double)NAN;
    return status;
}
