// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/burn_tiers.h"

#include <math.h>

#include "stats/burn_rate.h"

static bool is_valid(const struct burn_tier *tier, double budget) {
    return burn_rate_is_budget(budget) && tier->factor > 0 && event_counts_check(tier->long_counts) != STATS_INVALID &&
           event_counts_check(tier->short_counts) != STATS_INVALID;
}

enum stats_status burn_tiers_decide(const struct burn_tier *tiers, size_t count, double budget, struct burn_tier_state *states,
                                    size_t *ret_worst) {
    enum stats_status status = STATS_NODATA;
    *ret_worst = count;
    for (size_t i = 0; i < count; i++) {
        const struct burn_tier *tier = &tiers[i];
        bool valid = is_valid(tier, budget);
        states[i].long_rate = burn_rate_of(tier->long_counts, budget);
        states[i].short_rate = burn_rate_of(tier->short_counts, budget);
        states[i].fires = valid && burn_rate_exceeds(tier->long_counts, budget, tier->factor) &&
                          burn_rate_exceeds(tier->short_counts, budget, tier->factor);
        if (states[i].fires && (*ret_worst == count || tier->severity < tiers[*ret_worst].severity)) *ret_worst = i;
        bool known = !isnan(states[i].long_rate) && !isnan(states[i].short_rate);
        if (!valid)
            status = STATS_INVALID;
        else if (known && status == STATS_NODATA)
            status = STATS_OK;
    }
    return status;
}
