// SPDX-License-Identifier: GPL-3.0-or-later
#include "objective_left.h"

#include <math.h>

#include "objective_count.h"
#include "stats/budget_forecast.h"

// The value of the point nearest to a time; NaN when there is none. Some servers move points of range queries to multiples of the step.
static double value_at(const struct answer *answer, int64_t time_ms, int64_t step_ms) {
    const struct series *s = answer->set.count > 0 ? &answer->set.items[0] : NULL;
    for (size_t i = 0; s != NULL && i < s->count; i++) {
        if (s->time_ms[i] > time_ms - step_ms / 2 && s->time_ms[i] <= time_ms + step_ms / 2)
            return isnan(s->value[i]) ? (double)INFINITY : s->value[i];
    }
    return (double)NAN;
}

void objective_left_history(struct objective_result *r, const struct query *query, const struct answer *marked, const struct answer *total,
                            struct arena *arena) {
    const struct planned_objective *p = r->plan;
    struct objective_history *h = &r->history;
    h->count = p->part_count;
    h->errors = arena_array(arena, h->count, sizeof *h->errors);
    h->totals = arena_array(arena, h->count, sizeof *h->totals);
    for (size_t i = 0; i < h->count; i++) {
        int64_t end_ms = query->start_ms + (int64_t)i * query->step_ms;
        struct objective_span span = {end_ms - query->step_ms, end_ms};
        struct objective_parts parts = {value_at(marked, end_ms, query->step_ms), value_at(total, end_ms, query->step_ms)};
        struct event_counts counts;
        objective_count_events(p->config, &span, parts, &counts);
        h->errors[i] = counts.errors;
        h->totals[i] = counts.total;
    }
}

// The long window of the last tier that pages: recent, and not only of the last minutes.
static size_t recent_span(const struct planned_objective *p) {
    size_t found = OBJECTIVE_NONE;
    for (size_t i = 0; i < p->config->tier_count; i++) {
        if (p->config->tiers[i].severity == SEVERITY_PAGE || i == 0) found = objective_plan_span(p, p->config->tiers[i].long_ms);
    }
    return found;
}

static struct budget_history history_of(const struct objective_result *r) {
    return (struct budget_history){r->history.errors, r->history.totals, r->history.count};
}

static double period_seconds(const struct objective_result *r) {
    return (double)(r->plan->period.end_ms - r->plan->period.start_ms) / 1000;
}

static const struct event_counts *period_counts(const struct objective_result *r) {
    return &r->counts[WHO_SERVICE][r->plan->period_span].counts;
}

static void reckon_calendar(const struct objective_result *r, double budget, struct calendar_budget *ret) {
    const struct planned_objective *p = r->plan;
    const struct objective_span period = {p->period.start_ms, p->period.end_ms};
    double slices = p->config->sliced ? objective_count_slices(p->config, &period) : (double)NAN;
    double elapsed_s = (double)(p->spans[p->period_span].end_ms - p->period.start_ms) / 1000;
    error_budget_calendar(*period_counts(r), budget, period_seconds(r), elapsed_s, slices, ret);
}

double objective_left_sustainable(const struct objective_result *r, double budget) {
    struct calendar_budget calendar;
    struct error_budget rolling;
    if (!r->has_left || isnan(budget)) return (double)NAN;
    if (r->plan->config->calendar != CALENDAR_NONE) {
        reckon_calendar(r, budget, &calendar);
        return calendar.sustainable_rate;
    }
    struct budget_history history = history_of(r);
    error_budget_rolling(*period_counts(r), budget, period_seconds(r), (double)NAN, &rolling);
    return budget_forecast_sustainable(&history, rolling.remaining <= 0 ? 1 : rolling.consumed);
}

double objective_left_lasts(const struct objective_result *r, double rate) {
    double lasts_s;
    if (!r->has_left || isnan(r->left.remaining) || isnan(rate)) return (double)NAN;
    if (r->plan->config->calendar != CALENDAR_NONE) return r->left.remaining > 0 ? r->left.remaining * period_seconds(r) / rate : 0;
    struct budget_history history = history_of(r);
    budget_forecast_exhaustion(&history, r->left.remaining <= 0 ? 1 : r->left.consumed, rate, period_seconds(r), &lasts_s);
    return lasts_s;
}

static void tell_calendar(struct objective_result *r) {
    struct objective_left *left = &r->left;
    struct calendar_budget calendar;
    reckon_calendar(r, r->plan->config->budget, &calendar);
    left->remaining_so_far = calendar.remaining_so_far;
    left->remaining = calendar.remaining_projected;
    left->consumed = 1 - calendar.remaining_projected;
    left->period_total = left->projected_total = calendar.projected_total;
    left->elapsed = calendar.elapsed;
}

void objective_left_tell(struct objective_result *r) {
    const struct planned_objective *p = r->plan;
    const double nan = (double)NAN;
    struct objective_left *left = &r->left;
    struct error_budget budget;
    *left = (struct objective_left){.recent_span = recent_span(p)};
    left->projected_total = left->elapsed = left->sustainable_rate = left->remaining_so_far = nan;
    r->has_left = p->period_span != OBJECTIVE_NONE && objective_is_known(r->counts[WHO_SERVICE][p->period_span].state);
    if (!r->has_left) return;
    const struct objective_count *recent = left->recent_span != OBJECTIVE_NONE ? &r->counts[WHO_SERVICE][left->recent_span] : NULL;
    error_budget_rolling(*period_counts(r), p->config->budget, period_seconds(r), nan, &budget);
    left->consumed = budget.consumed;
    left->remaining = budget.remaining;
    left->period_total = period_counts(r)->total;
    if (p->config->calendar != CALENDAR_NONE) tell_calendar(r);
    left->remaining_events = left->remaining * p->config->budget * left->period_total;
    left->remaining_outage_s = left->remaining * p->config->budget * period_seconds(r);
    left->sustainable_rate = objective_left_sustainable(r, p->config->budget);
    left->exhaustion_s = objective_left_lasts(r, recent != NULL ? recent->burn_rate : nan);
    left->exhaustion_soonest_s = objective_left_lasts(r, recent != NULL ? recent->burn.upper : nan);
    left->exhaustion_latest_s = objective_left_lasts(r, recent != NULL ? recent->burn.lower : nan);
}
