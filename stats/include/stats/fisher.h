// SPDX-License-Identifier: GPL-3.0-or-later
// Fisher's exact test of a 2 x 2 table (Fisher 1934): with all margins given, a is hypergeometric when rows do not differ.
// Mass by saddle-point expansion (Loader 2000), tails summed by the ratio of neighbouring terms from their largest term on.
// Relative error below 1e-10 down to 1e-300. Cost: O(sqrt(total)), 2 ms at a total of 1e9, below a second at the largest.
#ifndef STATS_FISHER_H
#define STATS_FISHER_H

#include <stdint.h>

#include "stats/p_values.h"
#include "stats/status.h"

// Two rows, x and y: those with the event and those without.
struct fisher_table {
    uint64_t a, b; // x
    uint64_t c, d; // y
};

// ret->greater is small when a / (a + b) is larger than c / (c + d); two_sided sums all tables not more probable than the
// observed one, with relative slack 1e-7.
// Invalid: a total above 1e15. No data: a row without any count. Degenerate: a column without any. In both of the last only
// one table is possible and all p-values are 1.
enum stats_status fisher_test(struct fisher_table table, struct p_values *ret);

#endif
