// SPDX-License-Identifier: GPL-3.0-or-later
// Both tails are read from the lower half of the table: P(U >= u) = P(U <= nm - u).
#include "stats/mann_whitney_exact.h"

#include <math.h>

#include "pooled.h"
#include "stats/mann_whitney_null.h"

struct p_values mann_whitney_exact_p(size_t u, size_t n, size_t m, const double *cdf) {
    double less = mann_whitney_null_lower(n, m, cdf, u), greater = mann_whitney_null_lower(n, m, cdf, n * m - u);
    return (struct p_values){p_two_sided(less, greater), less, greater};
}

enum stats_status mann_whitney_exact(struct column x, struct column y, const double *cdf, struct mann_whitney_exact *ret) {
    const double none = (double)NAN;
    *ret = (struct mann_whitney_exact){none, {none, none, none}};
    if (x.count == 0 || y.count == 0) return STATS_NODATA;
    if (mann_whitney_null_size(x.count, y.count) == 0) return STATS_INVALID;
    struct pooled pooled = {x, y, 0, 0};
    struct pooled_group group;
    size_t above = 0, tied = 0;
    while (pooled_next(&pooled, &group)) {
        above += group.x * (pooled.y_seen - group.y);
        tied += group.x * group.y;
    }
    ret->u = (double)above + (double)tied / 2;
    if (tied > 0) return STATS_INVALID;
    ret->p = mann_whitney_exact_p(above, x.count, y.count, cdf);
    return STATS_OK;
}
