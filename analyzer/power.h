// SPDX-License-Identifier: GPL-3.0-or-later
// How small a change can be seen, from how exactly the data tell its size.
#ifndef ANALYZER_POWER_H
#define ANALYZER_POWER_H

#include "analyzer/evidence.h"
#include "stats/t_roots.h"

#define POWER_CHANCE 0.8 // of the decision that is projected

// Of Student's t, however slow a series is: with fewer, not even changes of many standard errors are sure, and no fewer unchanged
// series fail, as it is their standard error that is known badly.
#define EVIDENCE_DF_LEAST 5

struct power_view {
    double se, df;    // of theta
    double share;     // of alpha, that the test has
    double tolerance; // relative; kappa times it must be excluded
    double least;     // relative; the estimate must exceed it, from the tolerance
    double sign;      // 1: an increase is bad, -1: a decrease
    bool log_scale;
    struct t_roots *roots; // found so far; may be NULL
};

// The relative change, as a size, that fails with chance POWER_CHANCE: its lower limit must clear kappa times the tolerance, its
// estimate the least that counts. NaN when the standard error is not known; infinite when no decrease is large enough.
double power_visible(const struct evidence_settings *settings, const struct power_view *view);

// The same before there are data, for a window of `steps` steps of which the standard deviation and the autocorrelation are known.
double power_visible_in(const struct evidence_settings *settings, size_t steps, double sd, double rho, double share);

#endif
