// SPDX-License-Identifier: GPL-3.0-or-later
#include "evidence_battery.h"

#include <math.h>

#include "power.h"
#include "stats/normal.h"
#include "stats/student_t.h"

void evidence_clear(struct evidence *evidence) {
    double nan = (double)NAN;
    *evidence = (struct evidence){.status = EVIDENCE_INCONCLUSIVE,
                                  .reason = EVIDENCE_TOO_FEW,
                                  .p = 1,
                                  .rho = nan,
                                  .phi = nan,
                                  .estimate = nan,
                                  .low = nan,
                                  .high = nan,
                                  .ranks = {nan, nan, nan, nan, nan},
                                  .steps_to_pass = nan,
                                  .steps_to_fail = nan,
                                  .visible = nan,
                                  .decisive = -1};
}

// Whether the part looks at other steps at each look, or weighs them otherwise: what it finds then is no sum that grows.
static bool moves(enum evidence_kind kind) {
    return kind == EVIDENCE_LATER || kind == EVIDENCE_TREND || kind == EVIDENCE_DISPERSION;
}

struct evidence_part *battery_add(struct battery *battery, enum evidence_kind kind, double share) {
    double nan = (double)NAN;
    struct evidence *e = battery->evidence;
    struct evidence_part *part = &e->parts[e->part_count++];
    *part = (struct evidence_part){.kind = kind,
                                   .decrease = battery->sign < 0,
                                   .edge = nan,
                                   .estimate = nan,
                                   .se = nan,
                                   .df = nan,
                                   .low = nan,
                                   .high = nan,
                                   .share = share * battery->share * (moves(kind) ? battery->settings->fresh : 1),
                                   .p = nan};
    return part;
}

void battery_decide(const struct battery *battery, struct evidence_part *part, double p, bool large) {
    part->p = p;
    part->large = large;
    part->fails = large && p / part->share < battery->settings->alpha;
}

void battery_place(const struct battery *battery, struct evidence_part *part, struct battery_estimate estimate, double null, bool large) {
    double value = estimate.value, se = estimate.se, df = fmax(estimate.df, EVIDENCE_DF_LEAST);
    part->estimate = value;
    part->se = se;
    part->df = df;
    double p = value > null ? 0 : 1;
    battery_decide(battery, part, se > 0 ? student_t_upper((value - null) / se, df) : p, large);
}

void battery_test(const struct battery *battery, struct evidence_part *part, struct battery_estimate estimate, double null, bool large) {
    const struct evidence_settings *s = battery->settings;
    double value = estimate.value, se = estimate.se, df = fmax(estimate.df, EVIDENCE_DF_LEAST);
    bool certain = !(se > 0);
    battery_place(battery, part, estimate, null, large);
    part->low = certain ? value : value - se * t_roots_upper(battery->roots, s->alpha * part->share, df);
    part->high = certain ? value : value + se * t_roots_upper(battery->roots, s->beta, df);
}

void evidence_conclude(struct evidence *e, const struct evidence_settings *settings) {
    e->reason = EVIDENCE_TESTED;
    e->p = 1;
    e->passes = true;
    e->decisive = -1;
    for (size_t i = e->part_count; i-- > 0;) {
        const struct evidence_part *part = &e->parts[i];
        if (part->large) e->p = fmin(e->p, part->share > 0 ? part->p / part->share : 0);
        if (!part->blocks) continue;
        e->passes = false;
        e->decisive = (int)i;
    }
    e->status = evidence_status_at(e, settings->alpha);
    if (e->status != EVIDENCE_FAIL) return;
    for (size_t i = e->part_count; i-- > 0;) {
        if (e->parts[i].fails) e->decisive = (int)i;
    }
}

void evidence_rule(struct evidence *evidence, enum evidence_status status, enum evidence_reason reason) {
    evidence->status = status;
    evidence->reason = reason;
    evidence->p = status == EVIDENCE_FAIL ? 0 : 1;
    evidence->passes = status == EVIDENCE_PASS;
}

static double relative(double theta, bool log_scale) {
    return log_scale ? expm1(theta) : theta;
}

// Steps after which the standard error is so small that `reach` of them lie between null and truth.
static double steps_needed(double variance_of_a_step, double se_fixed, double reach, double distance, size_t least) {
    double allowed = distance / reach, room = allowed * allowed - se_fixed * se_fixed;
    return room > 0 ? fmax(ceil(variance_of_a_step / room), (double)least) : (double)INFINITY;
}

void evidence_describe(struct evidence *e, const struct battery *battery, struct battery_estimate natural, double se_fixed, size_t steps) {
    const struct evidence_settings *s = battery->settings;
    double df = fmax(natural.df, EVIDENCE_DF_LEAST), se = hypot(natural.se, se_fixed),
           reach = se > 0 ? se * t_roots_upper(battery->roots, s->beta, df) : 0;
    e->estimate = relative(natural.value, e->log_scale);
    e->low = relative(natural.value - reach, e->log_scale);
    e->high = relative(natural.value + reach, e->log_scale);
    double variance = natural.se * natural.se * (double)steps, harm = battery->margins.theta_harm;
    double share = e->part_count > 0 ? e->parts[0].share : battery->share, power = normal_quantile(POWER_CHANCE);
    double kappa = s->kappa * battery->margins.theta_tolerance;
    e->steps_to_pass = steps_needed(variance, se_fixed, power + t_roots_upper(battery->roots, s->beta, (double)INFINITY), harm, s->least);
    e->steps_to_fail =
        steps_needed(variance, se_fixed, power + t_roots_upper(battery->roots, s->alpha * share, (double)INFINITY), harm - kappa, s->least);
    double ahead = s->horizon > steps ? natural.se * sqrt((double)steps / (double)s->horizon) : natural.se;
    struct power_view view = {.se = hypot(ahead, se_fixed),
                              .df = df,
                              .share = share,
                              .tolerance = battery->margins.tolerance,
                              .least = battery->margins.tolerance,
                              .sign = battery->sign,
                              .log_scale = e->log_scale,
                              .roots = battery->roots};
    e->visible = power_visible(s, &view);
}
