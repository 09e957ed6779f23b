// SPDX-License-Identifier: GPL-3.0-or-later
// The outcomes a two-sided exact test sums: those not more probable than the observed one, up to a relative slack of 1e-7
// by which equal probabilities may differ in doubles. With one mode they lie on both sides of it, from an outcome outward.
#ifndef STATS_RARE_OUTCOMES_H
#define STATS_RARE_OUTCOMES_H

#include <stdbool.h>
#include <stdint.h>

struct outcomes {
    uint64_t first, last, mode; // the mass falls from the mode to both ends
    double (*log_mass)(const void *law, uint64_t outcome);
    const void *law; // borrowed
};

struct rare_outcomes {
    bool all; // not even the mode is more probable
    bool has_low, has_high;
    uint64_t low, high; // first to low, and high to last, are rare
};

// Bisection: O(log(last - first)) evaluations of the mass.
struct rare_outcomes rare_outcomes_find(struct outcomes outcomes, uint64_t observed);

#endif
