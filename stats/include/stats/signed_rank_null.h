// SPDX-License-Identifier: GPL-3.0-or-later
// The null distribution of Wilcoxon's signed-rank statistic V of n values without ties or zeros (Wilcoxon 1945): each rank
// 1 .. n counts with chance one half, so P(V = v) is the share of the subsets of {1, ..., n} with sum v. It is symmetric
// about N/2 with N = n(n+1)/2, so a table of the lower half says everything.
// Only positive numbers are added: relative error below 1e-12 down to 1e-300.
#ifndef STATS_SIGNED_RANK_NULL_H
#define STATS_SIGNED_RANK_NULL_H

#include <stddef.h>

#include "stats/status.h"

// Doubles in the table, floor(N/2) + 1; 0 for n = 0 and for n above 2000, whose table would take too long.
size_t signed_rank_null_size(size_t n);

// ret_cdf[v] = P(V <= v) for v = 0 .. size - 1. The table depends on n alone: keep it. O(n^3) additions in the table itself.
// invalid, and nothing written, for n whose table has no size.
enum stats_status signed_rank_null(size_t n, double *ret_cdf);

#endif
