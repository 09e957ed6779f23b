// SPDX-License-Identifier: GPL-3.0-or-later
// Group sequential test by alpha spending (Lan, DeMets 1983), one-sided: how far the statistic must reach at each look so that
// the chance of reaching it at any look, when nothing changed, stays at alpha. Looks need not be planned: only the share of the
// final information (samples, events) that is in by the time of the look.
//
// With t the information fraction, the chance spent by then is
//   SPENDING_OBRIEN_FLEMING     2 - 2 Phi(z_(alpha/2) / sqrt(t))            almost nothing early, keeps nearly all power
//   SPENDING_POCOCK             alpha ln(1 + (e - 1) t)                      nearly the same boundary at all looks
//   SPENDING_POWER              alpha t^parameter                            parameter > 0 (Kim, DeMets 1987)
//   SPENDING_HWANG_SHIH_DECANI  alpha (1 - e^(-g t)) / (1 - e^(-g)), g = parameter; alpha t for 0 (1990)
// The boundary z_k solves P(Z_j < z_j for j < k, Z_k >= z_k) = spent(t_k) - spent(t_(k-1)), where Z_k sqrt(t_k) is a Brownian
// motion at time t_k (Armitage, McPherson, Rowe 1969): the density of the paths still running is carried from look to look on
// Gauss-Legendre panels as fine as the step. Relative error of z below 1e-12.
//
// Boundaries are confined to 8.5 standard errors: a look that may spend less than what lies beyond (1e-17) gets z = 8.5, and
// its nominal p is that of 8.5, 9.5e-18: all looks so confined together add less than 1e-14 to alpha.
//
// Start, add a look, decide; the caller owns the loop and all memory. 20 ms in all for a hundred even looks, 0.2 s for 500.
#ifndef STATS_ALPHA_SPENDING_H
#define STATS_ALPHA_SPENDING_H

#include <stdbool.h>
#include <stddef.h>

#include "stats/status.h"

enum spending_type { SPENDING_OBRIEN_FLEMING, SPENDING_POCOCK, SPENDING_POWER, SPENDING_HWANG_SHIH_DECANI };

struct spending {
    enum spending_type type;
    double alpha;     // one-sided, in (0, 1)
    double parameter; // of the last two types
};

// The chance spent at information fraction t in [0, 1]; NaN outside the domain.
double spending_at(const struct spending *plan, double t);

struct spending_density { // of the paths that no look has stopped, one look back
    double *node, *mass;  // in the scratch; mass is density times quadrature weight
    size_t count;
};

struct alpha_spending { // the caller's; to be read only through the functions below
    struct spending plan;
    struct spending_density before, room;
    size_t capacity;  // nodes that each of the two may have
    double fraction;  // of the last look; 0 before the first
    double spent;     // by the last look
    double reach;     // its boundary on the scale of the Brownian motion
    double deviation; // standard deviation of its increment; 0 before the first
};

struct spending_look {
    double z;          // stop when the statistic is at least this
    double nominal_p;  // upper tail of z: stop when the one-sided p-value is at most this
    double cumulative; // chance spent by this look, from the spending function
};

// Doubles of scratch for looks whose information grows by at least this share of itself: (t_k - t_(k-1)) / t_k >= least_growth.
// 1.0 / K for K even looks. 0 when it is not in (0, 1].
size_t alpha_spending_scratch(double least_growth);

// The scratch must outlive the state. STATS_INVALID when alpha, the parameter or least_growth is outside its domain.
enum stats_status alpha_spending_start(const struct spending *plan, double least_growth, double *scratch, struct alpha_spending *ret);

// STATS_INVALID, and the state is as before, when the fraction is not above that of the last look and at most 1, or when it
// has grown by less than the scratch was made for.
enum stats_status alpha_spending_add(struct alpha_spending *state, double fraction, struct spending_look *ret);

// Whether the statistic stops the test at this look. NaN does not.
bool alpha_spending_decide(const struct spending_look *look, double z);

#endif
