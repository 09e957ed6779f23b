// SPDX-License-Identifier: GPL-3.0-or-later
// A share of the release's budget says how much was spent, bounds say how sure that is: of two thousand requests at 99.9% one error
// is half of the budget and proves nothing. So the bounds halt, and the share alone only holds.
#include "objective_release.h"

#include <math.h>

#include "objective_left.h"
#include "percent_text.h"
#include "stats/poisson_test.h"

static uint64_t whole(double count) {
    return count > 0 ? (uint64_t)(count + 0.5) : 0;
}

static void assess(struct objective_result *r, const struct objective_count *canary, const struct objective_count *baseline,
                   const struct objective_count *service) {
    const struct objective_config *o = r->plan->config;
    struct objective_release *release = &r->release;
    double remaining = r->has_left ? r->left.remaining : (double)NAN, total = r->has_left ? r->left.period_total : (double)NAN;
    struct canary_costs costs = {.canary = canary->counts,
                                 .baseline = baseline != NULL ? baseline->counts : (struct event_counts){(double)NAN, (double)NAN},
                                 .budget = o->budget,
                                 .period_s = (double)(r->plan->period.end_ms - r->plan->period.start_ms) / 1000,
                                 .period_total = total > 0 ? total : (double)NAN,
                                 .release_total = service->counts.total > 0 ? service->counts.total : (double)NAN,
                                 .halt_ratio = o->has_halt_at ? o->halt_at / 100 : (double)NAN};
    // What remains now has the canary's errors in it already.
    costs.remaining_before = remaining + canary->counts.errors / (o->budget * costs.period_total);
    canary_budget_assess(&costs, &release->costs);
    double part = canary->counts.total / costs.release_total;
    release->share_lower = canary->burn.lower * part;
    release->share_upper = canary->burn.upper * part;
    release->full_s = objective_left_lasts(r, release->costs.projected_rate);
    release->full_soonest_s = objective_left_lasts(r, canary->burn.upper);
    release->full_latest_s = objective_left_lasts(r, canary->burn.lower);
}

static void compare(struct objective_result *r, const struct objective_count *canary, const struct objective_count *baseline) {
    struct objective_release *release = &r->release;
    struct poisson_test test;
    struct poisson_count x = {whole(canary->counts.errors), canary->counts.total},
                         y = {whole(baseline->counts.errors), baseline->counts.total};
    if (poisson_test(x, y, 1, r->plan->alpha, &test) != STATS_OK) return;
    release->p_worse = test.p.greater;
    release->rate_ratio = test.rate_ratio;
    release->rate_ratio_lower = test.low;
    release->rate_ratio_upper = test.high;
    if (x.events == 0) return;
    release->excess_lower = canary->counts.errors * (1 - 1 / test.low);
    release->excess_upper = canary->counts.errors * (1 - 1 / test.high);
}

static void decide(struct objective_result *r, enum objective_gate gate, const char *reason) {
    r->release.gate = gate;
    r->release.reason = reason;
}

static void decide_of_counts(struct objective_result *r, const struct objective_count *canary, struct arena *arena) {
    const struct objective_config *o = r->plan->config;
    const struct objective_release *release = &r->release;
    double alpha = r->plan->alpha, halt = o->halt_at / 100;
    const char *burn = arena_printf(arena, "the canary burns the budget %.3g times as fast as allowed (%.3g to %.3g, each bound %g%% sure)",
                                    canary->burn_rate, canary->burn.lower, canary->burn.upper, 100 * (1 - alpha));
    if (o->has_halt_at && release->share_lower > halt * (1 + 1e-12)) {
        decide(r, OBJECTIVE_CLOSED,
               arena_printf(arena, "the canary used %s of the release budget (at least %s), halt at %g%%",
                            percent_text(arena, 100 * release->costs.release_share), percent_text(arena, 100 * release->share_lower),
                            o->halt_at));
    } else if (canary->burn.verdict == BURN_BURNING && !(release->p_worse >= alpha)) {
        decide(r, OBJECTIVE_CLOSED, burn);
    } else if (canary->burn.verdict == BURN_BURNING) {
        decide(r, OBJECTIVE_HOLD, arena_printf(arena, "%s, but the baseline fails about as often (p %.2g)", burn, release->p_worse));
    } else if (o->has_halt_at && release->costs.halts) {
        decide(r, OBJECTIVE_HOLD,
               arena_printf(arena, "the canary used %s of the release budget, halt at %g%%, but so few errors do not prove it (%s to %s)",
                            percent_text(arena, 100 * release->costs.release_share), o->halt_at,
                            percent_text(arena, 100 * release->share_lower), percent_text(arena, 100 * release->share_upper)));
    } else {
        decide(r, OBJECTIVE_OPEN, burn);
    }
}

static const char *unknown_text(enum objective_state state) {
    if (state == OBJECTIVE_NO_TRAFFIC) return "the canary had no traffic since the release began";
    return state == OBJECTIVE_INVALID ? "the canary's counts are impossible: more marked events than events, or negative ones"
                                      : "there are no series of the canary since the release began";
}

void objective_release_judge(struct objective_result *r, struct arena *arena) {
    const double nan = (double)NAN;
    size_t span = r->plan->release_span;
    r->release = (struct objective_release){.excess_lower = nan,
                                            .excess_upper = nan,
                                            .p_worse = nan,
                                            .rate_ratio = nan,
                                            .rate_ratio_lower = nan,
                                            .rate_ratio_upper = nan,
                                            .share_lower = nan,
                                            .share_upper = nan,
                                            .full_s = nan,
                                            .full_soonest_s = nan,
                                            .full_latest_s = nan};
    if (span == OBJECTIVE_NONE || r->counts[WHO_CANARY] == NULL) return;
    const struct objective_count *canary = &r->counts[WHO_CANARY][span], *service = &r->counts[WHO_SERVICE][span];
    const struct objective_count *baseline = r->counts[WHO_BASELINE] != NULL ? &r->counts[WHO_BASELINE][span] : NULL;
    r->release.present = true;
    r->release.least_requests = ceil(log(r->plan->alpha) / log1p(-r->plan->config->budget));
    assess(r, canary, baseline, service);
    if (!objective_is_known(canary->state)) {
        decide(r, OBJECTIVE_HOLD, unknown_text(canary->state));
        return;
    }
    if (baseline != NULL && objective_is_known(baseline->state)) compare(r, canary, baseline);
    decide_of_counts(r, canary, arena);
}
