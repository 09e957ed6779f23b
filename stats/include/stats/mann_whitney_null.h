// SPDX-License-Identifier: GPL-3.0-or-later
// The null distribution of the Mann-Whitney statistic U of n against m values without ties (Mann and Whitney 1947): the number
// of orderings with U = u is the coefficient of q^u in the Gaussian binomial (n + m over n), and all orderings are equally
// likely. It is symmetric about nm/2, so the lower half says everything.
// Counts are kept unnormalised from 1 upwards and scaled by powers of two: relative error below 1e-12 down to 1e-300.
#ifndef STATS_MANN_WHITNEY_NULL_H
#define STATS_MANN_WHITNEY_NULL_H

#include <stddef.h>

#include "stats/status.h"

// Doubles in the table: floor(nm/2) + 1, and twice as many where both sizes are above 100, since the work then takes two
// doubles a count. 0 when a size is 0, both are above 256 or nm is above 2e7 (2e6 where both sizes are above 100): the table
// would be less exact or take more than about a second.
size_t mann_whitney_null_size(size_t n, size_t m);

// ret_cdf[u] = P(U <= u) for u = 0 .. size - 1; a table of twice the size goes on through the upper half. It depends on
// nothing but the two sizes, in either order: keep it. O(nm min(n, m)) additions in the table itself.
// invalid, and nothing written, for sizes whose table has no size.
enum stats_status mann_whitney_null(size_t n, size_t m, double *ret_cdf);

// P(U <= u) from such a table for any u: 1 - P(U <= nm - u - 1) above the middle, where that is at least 1/2.
double mann_whitney_null_lower(size_t n, size_t m, const double *cdf, size_t u);

#endif
