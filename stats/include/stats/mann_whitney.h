// SPDX-License-Identifier: GPL-3.0-or-later
// The Mann-Whitney test (Wilcoxon rank-sum test) by normal approximation, and the effect sizes that its statistic is.
//
// U is the number of pairs with x > y, pairs with x = y counted half (Mann and Whitney 1947). Under the null hypothesis its
// mean is nm/2 and its variance, for n and m values with groups of t tied ones among all N = n + m,
//     nm/12 (N + 1 - sum(t^3 - t) / (N (N - 1)))          (Lehmann, Nonparametrics, 1975, section 1.4).
// The p-values are upper tails of the standard normal distribution on both sides, right down to 1e-300. With the continuity
// correction U is moved by 0.5 towards its mean for each alternative separately, so that less + greater is above 1.
//
// U / nm is A12 (Vargha and Delaney 2000), the probability that a value of x exceeds one of y, ties half; 2 A12 - 1 is
// Cliff's delta (1993). Both need no distribution and hold at any size. The approximation of the p-values is good from about
// 10 values a side on without ties.
#ifndef STATS_MANN_WHITNEY_H
#define STATS_MANN_WHITNEY_H

#include <stdbool.h>
#include <stddef.h>

#include "stats/column.h"
#include "stats/p_values.h"
#include "stats/status.h"

struct mann_whitney {
    double u;     // pairs with x > y, ties half; exact for columns below 2^53 pairs
    double ties;  // sum of t^3 - t over the groups of tied values
    double a12;   // u / nm
    double delta; // Cliff's delta, -1 to 1, without the cancellation of 2 a12 - 1
    struct p_values p;
};

// O(n + m), no other memory. Infinities are the extremes, equal ones tie. nodata: a column is empty. degenerate: all values
// are tied; then a12 is 0.5 and every p-value is 1.
enum stats_status mann_whitney_test(struct column x, struct column y, bool continuity, struct mann_whitney *ret);

// The same for two histograms over the same buckets in ascending order: counts per bucket, not cumulative, whose values tie
// with each other. Counts may be fractions, as those of extrapolated counters are, and add up to at most 1e100. O(buckets),
// counts are never expanded. invalid: a negative count or larger totals. nodata: a side adds up to 0. nonfinite: a count is
// NaN or infinite. degenerate: all counts in one bucket, as above; or n + m is at most 1, and the p-values are NaN.
enum stats_status mann_whitney_histogram(const double *x, const double *y, size_t buckets, bool continuity, struct mann_whitney *ret);

#endif
