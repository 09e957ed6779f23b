// SPDX-License-Identifier: GPL-3.0-or-later
// In flight a share of the release budget over the limit that few errors prove nothing about only holds the canary; a gate asks for
// promotion, and there it is a no as well.
#include "gate_budget.h"

#include <math.h>
#include <string.h>

#include "percent_text.h"

const struct canary_config *gate_budget_config(const struct canary_config *config, struct arena *arena) {
    struct canary_config *copy = arena_alloc(arena, sizeof *copy);
    *copy = *config;
    copy->objectives = arena_array(arena, config->objective_count, sizeof *copy->objectives);
    for (size_t i = 0; i < config->objective_count; i++) {
        copy->objectives[i] = config->objectives[i];
        if (!copy->objectives[i].by_scope || copy->objectives[i].has_halt_at) continue;
        copy->objectives[i].has_halt_at = true;
        copy->objectives[i].halt_at = gate_config_of(config)->halt_at;
    }
    return copy;
}

static void judge_release(const struct objective_result *r, struct gate_items *items) {
    const struct objective_config *o = r->plan->config;
    const struct objective_release *release = &r->release;
    double share = 100 * release->costs.release_share;
    struct gate_item item = {.kind = "release_budget", .name = o->name, .text = release->reason};
    if (release->gate == OBJECTIVE_CLOSED) {
        item.state = GATE_CLOSED;
        item.opens = "a rollback: the next release has a budget of its own";
    } else if (release->costs.halts) {
        item.state = GATE_CLOSED;
        item.opens = arena_printf(items->arena, "more requests without errors, until the share is %g%% or less; or a rollback", o->halt_at);
    } else if (release->gate == OBJECTIVE_HOLD) {
        item.state = GATE_UNKNOWN;
        item.opens = isnan(share) ? "traffic on the canary" : "a service that keeps its objective without the canary";
    } else {
        item.text = arena_printf(items->arena, "the canary used %s of the release budget (%s to %s), halt at %g%%",
                                 percent_text(items->arena, share), percent_text(items->arena, 100 * release->share_lower),
                                 percent_text(items->arena, 100 * release->share_upper), o->halt_at);
    }
    gate_items_add(items, item);
}

static void judge_production(const struct gate_config *gate, const struct objective_result *r, struct gate_items *items) {
    const struct objective_config *o = r->plan->config;
    struct gate_item item = {.kind = "production_budget", .name = o->name, .state = GATE_UNKNOWN};
    double left = 100 * r->left.remaining;
    if (r->plan->period_span == OBJECTIVE_NONE) {
        item.text = "the period has only just begun";
        item.opens = "a minute of it";
    } else if (!r->has_left || isnan(left)) {
        item.text = arena_printf(items->arena, "the budget cannot be told: state %s over the period",
                                 objective_state_name(r->counts[WHO_SERVICE][r->plan->period_span].state));
        item.opens = "data of the whole service over the period";
    } else if (left <= 0 || left < gate->floor) {
        item.state = GATE_CLOSED;
        item.text = left <= 0 ? arena_printf(items->arena, "the budget of the period is used up (%s)",
                                             percent_text(items->arena, 100 * r->left.consumed))
                              : arena_printf(items->arena, "%.4g%% of the period's budget is left, floor %g%%", left, gate->floor);
        item.opens = arena_printf(items->arena, "%g%% of the budget left: bad events leave the period in time, and reliability comes first",
                                  gate->floor);
    } else {
        item.state = GATE_OPEN;
        item.text = arena_printf(items->arena, "%.4g%% of the period's budget is left", left);
    }
    gate_items_add(items, item);
}

// Tiers that page and do so for certain, as in serin budget.
static void judge_burn(const struct objective_result *r, struct gate_items *items) {
    const struct objective_config *o = r->plan->config;
    for (size_t i = 0; i < o->tier_count; i++) {
        if (!r->tiers[i].certain || o->tiers[i].severity != SEVERITY_PAGE) continue;
        struct gate_item item = {.kind = "burn", .name = o->name, .state = GATE_CLOSED};
        item.text = arena_printf(items->arena, "%s fires: the service burns the budget %.3g times as fast as allowed, over %g",
                                 o->tiers[i].name, r->tiers[i].long_rate, o->tiers[i].factor);
        item.opens = "an end of the incident: the burn rate below the factor again";
        gate_items_add(items, item);
    }
}

void gate_budget_judge(const struct gate_config *gate, const struct objective_results *results, bool released, struct gate_items *items) {
    for (size_t i = 0; i < results->count; i++) {
        const struct objective_result *r = &results->items[i];
        if (r->release.present) judge_release(r, items);
        judge_production(gate, r, items);
        judge_burn(r, items);
    }
    if (released || !gate->has_release_budget) return;
    gate_items_add(items, (struct gate_item){.kind = "release_budget",
                                             .state = GATE_UNKNOWN,
                                             .text = "when the release began was not said",
                                             .opens = "--release-start TIME"});
}
