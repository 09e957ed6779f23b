// SPDX-License-Identifier: GPL-3.0-or-later
// The standard normal distribution.
#ifndef STATS_NORMAL_H
#define STATS_NORMAL_H

// Quantile of p in (0, 1); -infinity at 0, +infinity at 1, NaN elsewhere. Error below 1e-13. By Giles' polynomial
// ("Approximating the erfinv function", GPU Computing Gems 2, 2011) and so with the same last bit as other programs that
// use it at the usual levels, which GSL's own inverse does not give (it is off by one unit for 98 and 95 % two-sided).
double normal_quantile(double p);

// The distance from the mean that a two-sided interval of this confidence (0 to 1) reaches: 2.33 for 0.98.
double normal_two_sided(double confidence);

// P(Z > z) with a relative error below 1e-13 down to the smallest normal double, and its logarithm at any z.
double normal_upper(double z);
double normal_log_upper(double z);

#endif
