// SPDX-License-Identifier: GPL-3.0-or-later
// The two-sample Kolmogorov-Smirnov test, two-sided: D is the largest distance between the two empirical distribution
// functions. The exact p-value is the share of the lattice paths from (0, 0) to (n, m) that come at least as far from the
// diagonal (Hodges 1958, "The significance probability of the Smirnov two-sample test"). With ties it is conditional on
// them: distances count at the ends of groups of equal values only.
#ifndef STATS_KOLMOGOROV_SMIRNOV_H
#define STATS_KOLMOGOROV_SMIRNOV_H

#include <stddef.h>
#include <stdint.h>

#include "stats/column.h"
#include "stats/status.h"

struct kolmogorov_smirnov {
    uint64_t distance;   // D in steps of 1/(nm), so without rounding
    double d;            // distance / (nm)
    double p_asymptotic; // Kolmogorov's limit at sqrt(nm/(n+m)) D; relative error below 1e-11
};

// Infinite values rank as extremes, equal infinities tie. O(n + m). nodata: a column is empty. degenerate: all values are
// equal; D is 0 and p is 1.
enum stats_status kolmogorov_smirnov(struct column x, struct column y, struct kolmogorov_smirnov *ret);

// The upper tail of Kolmogorov's distribution, 2 sum (-1)^(k-1) exp(-2 k^2 square) over k = 1, 2, ...; square >= 0 is the
// square of the usual argument.
double kolmogorov_upper(double square);

// Doubles of scratch for the exact p-value, min(n, m) + 2; 0 when a size is 0 or min(n, m) (n + m) is above 1e9, which may
// take about a second.
size_t kolmogorov_smirnov_scratch(size_t n, size_t m);

// The exact p-value. Only positive numbers are added: relative error below 1e-11 down to 1e-300. Cost: n + m rows as wide
// as the band of paths that stay nearer than D. Statuses as above; invalid for sizes without a scratch.
enum stats_status kolmogorov_smirnov_exact(struct column x, struct column y, double *scratch, double *ret_p);

#endif
