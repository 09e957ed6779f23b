// SPDX-License-Identifier: GPL-3.0-or-later
// The parts share alpha: location 0.6, later half 0.25, means 0.09, trend 0.03, dispersion 0.03; the burst is policy. What a part has
// is what it finds for it: of twice its share the trend or the dispersion would find next to nothing more.
#include "analyzer/series_evidence.h"

#include <math.h>

#include "appearance.h"
#include "burst.h"
#include "evidence_battery.h"
#include "evidence_ranks.h"
#include "onset.h"
#include "paired.h"
#include "spread.h"
#include "stats/clip.h"
#include "stats/mean_variance.h"
#include "stats/median.h"
#include "stats/robust_location.h"
#include "trend.h"

#define NORMAL_MAD 1.4826 // standard deviations of a normal distribution in its median deviation
#define CLIP (2.5 * NORMAL_MAD)
#define SPREAD_LARGE 1.6          // this much more spread may fail
#define SPREAD_SUSPECT 1.3        // and this much blocks a pass,
#define SPREAD_SUSPECT_P 0.02     // where chance makes it no more often
#define BURST_FACTOR (1.5 + 1e-9) // just 1.5 is none, however its logarithm is rounded

struct means { // ratio of the means, less 1, in natural direction
    double change, se, df;
};

// Everything that does not depend on which direction is bad.
struct views {
    const struct paired *paired;
    struct column sorted, first_half, later_half; // the differences
    struct robust_location whole, later;
    bool has_later, has_means, has_spread, has_bursts;
    bool steady; // the baseline is one and the same number
    struct means means;
    struct trend trend;
    struct spread spread;
};

// The later half must not look less autocorrelated than the whole series about the level of each half.
static double rho_of_halves(const struct views *v, struct ar1_prior prior, double *room) {
    const double *d = v->paired->differences;
    size_t count = v->paired->count, half = v->first_half.count;
    double *z = room, *rest = room + count, first = median_sorted(v->first_half), second = median_sorted(v->later_half);
    for (size_t i = 0; i < count; i++) z[i] = fabs(d[i] - (i < half ? first : second));
    double k = CLIP * median_of(z, count, rest);
    for (size_t i = 0; i < count; i++) {
        z[i] = d[i] - (i < half ? first : second);
        if (k > 0) z[i] = clip_to(z[i], -k, k);
    }
    struct ar1_mean halves;
    ar1_mean_about_0(z, count, prior, rest, &halves);
    return halves.rho;
}

// Two halves sort as fast as the whole, and then are there as well.
static void sort_halves(struct views *v, struct arena *arena) {
    const struct paired *p = v->paired;
    size_t half = p->count / 2;
    double *room = arena_array(arena, 2 * p->count, sizeof *room);
    v->first_half = column_sort(p->differences, half, room);
    v->later_half = column_sort(p->differences + half, p->count - half, room + half);
    v->sorted = column_merge(v->first_half, v->later_half, room + p->count);
}

static void see_later(struct views *v, struct ar1_prior prior, double *scratch, struct arena *arena) {
    const struct paired *p = v->paired;
    size_t half = p->count / 2;
    v->has_later = p->count >= 16;
    if (!v->has_later) return;
    double *room = arena_array(arena, 2 * p->count, sizeof *room);
    prior.least = fmax(prior.least, rho_of_halves(v, prior, room));
    robust_location_sorted(p->differences + half, p->count - half, v->later_half, prior, scratch, &v->later);
}

// Residuals canary - R baseline, so that what both sides share cancels; means that vanish are compared by their difference.
static struct means compare_means(const struct paired *p, struct ar1_prior prior, struct arena *arena) {
    struct ar1_mean error;
    double b = mean_of(p->baseline, p->count), c = mean_of(p->canary, p->count);
    double *residuals = arena_array(arena, 2 * p->count, sizeof *residuals);
    double size = b != 0 ? fabs(b) : ldexp(p->level, -p->exponent), ratio = b != 0 ? c / b : 1;
    for (size_t i = 0; i < p->count; i++) residuals[i] = (p->canary[i] - ratio * p->baseline[i]) / size;
    ar1_mean_estimate(residuals, p->count, (double)NAN, prior, residuals + p->count, &error);
    return (struct means){(c - b) / size, error.se, error.df};
}

static bool is_steady(const double *values, size_t count) {
    for (size_t i = 1; i < count; i++) {
        if (values[i] != values[0]) return false;
    }
    return true;
}

static void see(const struct paired *p, const struct evidence_settings *settings, struct arena *arena, struct views *ret) {
    struct ar1_prior prior = settings->prior;
    size_t horizon = settings->horizon > p->count ? settings->horizon : p->count;
    *ret = (struct views){.paired = p, .has_means = !p->offset_known, .has_spread = p->log_scale && p->count >= 12};
    sort_halves(ret, arena);
    double *scratch = arena_array(arena, robust_location_scratch(p->count), sizeof *scratch);
    robust_location_sorted(p->differences, p->count, ret->sorted, prior, scratch, &ret->whole);
    see_later(ret, prior, scratch, arena);
    if (ret->has_means) ret->means = compare_means(p, prior, arena);
    ret->trend = trend_fit(p->differences, ret->sorted, p->steps, prior, arena);
    if (ret->has_spread) ret->spread = spread_compare(p->logs[0], p->logs[1], p->count, prior, arena);
    ret->steady = is_steady(p->baseline, p->count);
    ret->has_bursts = p->log_scale && (ret->has_spread || ret->steady) && burst_width(horizon) <= p->count;
}

static struct battery_estimate toward(const struct battery *b, double value, double se, double df) {
    return (struct battery_estimate){b->sign * value, se, df};
}

static void add_locations(struct battery *b, const struct views *v) {
    const struct evidence_margins *m = &b->margins;
    double null = b->settings->kappa * m->theta_tolerance;
    double se = hypot(v->whole.se, v->paired->offset_se), later_se = hypot(v->later.se, v->paired->offset_se);
    struct evidence_part *part = battery_add(b, EVIDENCE_LOCATION, SHARE_SERIES);
    struct battery_estimate at = toward(b, v->whole.estimate, se, v->whole.df);
    battery_test(b, part, at, null, at.value > m->theta_tolerance);
    part->blocks = !(part->high < m->theta_harm);
    if (!v->has_later) return;
    part = battery_add(b, EVIDENCE_LATER, 0.25);
    at = toward(b, v->later.estimate, later_se, v->later.df);
    battery_test(b, part, at, null, at.value > m->theta_tolerance);
    part->blocks = at.value > 1.5 * m->theta_tolerance && at.value > v->later.se;
}

static void add_means(struct battery *b, const struct views *v) {
    const struct evidence_margins *m = &b->margins;
    if (!v->has_means) return;
    struct evidence_part *part = battery_add(b, EVIDENCE_MEAN, 0.09);
    struct battery_estimate at = toward(b, v->means.change, v->means.se, v->means.df);
    battery_test(b, part, at, b->settings->kappa * m->tolerance, at.value > m->tolerance);
    part->blocks = at.value > m->harm && at.value > 2 * at.se;
}

static void add_trend(struct battery *b, const struct views *v) {
    double tolerance = b->margins.theta_tolerance, end = b->sign * v->trend.end;
    struct evidence_part *part = battery_add(b, EVIDENCE_TREND, 0.03);
    struct battery_estimate at = toward(b, v->trend.slope, v->trend.se, v->trend.df);
    battery_test(b, part, at, b->settings->kappa * tolerance, at.se > 0 && at.value > tolerance && end > tolerance);
    part->blocks = at.se > 0 && at.value > 1.65 * at.se && end > 1.5 * tolerance;
}

// More spread is bad whatever direction is, so this part stands once in the two batteries of direction either.
static void add_dispersion(struct battery *b, const struct views *v) {
    const struct spread *s = &v->spread;
    double ratio = fmax(s->canary, 1e-12) / fmax(s->baseline, 1e-12);
    bool large = s->whole > b->margins.theta_tolerance / 2;
    struct evidence_part *part = battery_add(b, EVIDENCE_DISPERSION, 0.03 / b->share);
    battery_place(b, part, (struct battery_estimate){s->z, s->se, s->df}, 0, large && ratio > SPREAD_LARGE && s->se > 0);
    part->estimate = ratio;
    part->blocks = large && ratio > SPREAD_SUSPECT && part->p < SPREAD_SUSPECT_P;
}

// Three quarters of some run lie far above the rest, and above whatever mirrored run there is. In natural direction for -1 the
// differences are turned round, so that the highest run is the deepest. The rest is what most steps show; but where the baseline
// never moves it is the baseline, however few steps keep to it.
static void add_burst(struct battery *b, const struct views *v, struct arena *arena, size_t *ret_first) {
    const struct paired *p = v->paired;
    size_t horizon = b->settings->horizon > p->count ? b->settings->horizon : p->count;
    double tolerance = b->margins.theta_tolerance, *d = arena_array(arena, p->count, sizeof *d);
    for (size_t i = 0; i < p->count; i++) d[i] = b->sign * p->differences[i];
    double middle = v->steady ? 0 : median_sorted(v->sorted), noise = v->steady ? 0 : median_distance(v->sorted, middle);
    struct burst burst = burst_find(d, p->count, b->sign * middle, burst_width(horizon), arena);
    struct evidence_part *part = battery_add(b, EVIDENCE_BURST, 0);
    double limit = fmax(fmax(log(BURST_FACTOR), 3 * tolerance), 4 * NORMAL_MAD * noise);
    part->estimate = burst.height;
    part->large = part->fails = burst.height > limit && burst.height > 2.5 * burst.mirrored;
    part->blocks = burst.height > fmax(log(BURST_FACTOR), tolerance) && burst.height > 1.5 * burst.mirrored;
    *ret_first = burst.first;
}

static void locate_onset(const struct battery *b, const struct views *v, size_t burst_first, struct arena *arena) {
    const struct paired *p = v->paired;
    struct evidence *e = b->evidence;
    if (e->status != EVIDENCE_FAIL || e->decisive < 0) return;
    const struct evidence_part *part = &e->parts[e->decisive];
    if (part->kind == EVIDENCE_DISPERSION || part->decrease != (b->sign < 0)) return;
    double *d = arena_array(arena, 3 * p->count, sizeof *d);
    for (size_t i = 0; i < p->count; i++) d[i] = b->sign * p->differences[i];
    size_t at = part->kind == EVIDENCE_BURST ? burst_first : onset_find(d, p->count, b->settings->prior, d + p->count);
    e->has_onset = true;
    e->onset = (size_t)p->steps[at];
}

static size_t run_battery(struct battery *b, const struct views *v, bool with_dispersion, struct arena *arena) {
    size_t burst_first = 0;
    add_locations(b, v);
    add_means(b, v);
    add_trend(b, v);
    if (v->has_spread && with_dispersion) add_dispersion(b, v);
    if (v->has_bursts) add_burst(b, v, arena, &burst_first);
    return burst_first;
}

static void judge_views(const struct views *v, const struct evidence_settings *settings, struct arena *arena, struct evidence *e) {
    bool either = settings->direction == EVIDENCE_EITHER;
    struct battery batteries[2];
    struct t_roots roots = {0};
    size_t count = either ? 2 : 1, bursts[2];
    for (size_t i = 0; i < count; i++) {
        double sign = i == 1 || settings->direction == EVIDENCE_DECREASE ? -1 : 1;
        batteries[i] = (struct battery){.settings = settings,
                                        .margins = evidence_margins(settings, v->paired->level, sign, e->log_scale),
                                        .sign = sign,
                                        .share = either ? 0.5 : 1,
                                        .evidence = e,
                                        .roots = &roots};
        bursts[i] = run_battery(&batteries[i], v, i == 0, arena);
    }
    evidence_conclude(e, settings);
    struct battery_estimate whole = {v->whole.estimate, v->whole.se, v->whole.df};
    evidence_describe(e, &batteries[0], whole, v->paired->offset_se, v->paired->span);
    for (size_t i = 0; i < count; i++) locate_onset(&batteries[i], v, bursts[i], arena);
}

// No test can add to a difference that never varies, but until the horizon it may begin to.
static void judge_constant(const struct paired *p, const struct evidence_settings *settings, struct evidence *e) {
    double d = p->differences[0];
    bool rises = d > evidence_margins(settings, p->level, 1, p->log_scale).theta_tolerance;
    bool falls = -d > evidence_margins(settings, p->level, -1, p->log_scale).theta_tolerance;
    bool bad = (settings->direction != EVIDENCE_DECREASE && rises) || (settings->direction != EVIDENCE_INCREASE && falls);
    enum evidence_status fail = p->span < settings->horizon ? EVIDENCE_INCONCLUSIVE : EVIDENCE_FAIL;
    evidence_rule(e, bad ? fail : EVIDENCE_PASS, EVIDENCE_CONSTANT);
    e->estimate = e->low = e->high = p->log_scale ? expm1(d) : d;
    e->has_onset = e->status == EVIDENCE_FAIL;
}

static void tell_onset(struct evidence *e, size_t first) {
    e->has_onset = e->status == EVIDENCE_FAIL;
    if (e->has_onset) e->onset = first;
}

static bool any_below_0(const double *values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (values[i] < 0) return true;
    }
    return false;
}

// No change is relative to nothing: what appears is counted. Where none is below 0 an increase is all that can be seen, and has
// alpha to itself.
static void judge_appearance(const struct paired *p, const struct evidence_settings *settings, struct arena *arena, struct evidence *e) {
    bool either = settings->direction == EVIDENCE_EITHER && any_below_0(p->canary, p->count);
    size_t count = either ? 2 : 1, horizon = settings->horizon > p->count ? settings->horizon : p->count, firsts[2];
    struct battery batteries[2];
    struct appearance appearance = appearance_of(p);
    double absolute = ldexp(settings->absolute, -p->exponent);
    for (size_t i = 0; i < count; i++) {
        double sign = i == 1 || settings->direction == EVIDENCE_DECREASE ? -1 : 1;
        batteries[i] = (struct battery){.settings = settings, .sign = sign, .share = either ? 0.5 : 1, .evidence = e};
        appearance_add(&batteries[i], &appearance, absolute, arena, &firsts[i]);
        appearance_add_burst(&batteries[i], &appearance, absolute, burst_width(horizon));
    }
    evidence_conclude(e, settings);
    tell_onset(e, firsts[e->decisive >= 0 && e->parts[e->decisive].decrease && either ? 1 : 0]);
}

// Too few values for anything else. A longer window than usual that was asked for is waited for.
static void judge_few(const struct series_columns *columns, const struct evidence_settings *settings, struct arena *arena,
                      struct evidence *e) {
    struct battery battery = {.settings = settings, .sign = 1, .share = 1, .evidence = e};
    struct appearance appearance;
    size_t first;
    if (settings->direction == EVIDENCE_DECREASE || settings->least > APPEARANCE_SHORT) return;
    if (!appearance_find(columns, arena, &appearance)) return;
    appearance_add(&battery, &appearance, settings->absolute, arena, &first);
    evidence_conclude(e, settings);
    tell_onset(e, first);
    if (e->status == EVIDENCE_FAIL) return;
    e->status = EVIDENCE_INCONCLUSIVE;
    e->reason = EVIDENCE_TOO_FEW;
    e->passes = false;
}

void series_evidence_make(const struct series_columns *columns, const struct evidence_settings *settings, struct arena *arena,
                          struct evidence *ret) {
    struct paired paired;
    struct views views;
    evidence_clear(ret);
    bool enough = paired_build(columns, settings, arena, &paired);
    ret->count = paired.count;
    ret->ranks = evidence_ranks(columns->baseline, columns->canary, columns->count, 1 - 2 * settings->beta, arena);
    if (!enough) {
        judge_few(columns, settings, arena, ret);
        return;
    }
    ret->log_scale = paired.log_scale;
    if (paired_identical(&paired)) {
        evidence_rule(ret, EVIDENCE_PASS, EVIDENCE_IDENTICAL);
        ret->estimate = ret->low = ret->high = 0;
    } else if (paired_constant(&paired)) {
        judge_constant(&paired, settings, ret);
    } else if (appearance_applies(&paired)) {
        judge_appearance(&paired, settings, arena, ret);
    } else {
        see(&paired, settings, arena, &views);
        ret->rho = views.whole.rho;
        judge_views(&views, settings, arena, ret);
    }
}
