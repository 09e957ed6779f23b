// SPDX-License-Identifier: GPL-3.0-or-later
// Brunner and Munzel's test of whether values of one side tend to be larger, P(x < y) + P(x = y)/2 against 1/2, with unequal
// variances and ties allowed (Brunner and Munzel 2000):
//   statistic = (nm/2 - U) / sqrt(n Sx + m Sy), U the number of pairs x > y (ties half), Sx and Sy the sample variances of
//   the placements: for each value the number of values of the other side below it, equal ones half.
// p_t takes Student's t with Satterthwaite's degrees of freedom, p_normal the normal distribution.
#ifndef STATS_BRUNNER_MUNZEL_H
#define STATS_BRUNNER_MUNZEL_H

#include "stats/column.h"
#include "stats/p_values.h"
#include "stats/status.h"

struct brunner_munzel {
    double statistic; // > 0 when y tends to be larger
    double df;
    struct p_values p_t, p_normal;
};

// Infinite values rank as extremes, equal infinities tie. O(n + m).
// nodata: a column is empty. degenerate: a column has a single value, or placements do not vary. All NaN then, but where the
// columns do not overlap the statistic is infinite and p_normal 0 or 1.
enum stats_status brunner_munzel(struct column x, struct column y, struct brunner_munzel *ret);

#endif
