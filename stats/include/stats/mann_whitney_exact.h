// SPDX-License-Identifier: GPL-3.0-or-later
// The exact Mann-Whitney test without ties (Mann and Whitney 1947): U is the number of pairs x > y, and its p-values are
// shares of all orderings. For ties see mann_whitney_ties.h.
// Relative error of each p-value below 1e-12 down to 1e-300.
#ifndef STATS_MANN_WHITNEY_EXACT_H
#define STATS_MANN_WHITNEY_EXACT_H

#include "stats/column.h"
#include "stats/p_values.h"
#include "stats/status.h"

struct mann_whitney_exact {
    double u; // pairs x > y, and half of those x == y
    struct p_values p;
};

// cdf is the table of mann_whitney_null() for the two counts, in either order. Infinite values rank as extremes. O(n + m).
// nodata: a column is empty. invalid, p NaN: there is no table for these sizes, or a value occurs in both columns; the
// orderings are then no longer equally likely and the table does not apply. (Ties within one column do no harm.)
enum stats_status mann_whitney_exact(struct column x, struct column y, const double *cdf, struct mann_whitney_exact *ret);

// The p-values of a U that is known, at most n * m, with the table of n and m.
struct p_values mann_whitney_exact_p(size_t u, size_t n, size_t m, const double *cdf);

#endif
