// SPDX-License-Identifier: GPL-3.0-or-later
#include "rare_outcomes.h"

#include <math.h>

struct limit {
    struct outcomes outcomes;
    double log_mass;
};

static bool is_rare(const struct limit *limit, uint64_t outcome) {
    return limit->outcomes.log_mass(limit->outcomes.law, outcome) <= limit->log_mass;
}

// The last rare outcome between a rare one and the mode, from either side.
static uint64_t innermost(const struct limit *limit, uint64_t rare, uint64_t common) {
    for (uint64_t gap; (gap = rare < common ? common - rare : rare - common) > 1;) {
        uint64_t middle = rare < common ? rare + gap / 2 : rare - gap / 2;
        if (is_rare(limit, middle))
            rare = middle;
        else
            common = middle;
    }
    return rare;
}

struct rare_outcomes rare_outcomes_find(struct outcomes outcomes, uint64_t observed) {
    struct limit limit = {outcomes, outcomes.log_mass(outcomes.law, observed) + log1p(1e-7)};
    struct rare_outcomes rare = {is_rare(&limit, outcomes.mode), false, false, 0, 0};
    if (rare.all) return rare;
    rare.has_low = is_rare(&limit, outcomes.first);
    rare.has_high = is_rare(&limit, outcomes.last);
    if (rare.has_low) rare.low = innermost(&limit, outcomes.first, outcomes.mode);
    if (rare.has_high) rare.high = innermost(&limit, outcomes.last, outcomes.mode);
    return rare;
}
