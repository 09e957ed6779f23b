// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/poisson_dispersed.h"

#include <math.h>
#include <stdbool.h>

#include "exposure.h"
#include "stats/incomplete_beta.h"

static bool is_between(double value, double low, double high) {
    return value > low && value < high;
}

// What the beta form takes; infinite and missing counts are for others to tell.
static bool is_size(double events, double phi) {
    double size = events / phi;
    return !isfinite(events) || events == 0 || (size >= 1e-290 && size <= 1e15);
}

static enum stats_status check(struct dispersed_count x, struct dispersed_count y, double ratio, double phi, double alpha) {
    enum stats_status status = exposure_check(x.exposure, y.exposure, ratio);
    bool in_range = is_between(phi, 0, (double)INFINITY) && is_between(alpha, 0, 1) && !(x.events < 0) && !(y.events < 0);
    if (status == STATS_INVALID || !in_range || !is_size(x.events, phi) || !is_size(y.events, phi)) return STATS_INVALID;
    if (status == STATS_NODATA || isnan(x.events) || isnan(y.events)) return STATS_NODATA;
    return isinf(x.events) || isinf(y.events) ? STATS_NONFINITE : status;
}

enum stats_status poisson_dispersed(struct dispersed_count x, struct dispersed_count y, double ratio, double phi, double alpha,
                                    struct poisson_dispersed *ret) {
    double nan_ = (double)NAN;
    *ret = (struct poisson_dispersed){{nan_, nan_, nan_}, nan_, nan_, nan_};
    enum stats_status status = check(x, y, ratio, phi, alpha);
    if (status != STATS_OK) return status;
    double xs = x.events / phi, ys = y.events / phi;
    struct exposure_share share = exposure_share(x.exposure, y.exposure, ratio);
    ret->p.greater = incomplete_beta_lower(xs, ys + 1, share.p, share.q);
    ret->p.less = incomplete_beta_upper(xs + 1, ys, share.p, share.q);
    ret->p.two_sided = p_two_sided(ret->p.less, ret->p.greater);
    struct beta_root low = incomplete_beta_root_lower(xs, ys + 1, log(alpha)), high = incomplete_beta_root_upper(xs + 1, ys, log(alpha));
    ret->low = exposure_rate_ratio(low.x, low.y, x.exposure, y.exposure);
    ret->high = exposure_rate_ratio(high.x, high.y, x.exposure, y.exposure);
    if (xs > 0 || ys > 0) ret->rate_ratio = exposure_rate_ratio(x.events, y.events, x.exposure, y.exposure);
    return STATS_OK;
}
