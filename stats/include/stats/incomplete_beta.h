// SPDX-License-Identifier: GPL-3.0-or-later
// The regularised incomplete beta function I_x(a, b) in log space, and its root in x: the tails of the binomial, the
// negative binomial, Student's t and F distributions are values of it.
// Continued fraction (DLMF 8.17.22) times a factor by saddle-point expansion (Loader 2000, "Fast and accurate computation
// of binomial probabilities"), so that neither large counts nor far tails cost digits: relative error of the smaller tail
// below 1e-12 for a + b up to 1e10, as far as x and 1 - x themselves are given to full precision.
// Cost: O(sqrt(max(a, b))) steps near the mean, few far from it.
#ifndef STATS_INCOMPLETE_BETA_H
#define STATS_INCOMPLETE_BETA_H

struct beta_tails {
    double log_lower; // ln I_x(a, b); -infinity for 0
    double log_upper; // ln (1 - I_x(a, b)), computed without cancellation
};

// a, b > 0 (a == 0: all mass at 0, b == 0: all mass at 1). x and y = 1 - x are both given because one of them often is the
// exact number and the other would lose digits. NaN for arguments outside the domain.
struct beta_tails incomplete_beta(double a, double b, double x, double y);

// exp() of the tails above, for those who need no logarithm.
double incomplete_beta_lower(double a, double b, double x, double y);
double incomplete_beta_upper(double a, double b, double x, double y);

struct beta_root {
    double x, y; // y = 1 - x, with full relative precision of its own
};

// The x with ln I_x(a, b) == log_p, or with upper tail log_p; by bracketed root search on the logarithm of that tail (GSL's
// inverse returns NaN or wrong numbers from about 1e5 trials on). Relative error of the smaller of x and y below 1e-11.
struct beta_root incomplete_beta_root_lower(double a, double b, double log_p);
struct beta_root incomplete_beta_root_upper(double a, double b, double log_p);

#endif
