// SPDX-License-Identifier: GPL-3.0-or-later
// The regularised incomplete beta function I_x(a, b) in log space, and its root in x: the tails of the binomial, the
// negative binomial, Student's t and F distributions are values of it.
// Continued fraction (DLMF 8.17.22) times a factor by saddle-point expansion (Loader 2000, "Fast and accurate computation
// of binomial probabilities"), so that neither large counts nor far tails cost digits: relative error of the smaller tail
// below 1e-12 for a + b up to 1e10 and tails down to 1e-300; farther out the logarithm keeps its relative error.
// Cost: at most O(sqrt(min(a, b))) steps, most of them at the mean: 0.2 ms at a = b = 5e9, 5 ms at 1e15.
#ifndef STATS_INCOMPLETE_BETA_H
#define STATS_INCOMPLETE_BETA_H

struct beta_tails {
    double log_lower; // ln I_x(a, b); -infinity for 0
    double log_upper; // ln (1 - I_x(a, b)), computed without cancellation
};

// a, b from 1e-300 to 1e20 (a == 0: all mass at 0, b == 0: all mass at 1; not both). x and y = 1 - x are both given because
// 1 - x loses the digits of a small y; the smaller of them is taken as exact. NaN for arguments outside the domain, and
// where the fraction does not settle (only near the mean and with both a and b above 1e16).
struct beta_tails incomplete_beta(double a, double b, double x, double y);

// exp() of the tails above, for those who need no logarithm.
double incomplete_beta_lower(double a, double b, double x, double y);
double incomplete_beta_upper(double a, double b, double x, double y);

// ln(x^a y^b / B(a, b)), the logarithm of the density of ln(x / y), for a, b > 0.
double incomplete_beta_log_factor(double a, double b, double x, double y);

struct beta_root {
    double x, y; // y = 1 - x, with full relative precision of its own
};

// The x with ln I_x(a, b) == log_p, or with ln of the upper tail; by Newton's method on that logarithm, which cannot fail
// because it is concave in ln(x / y) (GSL's inverse returns NaN or wrong numbers from about 1e5 trials on). Relative error
// of the smaller of x and y below 1e-12 for a and b from 1 to 1e10; below 1 it grows to 1e-15 / a, as rounding of log_p alone
// would make it. A root nearer to 0 or 1 than 1e-307 is 0 or 1. log_p is at most 0, and NaN comes back for others.
struct beta_root incomplete_beta_root_lower(double a, double b, double log_p);
struct beta_root incomplete_beta_root_upper(double a, double b, double log_p);

#endif
