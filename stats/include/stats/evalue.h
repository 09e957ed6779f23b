// SPDX-License-Identifier: GPL-3.0-or-later
// E-values of counts: a likelihood ratio of a mixture of alternatives against the null hypothesis. They are martingales from 1
// when nothing changed, so exceeding 1 / alpha at any look, after any event, has chance at most alpha (Ville 1939; for counts
// Lindon, Malek 2022). Valid only for events that are Poisson given the rate; divide the counts by their dispersion otherwise.
// Counts are doubles because increases are extrapolated and dispersed counts divided.
//
// Accuracy: written as differences of deviances and Stirling errors, never of log gammas: relative error near
// 1e-12, or absolute for values near 0, for counts up to 1e9 and beyond and mixtures worth up to 1e4 events. O(1).
#ifndef STATS_EVALUE_H
#define STATS_EVALUE_H

#include "stats/status.h"

// x events of the canary and y of the baseline, of which the share of the canary is p0 when nothing changed; Beta(a, b) mixture:
//   *ret_log_e = ln B(a + x, b + y) - ln B(a, b) - x ln p0 - y ln(1 - p0)
// STATS_INVALID for negative counts, p0 outside (0, 1) or a, b not positive and finite. STATS_NODATA without events (value 0)
// or for a missing (NaN) count; STATS_NONFINITE for an infinite one.
enum stats_status evalue_binomial(double x, double y, double p0, double a, double b, double *ret_log_e);

// x events in an exposure (seconds, requests) whose rate is lambda0 when nothing changed; Gamma(shape, rate) mixture:
//   *ret_log_e = ln Gamma(shape + x) - ln Gamma(shape) + shape ln(rate) - (shape + x) ln(rate + exposure) - x ln lambda0
//                + lambda0 exposure
// STATS_INVALID for negative counts or exposures, or lambda0, shape, rate not positive and finite. STATS_NODATA without
// exposure (value 0 when there is no event either) or for a missing (NaN) count or exposure; STATS_NONFINITE for infinite ones.
enum stats_status evalue_poisson(double x, double exposure, double lambda0, double shape, double rate, double *ret_log_e);

#endif
