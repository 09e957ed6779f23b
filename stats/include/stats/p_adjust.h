// SPDX-License-Identifier: GPL-3.0-or-later
// p-values of several tests, adjusted so that each can be compared with the level meant for all of them. With the sorted
// values p_(1) <= ... <= p_(k), and never more than 1:
//   Bonferroni                      k p_(i)
//   Holm (1979)                     the largest (k - j + 1) p_(j) of j <= i
//   Benjamini and Hochberg (1995)   the smallest k/j p_(j) of j >= i
// The first two bound the chance of any false rejection, Holm's never being the weaker one; the third bounds the expected
// share of false ones among the rejections.
#ifndef STATS_P_ADJUST_H
#define STATS_P_ADJUST_H

#include <stddef.h>

#include "stats/status.h"

enum p_adjust_method {
    P_ADJUST_BONFERRONI,
    P_ADJUST_HOLM,
    P_ADJUST_BENJAMINI_HOCHBERG,
};

size_t p_adjust_scratch(size_t count); // doubles, 2 count

// ret_adjusted[i] belongs to p[i] and may be p itself. NaN stays NaN and does not count. O(count log count).
// invalid: a value below 0 or above 1. nodata: no value. Then everything is NaN.
enum stats_status p_adjust(enum p_adjust_method method, const double *p, size_t count, double *scratch, double *ret_adjusted);

#endif
