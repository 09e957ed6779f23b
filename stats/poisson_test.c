// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/poisson_test.h"

#include <math.h>

#include "exposure.h"
#include "rare_outcomes.h"
#include "stats/binomial.h"
#include "stats/incomplete_beta.h"

struct split { // of n events, each x's with chance p
    uint64_t n;
    double p, q;
};

static double log_mass(const void *law, uint64_t k) {
    const struct split *split = law;
    return binomial_log_mass(k, split->n, split->p, split->q);
}

static uint64_t mode_of(const struct split *split) {
    double mode = floor(((double)split->n + 1) * split->p);
    return mode < (double)split->n ? (uint64_t)mode : split->n;
}

static double two_sided(const struct split *split, uint64_t x) {
    struct rare_outcomes rare = rare_outcomes_find((struct outcomes){0, split->n, mode_of(split), log_mass, split}, x);
    if (rare.all) return 1;
    double low = rare.has_low ? binomial_at_most(rare.low, split->n, split->p, split->q) : 0;
    double high = rare.has_high ? binomial_at_least(rare.high, split->n, split->p, split->q) : 0;
    return fmin(low + high, 1);
}

static void fill_interval(struct poisson_count x, struct poisson_count y, double alpha, struct poisson_test *ret) {
    double xs = (double)x.events, ys = (double)y.events, log_tail = log(alpha) - M_LN2;
    struct beta_root low = incomplete_beta_root_lower(xs, ys + 1, log_tail), high = incomplete_beta_root_upper(xs + 1, ys, log_tail);
    ret->low = exposure_rate_ratio(low.x, low.y, x.exposure, y.exposure);
    ret->high = exposure_rate_ratio(high.x, high.y, x.exposure, y.exposure);
    if (x.events > 0 || y.events > 0) ret->rate_ratio = exposure_rate_ratio(xs, ys, x.exposure, y.exposure);
}

enum stats_status poisson_test(struct poisson_count x, struct poisson_count y, double ratio, double alpha, struct poisson_test *ret) {
    double nan_ = (double)NAN;
    *ret = (struct poisson_test){{nan_, nan_, nan_}, nan_, nan_, nan_, nan_};
    enum stats_status status = exposure_check(x.exposure, y.exposure, ratio);
    if (!(alpha > 0 && alpha < 1) || x.events > BINOMIAL_MOST_TRIALS || y.events > BINOMIAL_MOST_TRIALS - x.events) return STATS_INVALID;
    if (status != STATS_OK) return status;
    struct exposure_share share = exposure_share(x.exposure, y.exposure, ratio);
    struct split split = {x.events + y.events, share.p, share.q};
    ret->p.greater = binomial_at_least(x.events, split.n, split.p, split.q);
    ret->p.less = binomial_at_most(x.events, split.n, split.p, split.q);
    ret->p.two_sided = two_sided(&split, x.events);
    ret->mid_p_greater = ret->p.greater - binomial_mass(x.events, split.n, split.p, split.q) / 2;
    fill_interval(x, y, alpha, ret);
    return STATS_OK;
}
