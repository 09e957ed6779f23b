// SPDX-License-Identifier: GPL-3.0-or-later
// A tier fires by its burn rates alone, as the rules in Prometheus do. At ten requests an hour a single error does that and proves
// nothing: a tier is certain only with as many errors as the factor itself would seldom make in so much traffic, and with two at least:
// where the factor is low a single one would be rare enough, and comes in one of many hours all the same.
#include "objective_tier.h"

#include <math.h>

#include "objective_count.h"
#include "stats/burn_tiers.h"
#include "stats/low_traffic.h"

#define LEAST_ERRORS 2.0

static const struct objective_count *window(const struct objective_result *r, int64_t length_ms) {
    return &r->counts[WHO_SERVICE][objective_plan_span(r->plan, length_ms)];
}

static struct event_counts known_counts(const struct objective_count *count) {
    return objective_is_known(count->state) ? count->counts : (struct event_counts){(double)NAN, (double)NAN};
}

// Whole events on both sides: extrapolation makes fractions of them.
static bool is_certain(struct event_counts counts, double budget, double factor, double least_errors) {
    struct low_traffic_guarded guarded;
    struct event_counts whole = {floor(counts.errors + 0.5), fmax(1, floor(counts.total + 0.5))};
    if (whole.errors > whole.total) whole.errors = whole.total;
    low_traffic_guard(whole, budget, factor, isnan(least_errors) ? (double)INFINITY : least_errors, &guarded);
    return guarded.fires;
}

// How the long window weighs in the period's traffic.
static void weigh(const struct objective_result *r, const struct objective_tier *tier, struct event_counts counts,
                  struct objective_tier_result *ret) {
    const struct objective_config *o = r->plan->config;
    size_t span = r->plan->period_span;
    double period_total = span != OBJECTIVE_NONE ? r->counts[WHO_SERVICE][span].counts.total : (double)NAN;
    double long_s = (double)tier->long_ms / 1000;
    double period_s = span != OBJECTIVE_NONE ? (double)(r->plan->spans[span].end_ms - r->plan->spans[span].start_ms) / 1000 : long_s;
    struct low_traffic_weighted weighted;
    struct low_traffic_constant constant;
    low_traffic_weigh(counts, o->budget, long_s, period_s, period_total, &weighted);
    low_traffic_constant_budget(counts, o->budget, tier->factor * long_s / ((double)o->period_ms / 1000), period_total, &constant);
    ret->volume_rate = weighted.rate;
    ret->period_share = weighted.budget_consumed;
    ret->spends = constant.fires;
}

static void decide_certainty(const struct objective_result *r, const struct objective_tier *tier, struct objective_tier_result *ret) {
    double budget = r->plan->config->budget;
    struct event_counts counts = known_counts(window(r, tier->long_ms));
    struct burn_significance burn;
    objective_count_burn(counts, budget, tier->factor, r->plan->alpha, &burn);
    ret->least_errors = burn.has_smallest ? fmax(LEAST_ERRORS, (double)burn.smallest) : (double)NAN;
    ret->least_requests = low_traffic_least_requests(budget, tier->factor);
    ret->certain = ret->fires && is_certain(counts, budget, tier->factor, ret->least_errors);
    weigh(r, tier, counts, ret);
}

void objective_tiers_decide(struct objective_result *r, struct arena *arena) {
    const struct objective_config *o = r->plan->config;
    struct burn_tier *tiers = arena_array(arena, o->tier_count, sizeof *tiers);
    struct burn_tier_state *states = arena_array(arena, o->tier_count, sizeof *states);
    size_t worst;
    for (size_t i = 0; i < o->tier_count; i++) {
        const struct objective_tier *tier = &o->tiers[i];
        tiers[i] = (struct burn_tier){tier->factor, (int)tier->severity, known_counts(window(r, tier->long_ms)),
                                      known_counts(window(r, tier->short_ms))};
    }
    burn_tiers_decide(tiers, o->tier_count, o->budget, states, &worst);
    r->tiers = arena_array(arena, o->tier_count, sizeof *r->tiers);
    for (size_t i = 0; i < o->tier_count; i++) {
        r->tiers[i] =
            (struct objective_tier_result){.long_rate = states[i].long_rate, .short_rate = states[i].short_rate, .fires = states[i].fires};
        decide_certainty(r, &o->tiers[i], &r->tiers[i]);
    }
}
