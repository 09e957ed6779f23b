// SPDX-License-Identifier: GPL-3.0-or-later
// The shift of x against y: the median of all n m differences x_i - y_j (Hodges and Lehmann 1963), the mean of the two middle
// ones when n m is even. Limits are the k-th smallest and the k-th largest difference (Moses 1953; Hollander, Wolfe and
// Chicken 2014, 4.3), which hold whatever the distribution, as long as the two sides differ by a shift alone.
// Exact in double arithmetic for any sizes up to 2^31. O(n + m) behind the sort; see pair_select.h.
#ifndef STATS_HODGES_LEHMANN_H
#define STATS_HODGES_LEHMANN_H

#include <stddef.h>

#include "stats/column.h"
#include "stats/status.h"

struct hodges_lehmann {
    double estimate, low, high; // in the unit of the values
    double achieved;            // exact coverage without ties; NaN for limits by normal approximation
};

size_t hodges_lehmann_scratch(size_t x_count, size_t y_count);

// Statuses of all three: nodata when a column is empty, nonfinite with an infinite value, degenerate when neither column
// varies (the results are given nevertheless), invalid for a confidence not between 0 and 1.
enum stats_status hodges_lehmann_estimate(struct column x, struct column y, double *scratch, double *ret);

// k is the smallest q with P(U <= q) >= (1 - confidence)/2, at least 1, and achieved = 1 - 2 P(U <= k - 1): below the
// confidence only where the columns are too short for it. `null_cdf` is the table that mann_whitney_null() fills for these
// counts; invalid when it is NULL or the counts have no table.
enum stats_status hodges_lehmann_exact(struct column x, struct column y, double confidence, const double *null_cdf, double *scratch,
                                       struct hodges_lehmann *ret);

// k = max(1, floor(nm/2 - z sqrt(nm(n + m + 1)/12) + 1/2)), z the normal quantile of the upper tail (1 - confidence)/2.
enum stats_status hodges_lehmann_normal(struct column x, struct column y, double confidence, double *scratch, struct hodges_lehmann *ret);

#endif
