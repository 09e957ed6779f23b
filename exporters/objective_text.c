// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <string.h>

#include "objective_doc.h"
#include "report_part.h"
#include "text_value.h"

#define LONGEST_S (1000 * 86400.0) // what lasts longer is not told in days
#define LEAST_PERIODS 4            // that a suggestion rests on

static const char *value(struct text_out *to, const struct report_number *number, const char *unit) {
    return number->known ? text_value(to->arena, number->value, unit, false, to->style->ascii) : "-";
}

static const char *lasting(struct text_out *to, const struct report_number *seconds) {
    if (!seconds->known) return "-";
    if (!(seconds->value < LONGEST_S)) return "never";
    return value(to, seconds, "s");
}

static const char *range(struct text_out *to, const char *low, const char *high) {
    return strcmp(low, high) == 0 ? "" : arena_printf(to->arena, " [%s..%s]", low, high);
}

// "empty in 3d [2d..5d]"
static const char *forecast(struct text_out *to, const struct report_number *s, const struct report_number *soonest,
                            const struct report_number *latest) {
    const char *bounds = range(to, lasting(to, soonest), lasting(to, latest));
    if (s->known && !(s->value < LONGEST_S)) return arena_printf(to->arena, "never empty%s", bounds);
    return arena_printf(to->arena, "empty in %s%s", lasting(to, s), bounds);
}

static void piece(struct text_out *to, enum text_paint paint, const char *text) {
    text_piece(to, REPORT_INDENT, paint, text);
}

static void print_budget(struct text_out *to, const struct budget_objective *o) {
    struct report_number period = {true, (double)o->period_s};
    bool rolling = strcmp(o->period_kind, "rolling") == 0;
    const char *name = arena_printf(to->arena, "%s %s: %s%% over %s", text_symbol(to, o->state), o->name, text_exact(to->arena, o->target),
                                    rolling ? value(to, &period, "s") : arena_printf(to->arena, "the %s", o->period_kind));
    piece(to, text_state_paint(o->state), name);
    if (!o->has_budget) return;
    enum text_paint paint = o->remaining.known && o->remaining.value <= 0 ? PAINT_FAIL : PAINT_BOLD;
    piece(to, paint, arena_printf(to->arena, "%s of the budget left", value(to, &o->remaining, "ratio")));
    piece(to, PAINT_NONE,
          arena_printf(to->arena, "%s events or %s of outage", value(to, &o->remaining_events, ""), value(to, &o->outage_s, "s")));
    if (strcmp(o->period_state, "no_error_series") == 0) piece(to, PAINT_DIM, "no series of errors was ever made");
    if (o->elapsed.known) piece(to, PAINT_NONE, arena_printf(to->arena, "%s of the time gone", value(to, &o->elapsed, "ratio")));
    if (o->sustainable.known)
        piece(to, PAINT_NONE,
              arena_printf(to->arena, "%s may burn at %s", rolling ? "what comes" : "the rest", value(to, &o->sustainable, "")));
    if (!o->recent_rate.known || !o->recent_s.known) return;
    piece(to, PAINT_NONE, arena_printf(to->arena, "burn %s over %s", value(to, &o->recent_rate, ""), value(to, &o->recent_s, "s")));
    if (o->remaining.known && o->remaining.value > 0) piece(to, PAINT_NONE, forecast(to, &o->exhaustion_s, &o->soonest_s, &o->latest_s));
}

static void print_tiers(struct text_out *to, const struct budget_objective *o) {
    for (size_t i = 0; i < o->tier_count; i++) {
        const struct budget_tier *tier = &o->tiers[i];
        if (!tier->fires) continue;
        const char *doubt = tier->least_errors.known
                                ? arena_printf(to->arena, ", on too few errors to be sure: %s would do", value(to, &tier->least_errors, ""))
                                : ", on too few events to be sure";
        piece(to, tier->certain ? PAINT_FAIL : PAINT_MARGINAL,
              arena_printf(to->arena, "%s fires (%s and %s, over %s)%s", tier->name, value(to, &tier->long_rate, ""),
                           value(to, &tier->short_rate, ""), value(to, &tier->factor, ""), tier->certain ? "" : doubt));
    }
}

static void print_release(struct text_out *to, const struct budget_release *r) {
    if (!r->present) return;
    text_newline(to);
    text_tab(to, REPORT_INDENT);
    text_put(to, text_state_paint(r->state), text_symbol(to, r->state));
    text_prose(to, REPORT_INDENT, PAINT_NONE, r->reason);
    if (r->total.known && r->errors.known)
        piece(to, PAINT_CANARY, arena_printf(to->arena, "canary %s bad of %s", value(to, &r->errors, ""), value(to, &r->total, "")));
    if (r->share.known) {
        const char *halt = r->halt_at.known ? arena_printf(to->arena, ", halt at %s", value(to, &r->halt_at, "ratio")) : "";
        const char *bounds = range(to, value(to, &r->share_lower, "ratio"), value(to, &r->share_upper, "ratio"));
        piece(to, PAINT_NONE, arena_printf(to->arena, "release budget %s used%s%s", value(to, &r->share, "ratio"), bounds, halt));
    }
    if (r->excess.known)
        piece(to, PAINT_NONE,
              arena_printf(to->arena, "excess %s errors%s", value(to, &r->excess, ""),
                           r->excess_lower.known ? range(to, value(to, &r->excess_lower, ""), value(to, &r->excess_upper, "")) : ""));
    if (r->full_s.known)
        piece(to, PAINT_NONE,
              arena_printf(to->arena, "at full rollout %s", forecast(to, &r->full_s, &r->full_soonest_s, &r->full_latest_s)));
    if (r->state != TEXT_FAIL && r->total.known && r->least_requests.known && r->total.value < r->least_requests.value)
        piece(to, PAINT_NONE,
              arena_printf(to->arena, "even without an error %s requests are needed to be sure", value(to, &r->least_requests, "")));
}

// A share so near to 1 that its digits count: "99.931%".
static const char *attained(struct text_out *to, const struct report_number *share) {
    return share->known ? arena_printf(to->arena, "%s%%", text_exact(to->arena, round(share->value * 1e7) / 1e5)) : "-";
}

static void print_suggestion(struct text_out *to, const struct budget_suggestion *s) {
    if (!s->present) return;
    text_newline(to);
    text_tab(to, REPORT_INDENT);
    if (!s->target.known) {
        text_prose(to, REPORT_INDENT, PAINT_NONE, "no target can be suggested: past periods have no data, or hardly any good events");
        return;
    }
    text_prose(to, REPORT_INDENT, PAINT_BOLD,
               arena_printf(to->arena, "%s%% would have been met in %lld of %lld periods, the target as it is in %lld",
                            text_exact(to->arena, s->target.value), (long long)s->suggested_met, (long long)s->periods, (long long)s->met));
    piece(to, PAINT_NONE,
          arena_printf(to->arena, "attained %s%s", attained(to, &s->attainment),
                       range(to, attained(to, &s->lower), attained(to, &s->upper))));
    piece(to, s->periods < LEAST_PERIODS ? PAINT_MARGINAL : PAINT_NONE,
          arena_printf(to->arena, "%s sure for %s of all periods%s", value(to, &s->confidence, "ratio"), value(to, &s->share, "ratio"),
                       s->periods < LEAST_PERIODS ? ", of too few to rely on" : ""));
    piece(to, PAINT_NONE,
          arena_printf(to->arena, "allows %s events or %s of outage in a period", value(to, &s->events, ""), value(to, &s->outage_s, "s")));
    piece(to, PAINT_NONE,
          arena_printf(to->arena, "usual burn %s, from now on it may be %s", value(to, &s->usual, ""), value(to, &s->sustainable, "")));
}

static bool says_more(const struct budget_objective *o, const char *reason) {
    return !o->release.present || strcmp(reason, o->release.reason) != 0;
}

void budget_objectives(struct text_out *to, const struct budget_objective *objectives, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct budget_objective *o = &objectives[i];
        if (i == 0) {
            report_heading(to, "BUDGET");
        } else {
            text_tab(to, REPORT_INDENT);
        }
        print_budget(to, o);
        print_tiers(to, o);
        for (size_t k = 0; k < o->reasons.count; k++) {
            if (says_more(o, o->reasons.items[k])) piece(to, PAINT_BOLD, o->reasons.items[k]);
        }
        print_suggestion(to, &o->suggestion);
        print_release(to, &o->release);
        text_newline(to);
    }
}

const char *budget_sentence(struct text_out *to, const struct budget_objective *o) {
    struct arena *arena = to->arena;
    const char *text = "budget not known";
    if (o->remaining.known) text = arena_printf(arena, "%s of the budget left", value(to, &o->remaining, "ratio"));
    if (o->remaining.known && o->remaining.value > 0 && o->exhaustion_s.known && o->exhaustion_s.value < LONGEST_S)
        text = arena_printf(arena, "%s, %s", text, forecast(to, &o->exhaustion_s, &o->soonest_s, &o->latest_s));
    if (o->release.share.known) text = arena_printf(arena, "%s, release budget %s used", text, value(to, &o->release.share, "ratio"));
    if (o->release.share.known && o->release.halt_at.known)
        text = arena_printf(arena, "%s, halt at %s", text, value(to, &o->release.halt_at, "ratio"));
    text = arena_printf(arena, "%s: gate %s", text, o->gate);
    for (size_t i = 0; i < o->reasons.count; i++) text = arena_printf(arena, "%s; %s", text, o->reasons.items[i]);
    return text;
}
