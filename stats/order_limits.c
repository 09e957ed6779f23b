// SPDX-License-Identifier: GPL-3.0-or-later
#include "order_limits.h"

#include <math.h>

#include "stats/normal.h"

uint64_t order_limits_exact(const double *cdf, size_t size, double confidence) {
    // A level such as 0.95 is not exact in binary, and a table rounds: a probability that equals the tail must count as such.
    double tail = (1 - confidence) / 2, least = tail * (1 - 1e-12) - 0x1p-54;
    size_t low = 0, high = size - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (cdf[middle] >= least)
            high = middle;
        else
            low = middle + 1;
    }
    return low > 1 ? low : 1;
}

uint64_t order_limits_normal(double total, double deviation, double confidence) {
    double k = floor(total / 2 - normal_two_sided(confidence) * deviation + 0.5);
    return k > 1 ? (uint64_t)k : 1;
}

void order_limits_ranks(uint64_t total, uint64_t k, uint64_t ret_ranks[ORDER_COUNT]) {
    uint64_t middle = total - total / 2;
    ret_ranks[ORDER_LOW] = k < middle ? k : middle;
    ret_ranks[ORDER_MIDDLE] = middle;
    ret_ranks[ORDER_MIDDLE_UPPER] = total / 2 + 1;
    ret_ranks[ORDER_HIGH] = total + 1 - ret_ranks[ORDER_LOW];
}
