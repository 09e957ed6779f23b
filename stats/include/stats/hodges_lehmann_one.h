// SPDX-License-Identifier: GPL-3.0-or-later
// The centre of one column: the median of its N = n(n + 1)/2 Walsh averages (x_i + x_j)/2, i <= j (Hodges and Lehmann 1963),
// the mean of the two middle ones when N is even. Limits are the k-th smallest and the k-th largest average (Hollander, Wolfe
// and Chicken 2014, 3.3), which hold for any symmetric distribution.
// Exact in double arithmetic for any size up to 2^31. O(n) behind the sort; see pair_select.h.
#ifndef STATS_HODGES_LEHMANN_ONE_H
#define STATS_HODGES_LEHMANN_ONE_H

#include <stddef.h>

#include "stats/column.h"
#include "stats/status.h"

struct hodges_lehmann_one {
    double estimate, low, high; // in the unit of the values
    double achieved;            // exact coverage without ties; NaN for limits by normal approximation
};

size_t hodges_lehmann_one_scratch(size_t count);

// Statuses of all three: nodata when the column is empty, nonfinite with an infinite value, degenerate when all values are
// equal (the results are given nevertheless), invalid for a confidence not between 0 and 1.
enum stats_status hodges_lehmann_one_estimate(struct column x, double *scratch, double *ret);

// k is the smallest q with P(V <= q) >= (1 - confidence)/2, at least 1, and achieved = 1 - 2 P(V <= k - 1). `null_cdf` is the
// table that signed_rank_null() fills for this count; invalid when it is NULL or the count has no table.
enum stats_status hodges_lehmann_one_exact(struct column x, double confidence, const double *null_cdf, double *scratch,
                                           struct hodges_lehmann_one *ret);

// k = max(1, floor(N/2 - z sqrt(n(n + 1)(2n + 1)/24) + 1/2)), z the normal quantile of the upper tail (1 - confidence)/2.
enum stats_status hodges_lehmann_one_normal(struct column x, double confidence, double *scratch, struct hodges_lehmann_one *ret);

#endif
