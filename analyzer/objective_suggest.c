// SPDX-License-Identifier: GPL-3.0-or-later
#include "objective_suggest.h"

#include <math.h>

#include "objective_left.h"
#include "stats/burn_rate.h"

// The burn rate of a whole period is the share of its budget that was used up.
static void tell_past(struct objective_result *r, const struct event_counts *counts) {
    struct objective_suggestion *s = &r->suggestion;
    double budget = r->plan->config->budget;
    for (size_t i = 0; i < r->plan->past_count; i++) {
        struct objective_past *past = &s->past[i];
        *past = (struct objective_past){.state = r->counts[WHO_SERVICE][r->plan->past_span + i].state, .counts = counts[i]};
        past->consumed = burn_rate_of(counts[i], budget);
        past->suggested_consumed = burn_rate_of(counts[i], s->target.budget);
        past->met = objective_is_known(past->state) && !burn_rate_exceeds(counts[i], budget, 1);
        s->met += past->met;
        s->suggested_met += objective_is_known(past->state) && past->suggested_consumed <= 1 + 1e-12;
    }
}

static void tell_costs(struct objective_result *r, const struct event_counts *counts) {
    struct objective_suggestion *s = &r->suggestion;
    double period_s = (double)(r->plan->period.end_ms - r->plan->period.start_ms) / 1000;
    struct event_counts sum = {0, 0};
    for (size_t i = 0; i < r->plan->past_count; i++) {
        if (!objective_is_known(s->past[i].state)) continue;
        sum.errors += counts[i].errors;
        sum.total += counts[i].total;
    }
    s->usual_rate = burn_rate_of(sum, s->target.budget);
    s->allowed_events = s->target.budget * sum.total / (double)s->target.periods;
    s->allowed_outage_s = s->target.budget * period_s;
    s->sustainable_rate = objective_left_sustainable(r, s->target.budget);
}

void objective_suggest(struct objective_result *r, struct arena *arena) {
    const struct planned_objective *p = r->plan;
    struct objective_suggestion *s = &r->suggestion;
    *s = (struct objective_suggestion){.present = p->past_span != OBJECTIVE_NONE};
    if (!s->present) return;
    struct event_counts *counts = arena_array(arena, p->past_count, sizeof *counts);
    s->past = arena_array(arena, p->past_count, sizeof *s->past);
    for (size_t i = 0; i < p->past_count; i++) {
        const struct objective_count *count = &r->counts[WHO_SERVICE][p->past_span + i];
        counts[i] = objective_is_known(count->state) ? count->counts : (struct event_counts){(double)NAN, (double)NAN};
    }
    target_suggest(counts, p->past_count, OBJECTIVE_SUGGEST_SHARE, p->alpha, &s->target);
    tell_past(r, counts);
    tell_costs(r, counts);
}
