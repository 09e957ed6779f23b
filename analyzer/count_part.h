// SPDX-License-Identifier: GPL-3.0-or-later
// Rates of events on two sides: their dispersion over the steps, and the test of their ratio that knows of it.
#ifndef ANALYZER_COUNT_PART_H
#define ANALYZER_COUNT_PART_H

#include "base/arena.h"
#include "evidence_battery.h"

struct count_side {        // steps in the order of time, none missing
    const double *bad, *total;
};

struct count_sums {
    double bad, total;
};

struct count_dispersion {
    double phi, rho; // variance of the canary's share of the events over that of independent ones, at least 1
};

struct count_sums count_sums(struct count_side side, size_t first, size_t end);

// Given how many events a step had on both sides; 1 with fewer than 5 events.
struct count_dispersion count_dispersion(struct count_side baseline, struct count_side canary, size_t count, struct ar1_prior prior,
                                         struct arena *arena);

// Fills in a part: whether the canary's rate changed by more than `tolerance`, and by more than `absolute` in itself.
void count_part_test(const struct battery *battery, struct evidence_part *part, struct count_sums baseline, struct count_sums canary,
                     double phi, double tolerance, double absolute);

#endif
