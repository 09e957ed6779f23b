// SPDX-License-Identifier: GPL-3.0-or-later
// U, the tie sum and the variance come from a merge of columns or from a walk over buckets; the rest is shared.
#include "stats/mann_whitney.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdint.h>

#include "stats/rank.h"

#define TOTAL_MOST 1e100

static const struct mann_whitney unknown = {(double)NAN, (double)NAN, (double)NAN, (double)NAN, {(double)NAN, (double)NAN, (double)NAN}};

// From how far U lies above its mean.
static struct p_values tails(double distance, double variance, bool continuity) {
    double correction = continuity ? 0.5 : 0, deviation = sqrt(variance);
    double less = gsl_cdf_ugaussian_P((distance + correction) / deviation);
    double greater = gsl_cdf_ugaussian_Q((distance - correction) / deviation);
    return (struct p_values){p_two_sided(less, greater), less, greater};
}

enum stats_status mann_whitney_test(struct column x, struct column y, bool continuity, struct mann_whitney *ret) {
    *ret = unknown;
    if (x.count == 0 || y.count == 0) return STATS_NODATA;
    struct rank_sums sums = rank_merge(rank_side_of(x.values, x.count), rank_side_of(y.values, y.count));
    uint64_t m = x.count, n = y.count;
    uint64_t twice_u = sums.twice_x - m * (m + 1);
    double pairs = (double)m * (double)n, pooled = (double)(m + n);
    double distance = (double)((int64_t)twice_u - (int64_t)(m * n)) / 2;
    ret->u = (double)twice_u / 2;
    ret->ties = sums.ties;
    ret->a12 = ret->u / pairs;
    ret->delta = 2 * distance / pairs;
    if (fmin(x.values[0], y.values[0]) == fmax(x.values[m - 1], y.values[n - 1])) {
        ret->p = (struct p_values){1, 1, 1};
        return STATS_DEGENERATE;
    }
    double variance = pairs / 12 * (pooled + 1 - sums.ties / (pooled * (pooled - 1)));
    ret->p = tails(distance, variance, continuity);
    return STATS_OK;
}

struct totals {
    double x, y;
};

static enum stats_status check_counts(const double *x, const double *y, size_t buckets, struct totals *ret) {
    struct totals totals = {0, 0};
    bool finite = true, negative = false;
    for (size_t i = 0; i < buckets; i++) {
        negative |= x[i] < 0 || y[i] < 0;
        finite &= isfinite(x[i]) && isfinite(y[i]);
        totals.x += x[i];
        totals.y += y[i];
    }
    *ret = totals;
    if (negative || (finite && totals.x + totals.y > TOTAL_MOST)) return STATS_INVALID;
    if (totals.x == 0 || totals.y == 0) return STATS_NODATA;
    return finite ? STATS_OK : STATS_NONFINITE;
}

enum stats_status mann_whitney_histogram(const double *x, const double *y, size_t buckets, bool continuity, struct mann_whitney *ret) {
    struct totals totals;
    *ret = unknown;
    enum stats_status status = check_counts(x, y, buckets, &totals);
    if (status != STATS_OK) return status;
    double pairs = totals.x * totals.y, pooled = totals.x + totals.y;
    double x_below = 0, y_below = 0, twice = 0, net = 0, ties = 0, untied = 0;
    for (size_t i = 0; i < buckets; i++) {
        double size = x[i] + y[i];
        twice += x[i] * (2 * y_below + y[i]);
        net += x[i] * y_below - y[i] * x_below; // pairs won less pairs lost
        ties += size * (size - 1) * (size + 1);
        untied += size * (pooled - size) * (pooled + size); // adds up to pooled^3 - sum of size^3 without cancellation
        x_below += x[i];
        y_below += y[i];
    }
    *ret = (struct mann_whitney){twice / 2, ties, twice / 2 / pairs, net / pairs, unknown.p};
    if (untied == 0) {
        ret->p = (struct p_values){1, 1, 1};
        return STATS_DEGENERATE;
    }
    if (pooled <= 1) return STATS_DEGENERATE;
    ret->p = tails(net / 2, pairs / pooled * (untied / (pooled - 1)) / 12, continuity);
    return STATS_OK;
}
