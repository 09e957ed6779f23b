// SPDX-License-Identifier: GPL-3.0-or-later
// (n + m over n)_q = product over i of (1 - q^(m+i)) / (1 - q^i). Each factor is taken in place on the lower half of the
// polynomial of degree m i, whose upper half is its mirror image: there the differences stay positive. Rounding errors still
// ripple on through 1 / (1 - q^i) and grow with the smaller size: to 1e-13 at 100, where a second double a count takes over, and
// past the bound beyond 280 even so.
#include "stats/mann_whitney_null.h"

#include <stddef.h>

#define MOST_PLAIN 100
#define MOST_PRECISE 256
#define LARGEST_PLAIN 20000000
#define LARGEST_PRECISE 2000000
#define HIGHEST 0x1p+900 // one factor and then a sum of all multiply this by less than 2^60
#define SHRINK 0x1p-100

struct counts {
    double *high;
    double *low; // what high cannot hold
};

// Dekker's sum of two pairs (1971).
static inline void add_pair(struct counts counts, size_t to, size_t from, double sign) {
    double a = counts.high[to], b = sign * counts.high[from], sum = a + b, b_part = sum - a;
    double rest = (a - (sum - b_part)) + (b - b_part) + (counts.low[to] + sign * counts.low[from]), whole = sum + rest;
    counts.high[to] = whole;
    counts.low[to] = rest - (whole - sum);
}

static void mirror(double *counts, size_t degree, size_t half) {
    for (size_t u = degree / 2 + 1; u <= half; u++) counts[u] = counts[degree - u];
}

static void shrink(double *counts, size_t half) {
    for (size_t u = 0; u <= half; u++) counts[u] *= SHRINK;
}

static void take_factor_plain(double *counts, size_t m, size_t i) {
    size_t half = m * i / 2;
    mirror(counts, m * (i - 1), half);
    for (size_t u = half; u >= m + i; u--) counts[u] -= counts[u - m - i];
    for (size_t u = i; u <= half; u++) counts[u] += counts[u - i];
    while (counts[half] > HIGHEST) shrink(counts, half);
}

static void take_factor_precise(struct counts counts, size_t m, size_t i) {
    size_t half = m * i / 2;
    mirror(counts.high, m * (i - 1), half);
    mirror(counts.low, m * (i - 1), half);
    for (size_t u = half; u >= m + i; u--) add_pair(counts, u, u - m - i, -1);
    for (size_t u = i; u <= half; u++) add_pair(counts, u, u - i, 1);
    while (counts.high[half] > HIGHEST) {
        shrink(counts.high, half);
        shrink(counts.low, half);
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

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

size_t mann_whitney_null_size(size_t n, size_t m) {
    size_t smaller = least(n, m), most = smaller > MOST_PLAIN ? LARGEST_PRECISE : LARGEST_PLAIN;
    if (smaller == 0 || smaller > MOST_PRECISE || n > most / m) return 0;
    size_t half = n * m / 2 + 1;
    return smaller > MOST_PLAIN ? 2 * half : half;
}

enum stats_status mann_whitney_null(size_t n, size_t m, double *ret_cdf) {
    size_t size = mann_whitney_null_size(n, m);
    if (size == 0) return STATS_INVALID;
    size_t smaller = least(n, m), larger = n < m ? m : n, half = n * m / 2 + 1;
    struct counts counts = {ret_cdf, ret_cdf + half};
    for (size_t u = 0; u < size; u++) ret_cdf[u] = u <= larger / 2;
    for (size_t i = 2; i <= smaller; i++) {
        if (size == half)
            take_factor_plain(ret_cdf, larger, i);
        else
            take_factor_precise(counts, larger, i);
    }
    add_up(ret_cdf, half);
    double total = ret_cdf[half - 1] + ret_cdf[n * m - half]; // the middle count of an even nm once, all others twice
    for (size_t u = 0; u < half; u++) ret_cdf[u] /= total;
    for (size_t u = half; u < size; u++) ret_cdf[u] = mann_whitney_null_lower(n, m, ret_cdf, u);
    return STATS_OK;
}

double mann_whitney_null_lower(size_t n, size_t m, const double *cdf, size_t u) {
    if (u >= n * m) return 1;
    return u <= n * m / 2 ? cdf[u] : 1 - cdf[n * m - u - 1];
}
