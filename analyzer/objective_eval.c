// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/objective_eval.h"

#include "objective_count.h"
#include "objective_left.h"
#include "objective_release.h"
#include "objective_suggest.h"
#include "objective_tier.h"
#include "percent_text.h"
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
        say(r, arena, OBJECTIVE_CLOSED,
            arena_printf(arena, "the budget of the period is used up (%s)", percent_text(arena, 100 * r->left.consumed)));
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
        if (query->span == r->plan->history_span) {
            objective_left_history(r, &query->query, answers[q], answers[q + 1], arena);
            continue;
        }
        struct objective_parts parts = {objective_count_value(answers[q]), objective_count_value(answers[q + 1])};
        objective_count_measure(r->plan, &r->plan->spans[query->span], parts, &r->counts[query->who][query->span]);
    }
    for (size_t i = 0; i < plan->count; i++) {
        objective_tiers_decide(&ret->items[i], arena);
        objective_left_tell(&ret->items[i]);
        objective_release_judge(&ret->items[i], arena);
        objective_suggest(&ret->items[i], arena);
        decide_gate(&ret->items[i], arena);
    }
}
