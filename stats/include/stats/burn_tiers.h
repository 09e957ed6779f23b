// SPDX-License-Identifier: GPL-3.0-or-later
// The multiwindow, multi-burn-rate decision (SRE workbook, chapter 5): a tier fires when the burn rates over its long and its
// short window are both strictly above its factor. The long window gives the evidence, the short one says it still goes on.
// A window without data never lets its tier fire.
#ifndef STATS_BURN_TIERS_H
#define STATS_BURN_TIERS_H

#include <stdbool.h>
#include <stddef.h>

#include "stats/event_counts.h"

struct burn_tier {
    double factor; // > 0
    int severity;  // the lower the more severe
    struct event_counts long_counts, short_counts;
};

struct burn_tier_state {
    double long_rate, short_rate; // NaN without data
    bool fires;
};

// Fills states[0..count). *ret_worst is the first of the most severe tiers that fire, or `count` when none does.
// STATS_INVALID when the budget, a factor or counts are outside their domain (such a tier does not fire, the others are decided),
// else STATS_NODATA when there is no tier with data in both windows.
enum stats_status burn_tiers_decide(const struct burn_tier *tiers, size_t count, double budget, struct burn_tier_state *states,
                                    size_t *ret_worst);

#endif
