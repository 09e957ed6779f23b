// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/hodges_lehmann_one.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "order_limits.h"
#include "select.h"
#include "stats/pair_select.h"
#include "stats/signed_rank_null.h"

size_t hodges_lehmann_one_scratch(size_t count) {
    return pair_select_averages_scratch(count);
}

static enum stats_status check(struct column x) {
    if (x.count == 0) return STATS_NODATA;
    if (!column_is_finite(x)) return STATS_NONFINITE;
    return x.values[0] < x.values[x.count - 1] ? STATS_OK : STATS_DEGENERATE;
}

static bool answerable(enum stats_status status) {
    return status == STATS_OK || status == STATS_DEGENERATE;
}

static uint64_t total_of(struct column x) {
    return (uint64_t)x.count * (x.count + 1) / 2;
}

enum stats_status hodges_lehmann_one_estimate(struct column x, double *scratch, double *ret) {
    *ret = (double)NAN;
    enum stats_status status = check(x);
    if (!answerable(status)) return status;
    uint64_t ranks[ORDER_COUNT];
    double middle[2];
    order_limits_ranks(total_of(x), 1, ranks);
    enum stats_status selected = pair_select_averages(x, &ranks[ORDER_MIDDLE], 2, scratch, middle);
    if (selected != STATS_OK) return selected;
    *ret = select_middle(middle[0], middle[1]);
    return status;
}

static enum stats_status fill(struct column x, uint64_t k, double *scratch, struct hodges_lehmann_one *ret) {
    uint64_t ranks[ORDER_COUNT];
    double values[ORDER_COUNT];
    order_limits_ranks(total_of(x), k, ranks);
    enum stats_status status = pair_select_averages(x, ranks, ORDER_COUNT, scratch, values);
    if (status != STATS_OK) return status;
    ret->low = values[ORDER_LOW];
    ret->estimate = select_middle(values[ORDER_MIDDLE], values[ORDER_MIDDLE_UPPER]);
    ret->high = values[ORDER_HIGH];
    return check(x);
}

static void clear(struct hodges_lehmann_one *ret) {
    double nan = (double)NAN;
    *ret = (struct hodges_lehmann_one){nan, nan, nan, nan};
}

enum stats_status hodges_lehmann_one_exact(struct column x, double confidence, const double *null_cdf, double *scratch,
                                           struct hodges_lehmann_one *ret) {
    clear(ret);
    if (!(confidence > 0 && confidence < 1)) return STATS_INVALID;
    enum stats_status status = check(x);
    if (status == STATS_NODATA) return status;
    size_t size = signed_rank_null_size(x.count);
    if (size == 0 || null_cdf == NULL) return STATS_INVALID;
    if (!answerable(status)) return status;
    uint64_t k = order_limits_exact(null_cdf, size, confidence);
    ret->achieved = 1 - 2 * null_cdf[k - 1];
    return fill(x, k, scratch, ret);
}

enum stats_status hodges_lehmann_one_normal(struct column x, double confidence, double *scratch, struct hodges_lehmann_one *ret) {
    clear(ret);
    if (!(confidence > 0 && confidence < 1)) return STATS_INVALID;
    enum stats_status status = check(x);
    if (!answerable(status)) return status;
    double n = (double)x.count, deviation = sqrt(n * (n + 1) * (2 * n + 1) / 24);
    return fill(x, order_limits_normal((double)total_of(x), deviation, confidence), scratch, ret);
}
