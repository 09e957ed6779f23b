// SPDX-License-Identifier: GPL-3.0-or-later
// Student's t distribution with any positive, also fractional, degrees of freedom.
// P(T > t) is half the incomplete beta I_{df / (df + t^2)}(df / 2, 1/2) for t > 0 (Abramowitz and Stegun 26.7.1).
#ifndef STATS_STUDENT_T_H
#define STATS_STUDENT_T_H

// P(T > t), relative error below 1e-12 down to 1e-300; normal for df beyond 1e18 and infinite df. NaN for df below 1e-290 and NaN.
double student_t_upper(double t, double df);

// The t with P(T > t) = p, relative error of t below 1e-11 for p down to 1e-300 and df from 1 to 1e10, away from p = 0.5; plus
// infinity for p = 0, minus infinity for p = 1. NaN for df <= 0, p outside [0, 1] and NaN.
double student_t_upper_root(double p, double df);

// The same where the root for infinite df, the normal one, is known.
double student_t_upper_root_from(double p, double df, double normal);

#endif
