// SPDX-License-Identifier: GPL-3.0-or-later
#include "result_objective.h"

#include <math.h>

#include "objective_suggest.h"
#include "result_number.h"

static void put(json_t *object, const char *key, double value) {
    json_object_set_new_nocheck(object, key, result_known(value));
}

static json_t *period(const struct planned_objective *p) {
    json_t *item = json_object();
    json_object_set_new_nocheck(item, "kind", json_string(objective_calendar_name(p->config->calendar)));
    json_object_set_new_nocheck(item, "start", result_instant(p->period.start_ms));
    json_object_set_new_nocheck(item, "end", result_instant(p->period.end_ms));
    json_object_set_new_nocheck(item, "length_s", result_seconds(p->period.end_ms - p->period.start_ms));
    json_object_set_new_nocheck(item, "time_zone", p->config->calendar != CALENDAR_NONE ? json_string(p->config->time_zone) : json_null());
    return item;
}

static json_t *numbers(const double *values, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(list, result_known(values[i]));
    return list;
}

static json_t *history(const struct objective_result *r) {
    if (r->history.count == 0) return json_null();
    json_t *item = json_object();
    json_object_set_new_nocheck(item, "part_s", result_seconds(r->plan->part_ms));
    json_object_set_new_nocheck(item, "errors", numbers(r->history.errors, r->history.count));
    json_object_set_new_nocheck(item, "totals", numbers(r->history.totals, r->history.count));
    return item;
}

static json_t *past(const struct objective_result *r, size_t i) {
    const struct objective_past *p = &r->suggestion.past[i];
    const struct objective_span *span = &r->plan->spans[r->plan->past_span + i];
    bool is_known = objective_is_known(p->state);
    json_t *item = json_object();
    json_object_set_new_nocheck(item, "start", result_instant(span->start_ms));
    json_object_set_new_nocheck(item, "end", result_instant(span->end_ms));
    json_object_set_new_nocheck(item, "state", json_string(objective_state_name(p->state)));
    put(item, "errors", p->counts.errors);
    put(item, "total", p->counts.total);
    put(item, "attainment", 1 - p->counts.errors / p->counts.total);
    json_object_set_new_nocheck(item, "met", is_known ? json_boolean(p->met) : json_null());
    put(item, "consumed", p->consumed);
    put(item, "suggested_consumed", p->suggested_consumed);
    return item;
}

static json_t *suggestion(const struct objective_result *r) {
    const struct objective_suggestion *s = &r->suggestion;
    if (!s->present) return json_null();
    json_t *item = json_object(), *list = json_array();
    for (size_t i = 0; i < r->plan->past_count; i++) json_array_append_new(list, past(r, i));
    json_object_set_new_nocheck(item, "share", result_number(OBJECTIVE_SUGGEST_SHARE));
    json_object_set_new_nocheck(item, "periods", json_integer((json_int_t)s->target.periods));
    put(item, "target", s->target.target);
    put(item, "allowed", s->target.budget);
    put(item, "attainment", 1 - s->target.error_ratio);
    put(item, "attainment_lower", 1 - s->target.upper);
    put(item, "attainment_upper", 1 - s->target.lower);
    put(item, "confidence", s->target.confidence);
    json_object_set_new_nocheck(item, "met", json_integer((json_int_t)s->met));
    json_object_set_new_nocheck(item, "suggested_met", json_integer((json_int_t)s->suggested_met));
    put(item, "sustainable_burn_rate", s->sustainable_rate);
    put(item, "usual_burn_rate", s->usual_rate);
    put(item, "allowed_events", s->allowed_events);
    put(item, "allowed_outage_s", s->allowed_outage_s);
    json_object_set_new_nocheck(item, "past", list);
    return item;
}

static json_t *left(const struct objective_result *r) {
    const struct objective_left *l = &r->left;
    if (!r->has_left) return json_null();
    json_t *item = json_object();
    put(item, "consumed", l->consumed);
    put(item, "remaining", l->remaining);
    put(item, "remaining_so_far", l->remaining_so_far);
    put(item, "remaining_events", l->remaining_events);
    put(item, "remaining_outage_s", l->remaining_outage_s);
    put(item, "period_total", l->period_total);
    put(item, "elapsed", l->elapsed);
    put(item, "sustainable_burn_rate", l->sustainable_rate);
    const struct objective_span *recent = l->recent_span != OBJECTIVE_NONE ? &r->plan->spans[l->recent_span] : NULL;
    json_object_set_new_nocheck(item, "recent_s", recent != NULL ? result_seconds(recent->end_ms - recent->start_ms) : json_null());
    put(item, "recent_burn_rate", recent != NULL ? r->counts[WHO_SERVICE][l->recent_span].burn_rate : (double)NAN);
    put(item, "exhaustion_s", l->exhaustion_s);
    put(item, "exhaustion_soonest_s", l->exhaustion_soonest_s);
    put(item, "exhaustion_latest_s", l->exhaustion_latest_s);
    return item;
}

static json_t *tiers(const struct objective_result *r) {
    json_t *list = json_array();
    for (size_t i = 0; i < r->plan->config->tier_count; i++) {
        const struct objective_tier *tier = &r->plan->config->tiers[i];
        json_t *item = json_object();
        json_object_set_new_nocheck(item, "name", json_string(tier->name));
        json_object_set_new_nocheck(item, "severity", json_string(tier->severity == SEVERITY_PAGE ? "page" : "ticket"));
        json_object_set_new_nocheck(item, "long_s", result_seconds(tier->long_ms));
        json_object_set_new_nocheck(item, "short_s", result_seconds(tier->short_ms));
        put(item, "factor", tier->factor);
        put(item, "long_burn_rate", r->tiers[i].long_rate);
        put(item, "short_burn_rate", r->tiers[i].short_rate);
        json_object_set_new_nocheck(item, "fires", json_boolean(r->tiers[i].fires));
        json_object_set_new_nocheck(item, "certain", json_boolean(r->tiers[i].certain));
        put(item, "least_errors", r->tiers[i].least_errors);
        put(item, "least_requests", r->tiers[i].least_requests);
        put(item, "volume_burn_rate", r->tiers[i].volume_rate);
        put(item, "period_share", r->tiers[i].period_share);
        json_object_set_new_nocheck(item, "spends", json_boolean(r->tiers[i].spends));
        json_array_append_new(list, item);
    }
    return list;
}

static json_t *count(const struct planned_objective *p, enum objective_who who, size_t span, const struct objective_count *c) {
    json_t *item = json_object();
    bool judged = !isnan(c->burn.lower);
    json_object_set_new_nocheck(item, "of", json_string(objective_who_name(who)));
    json_object_set_new_nocheck(item, "kind", json_string(objective_span_kind(p, span)));
    json_object_set_new_nocheck(item, "length_s", result_seconds(p->spans[span].end_ms - p->spans[span].start_ms));
    json_object_set_new_nocheck(item, "state", json_string(objective_state_name(c->state)));
    put(item, "errors", c->counts.errors);
    put(item, "total", c->counts.total);
    put(item, "error_ratio", c->error_ratio);
    put(item, "burn_rate", c->burn_rate);
    put(item, "burn_rate_lower", c->burn.lower);
    put(item, "burn_rate_upper", c->burn.upper);
    put(item, "p_value", c->burn.p_value);
    json_object_set_new_nocheck(item, "verdict", judged ? json_string(burn_verdict_text(c->burn.verdict)) : json_null());
    return item;
}

static json_t *counts(const struct objective_result *r) {
    json_t *list = json_array();
    for (int who = 0; who < WHO_COUNT; who++) {
        for (size_t i = 0; r->counts[who] != NULL && i < r->plan->span_count && i < r->plan->past_span; i++)
            if (i != r->plan->history_span) json_array_append_new(list, count(r->plan, (enum objective_who)who, i, &r->counts[who][i]));
    }
    return list;
}

static json_t *release(const struct objective_result *r) {
    const struct objective_release *x = &r->release;
    const struct canary_budget *c = &x->costs;
    if (!x->present) return json_null();
    json_t *item = json_object();
    json_object_set_new_nocheck(item, "start", result_instant(r->plan->spans[r->plan->release_span].start_ms));
    json_object_set_new_nocheck(item, "gate", json_string(objective_gate_name(x->gate)));
    json_object_set_new_nocheck(item, "reason", result_text(x->reason));
    put(item, "halt_at", r->plan->config->has_halt_at ? r->plan->config->halt_at / 100 : (double)NAN);
    put(item, "share", c->release_share);
    put(item, "share_lower", x->share_lower);
    put(item, "share_upper", x->share_upper);
    put(item, "period_share", c->canary_share);
    put(item, "excess_errors", c->excess_errors);
    put(item, "excess_errors_lower", x->excess_lower);
    put(item, "excess_errors_upper", x->excess_upper);
    put(item, "excess_period_share", c->excess_share);
    put(item, "p_worse", x->p_worse);
    put(item, "rate_ratio", x->rate_ratio);
    put(item, "rate_ratio_lower", x->rate_ratio_lower);
    put(item, "rate_ratio_upper", x->rate_ratio_upper);
    put(item, "share_of_errors", c->share_of_errors);
    put(item, "share_of_traffic", c->share_of_traffic);
    put(item, "full_burn_rate", c->projected_rate);
    put(item, "full_exhaustion_s", x->full_s);
    put(item, "full_exhaustion_soonest_s", x->full_soonest_s);
    put(item, "full_exhaustion_latest_s", x->full_latest_s);
    put(item, "least_requests", x->least_requests);
    return item;
}

static json_t *objective(const struct objective_result *r) {
    const struct objective_config *o = r->plan->config;
    json_t *item = json_object();
    json_object_set_new_nocheck(item, "name", json_string(o->name));
    json_object_set_new_nocheck(item, "slo", json_string(o->id));
    json_object_set_new_nocheck(item, "kind", json_string(objective_kind_name(o->kind)));
    put(item, "target", o->target);
    put(item, "allowed", o->budget);
    put(item, "confidence", o->confidence);
    put(item, "alpha", r->plan->alpha);
    json_object_set_new_nocheck(item, "period", period(r->plan));
    json_object_set_new_nocheck(item, "gate", json_string(objective_gate_name(r->gate)));
    json_object_set_new_nocheck(item, "reasons", result_texts(&r->reasons));
    json_object_set_new_nocheck(item, "budget", left(r));
    json_object_set_new_nocheck(item, "history", history(r));
    json_object_set_new_nocheck(item, "suggestion", suggestion(r));
    json_object_set_new_nocheck(item, "tiers", tiers(r));
    json_object_set_new_nocheck(item, "release", release(r));
    json_object_set_new_nocheck(item, "counts", counts(r));
    return item;
}

json_t *result_objectives(const struct objective_results *results) {
    json_t *list = json_array();
    for (size_t i = 0; results != NULL && i < results->count; i++) json_array_append_new(list, objective(&results->items[i]));
    return list;
}

json_t *result_objective_queries(const struct objective_plan *plan, const struct answer *const *answers) {
    json_t *list = json_array();
    for (size_t i = 0; i < plan->query_count; i++) {
        const struct objective_query *q = &plan->queries[i];
        const struct planned_objective *p = &plan->items[q->objective];
        bool ok = objective_answer_is_good(answers[i]);
        json_t *item = json_object();
        json_object_set_new_nocheck(item, "objective", json_string(p->config->name));
        json_object_set_new_nocheck(item, "of", json_string(objective_who_name(q->who)));
        json_object_set_new_nocheck(item, "part", json_string(objective_part_name(p->config, q->part)));
        json_object_set_new_nocheck(item, "kind", json_string(objective_span_kind(p, q->span)));
        json_object_set_new_nocheck(item, "length_s", result_seconds(p->spans[q->span].end_ms - p->spans[q->span].start_ms));
        json_object_set_new_nocheck(item, "source", json_string(q->source));
        json_object_set_new_nocheck(item, "expr", json_string(q->query.expr));
        json_object_set_new_nocheck(item, "time", result_instant(q->query.end_ms));
        json_object_set_new_nocheck(item, "error", ok ? json_null() : result_text(answers[i]->result.err.text));
        json_object_set_new_nocheck(item, "http_status", json_integer(answers[i]->http_status));
        json_object_set_new_nocheck(item, "tries", json_integer(answers[i]->tries));
        json_array_append_new(list, item);
    }
    return list;
}
