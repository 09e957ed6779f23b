// SPDX-License-Identifier: GPL-3.0-or-later
// The continued fraction of the incomplete beta function (DLMF 8.17.22) in its even part, one step for two of the original
// (Didonato and Morris 1992, BFRAC), by the modified Lentz method.
#ifndef STATS_BETA_FRACTION_H
#define STATS_BETA_FRACTION_H

// I_x(a, b) divided by x^a (1 - x)^b / B(a, b). `excess` is a (1 - x) - b x, how far x is below the mean; the fraction converges
// fast where it is not much below 0. NaN where it does not settle.
double beta_fraction(double a, double b, double x, double excess);

#endif
