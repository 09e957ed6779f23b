// SPDX-License-Identifier: GPL-3.0-or-later
// Which order statistics of pairs are limits of a location: the k-th smallest and the k-th largest, where the statistic of the
// rank test under its null hypothesis stays below k with at most half of what the confidence leaves.
#ifndef STATS_ORDER_LIMITS_H
#define STATS_ORDER_LIMITS_H

#include <stddef.h>
#include <stdint.h>

enum { ORDER_LOW, ORDER_MIDDLE, ORDER_MIDDLE_UPPER, ORDER_HIGH, ORDER_COUNT };

// The smallest q with cdf[q] >= (1 - confidence)/2, at least 1. `cdf` is the lower half of the null distribution.
uint64_t order_limits_exact(const double *cdf, size_t size, double confidence);

// By normal approximation for a statistic from 0 to `total` with this standard deviation.
uint64_t order_limits_normal(double total, double deviation, double confidence);

// The ranks from 1 of the k-th smallest, of the two middle ones (equal when the total is odd) and of the k-th largest.
void order_limits_ranks(uint64_t total, uint64_t k, uint64_t ret_ranks[ORDER_COUNT]);

#endif
