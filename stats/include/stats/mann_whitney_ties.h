// SPDX-License-Identifier: GPL-3.0-or-later
// The exact Mann-Whitney test given the ties: all ways to call n of the n + m pooled values "x" are equally likely, tied
// pairs count one half (Streitberg and Roehmel 1986 for the computation by adding up group after group).
// Only positive numbers are added: relative error of each p-value below 1e-12 down to 1e-300.
#ifndef STATS_MANN_WHITNEY_TIES_H
#define STATS_MANN_WHITNEY_TIES_H

#include "stats/column.h"
#include "stats/p_values.h"
#include "stats/status.h"

struct mann_whitney_ties {
    double u;             // pairs x > y, and half of those x == y
    struct p_values p;    // two_sided doubles the smaller tail, at most 1
    double two_sided_abs; // share of the ways whose U lies at least as far from nm/2, on either side
};

// Doubles of scratch for n against m values, about nm min(n, m); 0 when a size is 0 or the work nm min(n, m) (n + m) is
// above 4e9, which takes about a second.
size_t mann_whitney_ties_scratch(size_t n, size_t m);

// Infinite values rank as extremes, equal infinities tie. nodata: a column is empty. invalid: sizes without a scratch.
// degenerate: all values are tied; every p-value is 1.
enum stats_status mann_whitney_ties(struct column x, struct column y, double *scratch, struct mann_whitney_ties *ret);

#endif
