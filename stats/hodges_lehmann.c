// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/hodges_lehmann.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "order_limits.h"
#include "select.h"
#include "stats/mann_whitney_null.h"
#include "stats/pair_select.h"

size_t hodges_lehmann_scratch(size_t x_count, size_t y_count) {
    return pair_select_differences_scratch(x_count, y_count);
}

static enum stats_status check(struct column x, struct column y) {
    if (x.count == 0 || y.count == 0) return STATS_NODATA;
    if (!column_is_finite(x) || !column_is_finite(y)) return STATS_NONFINITE;
    bool varies = x.values[0] < x.values[x.count - 1] || y.values[0] < y.values[y.count - 1];
    return varies ? STATS_OK : STATS_DEGENERATE;
}

static bool answerable(enum stats_status status) {
    return status == STATS_OK || status == STATS_DEGENERATE;
}

static uint64_t total_of(struct column x, struct column y) {
    return (uint64_t)x.count * y.count;
}

enum stats_status hodges_lehmann_estimate(struct column x, struct column y, double *scratch, double *ret) {
    *ret = (double)NAN;
    enum stats_status status = check(x, y);
    if (!answerable(status)) return status;
    uint64_t ranks[ORDER_COUNT];
    double middle[2];
    order_limits_ranks(total_of(x, y), 1, ranks);
    enum stats_status selected = pair_select_differences(x, y, &ranks[ORDER_MIDDLE], 2, scratch, middle);
    if (selected != STATS_OK) return selected;
    *ret = select_middle(middle[0], middle[1]);
    return status;
}

static enum stats_status fill(struct column x, struct column y, uint64_t k, double *scratch, struct hodges_lehmann *ret) {
    uint64_t ranks[ORDER_COUNT];
    double values[ORDER_COUNT];
    order_limits_ranks(total_of(x, y), k, ranks);
    enum stats_status status = pair_select_differences(x, y, ranks, ORDER_COUNT, scratch, values);
    if (status != STATS_OK) return status;
    ret->low = values[ORDER_LOW];
    ret->estimate = select_middle(values[ORDER_MIDDLE], values[ORDER_MIDDLE_UPPER]);
    ret->high = values[ORDER_HIGH];
    return check(x, y);
}

static void clear(struct hodges_lehmann *ret) {
    double nan = (double)NAN;
    *ret = (struct hodges_lehmann){nan, nan, nan, nan};
}

enum stats_status hodges_lehmann_exact(struct column x, struct column y, double confidence, const double *null_cdf, double *scratch,
                                       struct hodges_lehmann *ret) {
    clear(ret);
    if (!(confidence > 0 && confidence < 1)) return STATS_INVALID;
    enum stats_status status = check(x, y);
    if (status == STATS_NODATA) return status;
    size_t size = mann_whitney_null_size(x.count, y.count);
    if (size == 0 || null_cdf == NULL) return STATS_INVALID;
    if (!answerable(status)) return status;
    uint64_t k = order_limits_exact(null_cdf, size, confidence);
    ret->achieved = 1 - 2 * null_cdf[k - 1];
    return fill(x, y, k, scratch, ret);
}

enum stats_status hodges_lehmann_normal(struct column x, struct column y, double confidence, double *scratch, struct hodges_lehmann *ret) {
    clear(ret);
    if (!(confidence > 0 && confidence < 1)) return STATS_INVALID;
    enum stats_status status = check(x, y);
    if (!answerable(status)) return status;
    double n = (double)x.count, m = (double)y.count;
    return fill(x, y, order_limits_normal(n * m, sqrt(n * m * (n + m + 1) / 12), confidence), scratch, ret);
}
