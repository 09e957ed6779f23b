// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/binomial.h"

#include <math.h>
#include <stdbool.h>

#include "stats/incomplete_beta.h"

static bool is_chance(double p, double q) {
    return p >= 0 && p <= 1 && q >= 0 && q <= 1;
}

double binomial_at_least(uint64_t k, uint64_t n, double p, double q) {
    if (!is_chance(p, q)) return (double)NAN;
    if (k == 0) return 1;
    return k > n ? 0 : incomplete_beta_lower((double)k, (double)(n - k) + 1, p, q);
}

double binomial_at_most(uint64_t k, uint64_t n, double p, double q) {
    if (!is_chance(p, q)) return (double)NAN;
    return k >= n ? 1 : incomplete_beta_upper((double)k + 1, (double)(n - k), p, q);
}

// n ln p; p may be near 1, and then q has the digits
static double log_power(uint64_t n, double p, double q) {
    if (n == 0) return 0;
    return (double)n * (p <= q ? log(p) : log1p(-q));
}

double binomial_log_mass(uint64_t k, uint64_t n, double p, double q) {
    if (!is_chance(p, q)) return (double)NAN;
    if (k > n) return -(double)INFINITY;
    if (k == 0) return log_power(n, q, p);
    if (k == n) return log_power(n, p, q);
    double others = (double)(n - k);
    return incomplete_beta_log_factor((double)k, others, p, q) - log((double)k) + log((double)n / others);
}

double binomial_mass(uint64_t k, uint64_t n, double p, double q) {
    return exp(binomial_log_mass(k, n, p, q));
}
