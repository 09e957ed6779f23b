// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/burn_significance.h"

#include <math.h>

#include "stats/binomial.h"
#include "stats/binomial_interval.h"

static const double slack = 1e-12;

static bool is_significant(uint64_t errors, uint64_t total, double chance, double alpha) {
    return binomial_at_least(errors, total, chance, 1 - chance) <= alpha;
}

static void find_smallest(uint64_t total, double chance, double alpha, struct burn_significance *ret) {
    ret->has_smallest = is_significant(total, total, chance, alpha);
    if (!ret->has_smallest) return;
    uint64_t usual = 0, rare = total; // no error at all is never rare
    while (rare - usual > 1) {
        uint64_t middle = usual + (rare - usual) / 2;
        if (is_significant(middle, total, chance, alpha))
            rare = middle;
        else
            usual = middle;
    }
    ret->smallest = rare;
}

static enum burn_verdict judge(const struct burn_significance *burn, double factor) {
    if (burn->lower > factor * (1 + slack)) return BURN_BURNING;
    return burn->upper < factor * (1 - slack) ? BURN_OK : BURN_INCONCLUSIVE;
}

enum stats_status burn_significance(uint64_t errors, uint64_t total, double budget, double factor, double alpha,
                                    struct burn_significance *ret) {
    double nan_ = (double)NAN;
    *ret = (struct burn_significance){nan_, nan_, nan_, nan_, BURN_INCONCLUSIVE, false, 0};
    if (!(budget >= 0 && budget <= 1) || !(factor >= 0)) return STATS_INVALID;
    struct binomial_interval low, high;
    binomial_interval_exact(errors, total, alpha, BINOMIAL_LOWER, &low);
    enum stats_status status = binomial_interval_exact(errors, total, alpha, BINOMIAL_UPPER, &high);
    if (status == STATS_INVALID) return status;
    double chance = fmin(1, factor * budget);
    ret->p_value = binomial_at_least(errors, total, chance, 1 - chance);
    ret->lower = low.low == 0 ? 0 : low.low / budget;
    ret->upper = high.high / budget;
    if (status != STATS_OK) return status;
    ret->rate = (double)errors / (double)total / budget;
    ret->verdict = judge(ret, factor);
    find_smallest(total, chance, alpha, ret);
    return STATS_OK;
}

const char *burn_verdict_text(enum burn_verdict verdict) {
    static const char *const texts[] = {[BURN_INCONCLUSIVE] = "inconclusive", [BURN_OK] = "ok", [BURN_BURNING] = "burning"};
    return texts[verdict];
}
