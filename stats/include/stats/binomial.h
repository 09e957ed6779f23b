// SPDX-License-Identifier: GPL-3.0-or-later
// The binomial distribution: k successes in n trials, each with chance p. The tails are incomplete beta values,
// P(X >= k) = I_p(k, n - k + 1), the mass is Loader's saddle-point form; see incomplete_beta.h for accuracy and cost.
// p and q = 1 - p are both given since 1 - p loses the digits of a small q. NaN where one is outside 0 to 1.
#ifndef STATS_BINOMIAL_H
#define STATS_BINOMIAL_H

#include <stdint.h>

// Beyond it counts are no longer exact in doubles, and the tails near the mean may stay without an answer (NaN).
#define BINOMIAL_MOST_TRIALS UINT64_C(9007199254740992)

double binomial_at_least(uint64_t k, uint64_t n, double p, double q); // P(X >= k); 0 for k > n
double binomial_at_most(uint64_t k, uint64_t n, double p, double q);  // P(X <= k); 1 for k >= n
double binomial_log_mass(uint64_t k, uint64_t n, double p, double q); // ln P(X = k); -infinity for k > n
double binomial_mass(uint64_t k, uint64_t n, double p, double q);     // P(X = k)

#endif
