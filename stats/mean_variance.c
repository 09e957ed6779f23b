// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/mean_variance.h"

#include <math.h>

#include "moments.h"

enum stats_status mean_variance(const double *values, size_t count, struct mean_variance *ret) {
    const double none = (double)NAN;
    struct moments_range range = moments_range(values, count);
    *ret = (struct mean_variance){none, none, none, range.count};
    if (range.count == 0) return STATS_NODATA;
    if (isinf(range.low) || isinf(range.high)) return STATS_NONFINITE;
    if (range.count == 1) {
        ret->mean = range.low;
        return STATS_DEGENERATE;
    }
    int shift = moments_shift(range.low, range.high);
    struct moments moments = moments_of(values, count, range, shift);
    ret->mean = ldexp(moments.mean, -shift);
    ret->variance = ldexp(moments.part, 2 * (moments.exponent - shift));
    ret->sd = ldexp(sqrt(moments.part), moments.exponent - shift);
    return STATS_OK;
}

double mean_of(const double *values, size_t count) {
    struct moments_range range = moments_range(values, count);
    if (range.count == 0 || isinf(range.low) || isinf(range.high)) return (double)NAN;
    int shift = moments_shift(range.low, range.high);
    return ldexp(moments_mean(values, count, range, shift), -shift);
}
