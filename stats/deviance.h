// SPDX-License-Identifier: GPL-3.0-or-later
// The two parts of a saddle-point probability (Loader 2000, "Fast and accurate computation of binomial probabilities"):
// Gamma functions of large arguments cancel each other in these forms before they are evaluated, so that ln of a
// probability keeps an absolute error near 1e-15 where differences of lgamma() lose one digit for each factor of ten.
#ifndef STATS_DEVIANCE_H
#define STATS_DEVIANCE_H

// x ln(x / mean) + mean - x for x >= 0 and mean > 0 without cancellation where they are close; mean for x == 0, +infinity
// for x > mean == 0, 0 for both 0.
double deviance(double x, double mean);

// The same where shift = mean - x is known to more digits than the mean.
double deviance_shifted(double x, double mean, double shift);

// ln Gamma(x) - ((x - 1/2) ln x - x + ln(2 pi) / 2) for x > 0, the error of Stirling's approximation: 1/(12 x) and
// less for large x. NaN elsewhere.
double stirling_error(double x);

#endif
