// SPDX-License-Identifier: GPL-3.0-or-later
// (n + m over n)_q = product over i of (1 - q^(m+i)) / (1 - q^i). Each factor is taken in place on the lower half of the
// polynomial of degree m i, whose upper half is its mirror image: there the differences stay positive. Rounding errors still
// ripple on through 1 / (1 - q^i) and grow with the smaller size, which is why that has a limit.
#include "stats/mann_whitney_null.h"

#include <stdint.h>

#define LARGEST_SMALLER 100
#define LARGEST_PRODUCT 20000000
#define HIGHEST 0x1p+900 // one factor and then a sum of all multiply this by less than 2^60
#define SHRINK 0x1p-100

static void take_factor(double *counts, size_t m, size_t i) {
    size_t degree = m * (i - 1), old_half = degree / 2, half = m * i / 2;
    for (size_t u = old_half + 1; u <= half; u++) counts[u] = counts[degree - u];
    for (size_t u = half; u >= m + i; u--) counts[u] -= counts[u - m - i];
    for (size_t u = i; u <= half; u++) counts[u] += counts[u - i];
    while (counts[half] > HIGHEST) {
        for (size_t u = 0; u <= half; u++) counts[u] *= SHRINK;
    }
}

// Adds up in place, with the rounding errors carried along (Neumaier's form of Kahan's sum for positive terms).
static void add_up(double *counts, size_t size) {
    double sum = 0, rest = 0;
    for (size_t u = 0; u < size; u++) {
        double term = counts[u], next = sum + term;
        rest += sum >= term ? (sum - next) + term : (term - next) + sum;
        sum = next;
        counts[u] = sum + rest;
    }
}

size_t mann_whitney_null_size(size_t n, size_t m) {
    size_t smaller = n < m ? n : m;
    if (smaller == 0 || smaller > LARGEST_SMALLER || n > LARGEST_PRODUCT / m) return 0;
    return n * m / 2 + 1;
}

enum stats_status mann_whitney_null(size_t n, size_t m, double *ret_cdf) {
    size_t size = mann_whitney_null_size(n, m);
    if (size == 0) return STATS_INVALID;
    size_t smaller = n < m ? n : m, larger = n < m ? m : n;
    for (size_t u = 0; u <= larger / 2; u++) ret_cdf[u] = 1;
    for (size_t i = 2; i <= smaller; i++) take_factor(ret_cdf, larger, i);
    add_up(ret_cdf, size);
    double total = ret_cdf[size - 1] + ret_cdf[n * m - size]; // the middle count of an even nm once, all others twice
    for (size_t u = 0; u < size; u++) ret_cdf[u] /= total;
    return STATS_OK;
}

double mann_whitney_null_lower(size_t n, size_t m, const double *cdf, size_t u) {
    if (u >= n * m) return 1;
    return u <= n * m / 2 ? cdf[u] : 1 - cdf[n * m - u - 1];
}
