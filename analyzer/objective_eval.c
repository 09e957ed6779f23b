// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/objective_eval.h"

#include <math.h>

#include "objective_count.h"
#include "objective_release.h"
#include "objective_tier.h"
#include "texts.h"

enum { MOST_FAILURES = 10 }; // that are told

const char *objective_state_name(enum objective_state state) {
    static const char *const names[] = {"ok", "no_traffic", "no_error_series", "absent", "invalid"};
    return names[state];
}

const char *objective_gate_name(enum objective_gate gate) {
    static const char *const names[] = {"open", "hold", "closed"};
    return names[gate];
}

bool objective_is_known(enum objective_state state) {
    return state == OBJECTIVE_OK || state == OBJECTIVE_NO_ERROR_SERIES;
}

bool objective_answer_is_good(const struct answer *answer) {
    return answer->http_status != 0 && answer->result.outcome == DECODE_OK;
}

size_t objective_failures(const struct objective_plan *plan, const struct answer *const *answers, struct arena *arena, struct texts *ret) {
    size_t failed = 0;
    *ret = (struct texts){0};
    for (size_t q = 0; q < plan->query_count; q++) {
        const struct objective_query *query = &plan->queries[q];
        if (objective_answer_is_good(answers[q]) || failed++ >= MOST_FAILURES) continue;
        const struct objective_config *o = plan->items[query->objective].config;
        texts_add(ret, arena,
                  arena_printf(arena, "objective %s, %s, source %s: %s", o->name, objective_who_name(query->who), query->source,
                               answers[q]->result.err.text));
    }
    if (failed > MOST_FAILURES)
        texts_add(ret, arena, arena_printf(arena, "and %zu more queries of objectives that failed", failed - MOST_FAILURES));
    return failed;
}

// The long window of the last tier that pages: recent, and not only of the last minutes.
static size_t recent_span(const struct planned_objective *p) {
    size_t found = OBJECTIVE_NONE;
    for (size_t i = 0; i < p->config->tier_count; i++) {
        if (p->config->tiers[i].severity == SEVERITY_PAGE || i == 0) found = objective_plan_span(p, p->config->tiers[i].long_ms);
    }
    return found;
}

static double lasts(double remaining, double period_s, double rate) {
    if (isnan(remaining) || isnan(rate)) return (double)NAN;
    return remaining > 0 ? remaining * period_s / rate : 0;
}

static void tell_left(struct objective_result *r) {
    const struct planned_objective *p = r->plan;
    const struct objective_config *o = p->config;
    const struct objective_count *count = p->period_span != OBJECTIVE_NONE ? &r->counts[WHO_SERVICE][p->period_span] : NULL;
    const double nan = (double)NAN;
    struct objective_left *left = &r->left;
    *left = (struct objective_left){.recent_span = recent_span(p)};
    left->projected_total = left->elapsed = left->sustainable_rate = left->remaining_so_far = nan;
    r->has_left = count != NULL && objective_is_known(count->state);
    if (!r->has_left) return;
    const struct objective_count *recent = left->recent_span != OBJECTIVE_NONE ? &r->counts[WHO_SERVICE][left->recent_span] : NULL;
    double period_s = (double)(p->period.end_ms - p->period.start_ms) / 1000, rate = recent != NULL ? recent->burn_rate : nan;
    struct error_budget budget;
    error_budget_rolling(count->counts, o->budget, period_s, rate, &budget);
    left->consumed = budget.consumed;
    left->remaining = budget.remaining;
    left->period_total = count->counts.total;
    if (o->calendar != CALENDAR_NONE) {
        struct calendar_budget calendar;
        double slices = o->sliced ? objective_count_slices(o, &(struct objective_span){p->period.start_ms, p->period.end_ms}) : nan;
        error_budget_calendar(count->counts, o->budget, period_s, (double)(p->spans[p->period_span].end_ms - p->period.start_ms) / 1000,
                              slices, &calendar);
        left->remaining_so_far = calendar.remaining_so_far;
        left->remaining = calendar.remaining_projected;
        left->consumed = 1 - calendar.remaining_projected;
        left->period_total = left->projected_total = calendar.projected_total;
        left->elapsed = calendar.elapsed;
        left->sustainable_rate = calendar.sustainable_rate;
    }
    left->remaining_events = left->remaining * o->budget * left->period_total;
    left->remaining_outage_s = left->remaining * o->budget * period_s;
    left->exhaustion_s = lasts(left->remaining, period_s, rate);
    left->exhaustion_soonest_s = lasts(left->remaining, period_s, recent != NULL ? recent->burn.upper : nan);
    left->exhaustion_latest_s = lasts(left->remaining, period_s, recent != NULL ? recent->burn.lower : nan);
}

static void say(struct objective_result *r, struct arena *arena, enum objective_gate gate, const char *reason) {
    if (gate > r->gate) r->gate = gate;
    texts_add(&r->reasons, arena, reason);
}

static void decide_gate(struct objective_result *r, struct arena *arena) {
    const struct objective_config *o = r->plan->config;
    size_t span = r->plan->period_span;
    if (span == OBJECTIVE_NONE) {
        say(r, arena, OBJECTIVE_HOLD, "the period has only just begun");
    } else if (!r->has_left) {
        say(r, arena, OBJECTIVE_HOLD,
            arena_printf(arena, "the budget cannot be told: state %s over the period",
                         objective_state_name(r->counts[WHO_SERVICE][span].state)));
    } else if (r->left.remaining <= 0) {
        say(r, arena, OBJECTIVE_CLOSED, arena_printf(arena, "the budget of the period is used up (%.3g%%)", 100 * r->left.consumed));
    }
    for (size_t i = 0; i < o->tier_count; i++) {
        if (!r->tiers[i].certain || o->tiers[i].severity != SEVERITY_PAGE) continue;
        say(r, arena, OBJECTIVE_CLOSED,
            arena_printf(arena, "%s fires: the service burns the budget %.3g times as fast as allowed, over %g", o->tiers[i].name,
                         r->tiers[i].long_rate, o->tiers[i].factor));
    }
    if (r->release.present && r->release.gate != OBJECTIVE_OPEN) say(r, arena, r->release.gate, r->release.reason);
}

void objective_eval(const struct objective_plan *plan, const struct answer *const *answers, struct arena *arena,
                    struct objective_results *ret) {
    *ret = (struct objective_results){.plan = plan, .count = plan->count};
    ret->items = arena_array(arena, plan->count, sizeof *ret->items);
    for (size_t i = 0; i < plan->count; i++) {
        struct objective_result *r = &ret->items[i];
        r->plan = &plan->items[i];
        for (int who = 0; who < WHO_COUNT; who++) {
            if (r->plan->asked[who]) r->counts[who] = arena_array(arena, r->plan->span_count, sizeof *r->counts[who]);
        }
    }
    for (size_t q = 0; q + 1 < plan->query_count; q += 2) { // the parts of a count lie side by side, the marked one first
        const struct objective_query *query = &plan->queries[q];
        struct objective_result *r = &ret->items[query->objective];
        struct objective_parts parts = {objective_count_value(answers[q]), objective_count_value(answers[q + 1])};
        objective_count_measure(r->plan, &r->plan->spans[query->span], parts, &r->counts[query->who][query->span]);
    }
    for (size_t i = 0; i < plan->count; i++) {
        objective_tiers_decide(&ret->items[i], arena);
        tell_left(&ret->items[i]);
        objective_release_judge(&ret->items[i], arena);
        decide_gate(&ret->items[i], arena);
    }
}
