// SPDX-License-Identifier: GPL-3.0-or-later
// Mixture sequential probability ratio test of a normal mean (Robbins 1970; Johari, Koomen, Pekelis, Walsh 2022): may be
// looked at after every sample. Of n values with known variance s2 and mean m, the likelihood under means drawn from
// N(theta0, tau2) against that under theta0:
//   ln LR = n^2 tau2 (m - theta0)^2 / (2 s2 (s2 + n tau2)) - ln(1 + n tau2 / s2) / 2
// Under theta0 it is a martingale from 1, so P(LR ever >= 1 / alpha) <= alpha, and min(1, 1 / LR), or its running minimum over
// the looks, is a p-value at every look. Power is best for effects near sqrt(tau2).
#ifndef STATS_MIXTURE_SPRT_H
#define STATS_MIXTURE_SPRT_H

#include "stats/status.h"

struct mixture_sprt_model {
    double theta0; // mean when nothing changed, finite
    double sigma2; // variance of one value, > 0
    double tau2;   // variance of the mixture, >= 0
};

struct mixture_sprt {
    double log_lr;         // relative error about 1e-15 of the larger of its two terms
    double p_always_valid; // of this look alone
};

// n may be fractional: autocorrelated values count as their effective number. STATS_NODATA for n == 0 or a missing (NaN) mean,
// where LR is 1; STATS_DEGENERATE for sigma2 == 0; STATS_NONFINITE for an infinite mean or n.
enum stats_status mixture_sprt_test(const struct mixture_sprt_model *model, double n, double mean, struct mixture_sprt *ret);

#endif
