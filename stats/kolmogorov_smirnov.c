// SPDX-License-Identifier: GPL-3.0-or-later
// reached[i] is the chance that a random path has come as far as D before it gets to (i, s - i), for one s after another: the
// last step came from the side with i of s values with chance i/s. Outside the band [low, high] it is 1.
#include "stats/kolmogorov_smirnov.h"

#include <math.h>

#include "pooled.h"

#define MOST_WORK 1000000000

struct band {
    size_t n, m; // n <= m
    uint64_t distance;
    size_t low, high; // of the values i of the smaller side; empty when low > high
    double *reached;  // [i + 1], so that one below 0 exists
};

double kolmogorov_upper(double square) {
    const double pi = 3.14159265358979323846;
    double sum = 0;
    if (square < 0.01) return 1; // less 1e-52
    if (square > 1) {
        for (int k = 4; k > 0; k--) sum = exp(-2 * k * k * square) - sum;
        return 2 * sum;
    }
    for (int k = 7; k > 0; k -= 2) sum += exp(-k * k * pi * pi / (8 * square));
    return 1 - sqrt(2 * pi / square) * sum;
}

static uint64_t distance_between(uint64_t a, uint64_t b) {
    return a > b ? a - b : b - a;
}

enum stats_status kolmogorov_smirnov(struct column x, struct column y, struct kolmogorov_smirnov *ret) {
    *ret = (struct kolmogorov_smirnov){0, (double)NAN, (double)NAN};
    if (x.count == 0 || y.count == 0) return STATS_NODATA;
    uint64_t n = x.count, m = y.count;
    if (n > UINT64_MAX / m) return STATS_INVALID;
    struct pooled pooled = {x, y, 0, 0};
    struct pooled_group group;
    size_t groups = 0;
    for (; pooled_next(&pooled, &group); groups++) {
        uint64_t here = distance_between(pooled.x_seen * m, pooled.y_seen * n);
        if (here > ret->distance) ret->distance = here;
    }
    ret->d = (double)ret->distance / (double)(n * m);
    ret->p_asymptotic = kolmogorov_upper(ret->d * (double)ret->distance / (double)(n + m));
    return groups == 1 ? STATS_DEGENERATE : STATS_OK;
}

size_t kolmogorov_smirnov_scratch(size_t n, size_t m) {
    size_t smaller = n < m ? n : m, larger = n < m ? m : n;
    if (smaller == 0 || larger > MOST_WORK || smaller > MOST_WORK / (smaller + larger)) return 0;
    return smaller + 2;
}

// One more value, the s-th: the band grows by one at the top, and loses at both ends what no path can reach.
static void add_value(struct band *band, size_t s) {
    double *reached = band->reached + 1, share = 1 / (double)s;
    if (band->high < band->n) band->high++;
    if (s > band->m && band->low < s - band->m) band->low = s - band->m;
    for (size_t i = band->high + 1; i-- > band->low;) {
        double from_below = i > 0 ? (double)i * reached[i - 1] : 0;
        reached[i] = (from_below + (double)(s - i) * reached[i]) * share;
    }
}

static void cut(struct band *band, size_t s) {
    double *reached = band->reached + 1;
    uint64_t all = band->n + band->m, middle = (uint64_t)s * band->n;
    while (band->low <= band->high && band->low * all < middle && middle - band->low * all >= band->distance) reached[band->low++] = 1;
    while (band->low <= band->high && band->high * all >= middle + band->distance) reached[band->high--] = 1;
}

enum stats_status kolmogorov_smirnov_exact(struct column x, struct column y, double *scratch, double *ret_p) {
    struct kolmogorov_smirnov found;
    enum stats_status status = kolmogorov_smirnov(x, y, &found);
    *ret_p = (double)NAN;
    if (status == STATS_NODATA || status == STATS_INVALID) return status;
    if (kolmogorov_smirnov_scratch(x.count, y.count) == 0) return STATS_INVALID;
    *ret_p = 1;
    if (found.distance == 0) return status;
    bool swapped = x.count > y.count;
    struct pooled pooled = {swapped ? y : x, swapped ? x : y, 0, 0};
    struct band band = {pooled.x.count, pooled.y.count, found.distance, 0, 0, scratch};
    struct pooled_group group;
    scratch[0] = 0;
    scratch[1] = 0;
    for (size_t i = 1; i <= band.n; i++) scratch[i + 1] = 1;
    size_t s = 0;
    while (pooled_next(&pooled, &group)) {
        for (size_t size = group.x + group.y; size > 0; size--) add_value(&band, ++s);
        cut(&band, s);
    }
    *ret_p = scratch[band.n + 1];
    return status;
}
