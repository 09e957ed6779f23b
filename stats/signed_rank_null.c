// SPDX-License-Identifier: GPL-3.0-or-later
// The product over i of (1 + q^i) / 2 on the lower half of the powers, rank by rank. What underflows on the way lies below
// 1e-300 of the whole and so cannot be seen.
#include "stats/signed_rank_null.h"

#define LARGEST 2000

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

size_t signed_rank_null_size(size_t n) {
    return n == 0 || n > LARGEST ? 0 : n * (n + 1) / 4 + 1;
}

enum stats_status signed_rank_null(size_t n, double *ret_cdf) {
    size_t size = signed_rank_null_size(n), top = size - 1;
    if (size == 0) return STATS_INVALID;
    for (size_t v = 0; v < size; v++) ret_cdf[v] = v == 0;
    for (size_t i = 1; i <= n; i++) {
        size_t reach = least(top, i * (i + 1) / 2);
        for (size_t v = reach; v >= i; v--) ret_cdf[v] = (ret_cdf[v] + ret_cdf[v - i]) / 2;
        for (size_t v = 0; v < i && v <= top; v++) ret_cdf[v] /= 2;
    }
    for (size_t v = 1; v < size; v++) ret_cdf[v] += ret_cdf[v - 1];
    return STATS_OK;
}
