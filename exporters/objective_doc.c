// SPDX-License-Identifier: GPL-3.0-or-later
#include "objective_doc.h"

#include <string.h>

static const struct doc_word gates[] = {{"open", TEXT_PASS}, {"hold", TEXT_INCONCLUSIVE}, {"closed", TEXT_FAIL}, {NULL, TEXT_ERROR}};

static void read_budget(struct doc_reader *in, struct doc_place at, struct budget_objective *o) {
    struct doc_place budget = doc_object_or_null(in, at, "budget");
    o->has_budget = budget.node != NULL;
    if (!o->has_budget) return;
    o->remaining = doc_number_or_null(in, budget, "remaining");
    o->remaining_events = doc_number_or_null(in, budget, "remaining_events");
    o->outage_s = doc_number_or_null(in, budget, "remaining_outage_s");
    o->elapsed = doc_number_or_null(in, budget, "elapsed");
    o->sustainable = doc_number_or_null(in, budget, "sustainable_burn_rate");
    o->recent_s = doc_number_or_null(in, budget, "recent_s");
    o->recent_rate = doc_number_or_null(in, budget, "recent_burn_rate");
    o->exhaustion_s = doc_number_or_null(in, budget, "exhaustion_s");
    o->soonest_s = doc_number_or_null(in, budget, "exhaustion_soonest_s");
    o->latest_s = doc_number_or_null(in, budget, "exhaustion_latest_s");
}

static void read_tiers(struct doc_reader *in, struct doc_place at, struct budget_objective *o) {
    struct doc_place list = doc_list(in, at, "tiers");
    o->tier_count = json_array_size(list.node);
    o->tiers = arena_array(in->arena, o->tier_count + 1, sizeof *o->tiers);
    for (size_t i = 0; i < o->tier_count && !in->failed; i++) {
        struct doc_place tier = doc_item(in, list, i);
        o->tiers[i] = (struct budget_tier){.name = doc_text(in, tier, "name"),
                                           .factor = doc_number_or_null(in, tier, "factor"),
                                           .long_rate = doc_number_or_null(in, tier, "long_burn_rate"),
                                           .short_rate = doc_number_or_null(in, tier, "short_burn_rate"),
                                           .least_errors = doc_number_or_null(in, tier, "least_errors"),
                                           .fires = doc_truth(in, tier, "fires"),
                                           .certain = doc_truth(in, tier, "certain")};
    }
}

static void read_suggestion(struct doc_reader *in, struct doc_place at, struct budget_objective *o) {
    if (!doc_has(at, "suggestion")) return;
    struct doc_place suggestion = doc_object(in, at, "suggestion");
    o->suggestion = (struct budget_suggestion){.present = true,
                                               .target = doc_number_or_null(in, suggestion, "target"),
                                               .attainment = doc_number_or_null(in, suggestion, "attainment"),
                                               .lower = doc_number_or_null(in, suggestion, "attainment_lower"),
                                               .upper = doc_number_or_null(in, suggestion, "attainment_upper"),
                                               .share = doc_number_or_null(in, suggestion, "share"),
                                               .confidence = doc_number_or_null(in, suggestion, "confidence"),
                                               .sustainable = doc_number_or_null(in, suggestion, "sustainable_burn_rate"),
                                               .usual = doc_number_or_null(in, suggestion, "usual_burn_rate"),
                                               .events = doc_number_or_null(in, suggestion, "allowed_events"),
                                               .outage_s = doc_number_or_null(in, suggestion, "allowed_outage_s"),
                                               .periods = doc_count(in, suggestion, "periods"),
                                               .met = doc_count(in, suggestion, "met"),
                                               .suggested_met = doc_count(in, suggestion, "suggested_met")};
}

static void read_release(struct doc_reader *in, struct doc_place at, struct budget_objective *o) {
    struct doc_place release = doc_object_or_null(in, at, "release");
    struct budget_release *r = &o->release;
    r->present = release.node != NULL;
    if (!r->present) return;
    r->state = doc_state(in, release, "gate", gates);
    r->reason = doc_text(in, release, "reason");
    r->halt_at = doc_number_or_null(in, release, "halt_at");
    r->share = doc_number_or_null(in, release, "share");
    r->share_lower = doc_number_or_null(in, release, "share_lower");
    r->share_upper = doc_number_or_null(in, release, "share_upper");
    r->excess = doc_number_or_null(in, release, "excess_errors");
    r->excess_lower = doc_number_or_null(in, release, "excess_errors_lower");
    r->excess_upper = doc_number_or_null(in, release, "excess_errors_upper");
    r->p_worse = doc_number_or_null(in, release, "p_worse");
    r->full_s = doc_number_or_null(in, release, "full_exhaustion_s");
    r->full_soonest_s = doc_number_or_null(in, release, "full_exhaustion_soonest_s");
    r->full_latest_s = doc_number_or_null(in, release, "full_exhaustion_latest_s");
    r->least_requests = doc_number_or_null(in, release, "least_requests");
}

static void read_period(struct doc_reader *in, struct doc_place count, struct budget_objective *o) {
    struct report_number errors = doc_number_or_null(in, count, "error_ratio");
    o->period_state = doc_text(in, count, "state");
    o->attainment = (struct report_number){errors.known, 1 - errors.value};
}

static void read_burn(struct doc_reader *in, struct doc_place count, const char *side, struct budget_objective *o) {
    struct budget_burn burn = {.side = side,
                               .length_s = doc_count(in, count, "length_s"),
                               .rate = doc_number_or_null(in, count, "burn_rate"),
                               .lower = doc_number_or_null(in, count, "burn_rate_lower"),
                               .upper = doc_number_or_null(in, count, "burn_rate_upper")};
    if (burn.rate.known) o->burns[o->burn_count++] = burn;
}

static void read_counts(struct doc_reader *in, struct doc_place at, struct budget_objective *o) {
    struct doc_place list = doc_list(in, at, "counts");
    o->period_state = "ok";
    o->burns = arena_array(in->arena, json_array_size(list.node) + 1, sizeof *o->burns);
    for (size_t i = 0; i < json_array_size(list.node) && !in->failed; i++) {
        struct doc_place count = doc_item(in, list, i);
        const char *of = doc_text(in, count, "of"), *kind = doc_text(in, count, "kind");
        if (strcmp(of, "service") == 0 && strcmp(kind, "period") == 0) read_period(in, count, o);
        if (strcmp(kind, "window") == 0) read_burn(in, count, of, o);
        if (strcmp(of, "canary") != 0 || strcmp(kind, "release") != 0) continue;
        o->release.errors = doc_number_or_null(in, count, "errors");
        o->release.total = doc_number_or_null(in, count, "total");
    }
}

static void read_objective(struct doc_reader *in, struct doc_place at, struct budget_objective *o) {
    struct doc_place period = doc_object(in, at, "period");
    o->name = doc_text(in, at, "name");
    o->target = doc_number(in, at, "target");
    o->goal = (struct report_number){true, 1 - doc_number(in, at, "allowed")};
    o->gate = doc_text(in, at, "gate");
    o->period_kind = doc_text(in, period, "kind");
    o->period_s = doc_count(in, period, "length_s");
    o->state = doc_state(in, at, "gate", gates);
    o->reasons = doc_texts(in, at, "reasons");
    read_budget(in, at, o);
    read_tiers(in, at, o);
    read_suggestion(in, at, o);
    read_release(in, at, o);
    read_counts(in, at, o);
}

void doc_objectives(struct doc_reader *in, struct doc_place top, struct budget_objective **ret_items, size_t *ret_count) {
    *ret_items = NULL;
    *ret_count = 0;
    if (in->failed || !doc_has(top, "objectives")) return;
    struct doc_place list = doc_list(in, top, "objectives");
    size_t count = json_array_size(list.node);
    struct budget_objective *items = arena_array(in->arena, count + 1, sizeof *items);
    for (size_t i = 0; i < count && !in->failed; i++) read_objective(in, doc_item(in, list, i), &items[i]);
    *ret_items = items;
    *ret_count = count;
}
