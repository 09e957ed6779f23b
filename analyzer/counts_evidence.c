// SPDX-License-Identifier: GPL-3.0-or-later
// Alpha is shared by the whole window, 0.8, and the worst short window, 0.2 divided by how many there are.
#include "analyzer/counts_evidence.h"

#include <math.h>

#include "count_part.h"
#include "evidence_ranks.h"
#include "onset.h"
#include "power.h"
#include "stats/incomplete_beta.h"
#include "stats/poisson_dispersed.h"

#define WINDOW ((size_t)5)
#define WINDOW_STEPS_LEAST 20
#define WINDOW_EVENTS_LEAST 8
#define WINDOW_FACTOR 3
#define WINDOW_ABSOLUTE 5 // times the absolute tolerance

struct pairs { // steps that both sides have
    double *bad[2], *total[2], *steps;
    struct count_side baseline, canary;
    struct count_sums b, c;
    size_t count;
    struct count_dispersion dispersion;
};

static bool usable(double value) {
    return isfinite(value) && value >= 0;
}

static void pair(const struct count_columns *c, struct arena *arena, struct pairs *p) {
    double *room = arena_array(arena, 5 * c->count, sizeof *room);
    *p = (struct pairs){.bad = {room, room + c->count},
                        .total = {room + 2 * c->count, room + 3 * c->count},
                        .steps = room + 4 * c->count,
                        .baseline = {room, room + 2 * c->count},
                        .canary = {room + c->count, room + 3 * c->count}};
    for (size_t i = 0; i < c->count; i++) {
        if (!usable(c->baseline.bad[i]) || !usable(c->baseline.total[i]) || !usable(c->canary.bad[i]) || !usable(c->canary.total[i]))
            continue;
        p->bad[0][p->count] = c->baseline.bad[i];
        p->bad[1][p->count] = c->canary.bad[i];
        p->total[0][p->count] = c->baseline.total[i];
        p->total[1][p->count] = c->canary.total[i];
        p->steps[p->count++] = (double)i;
    }
    p->b = count_sums(p->baseline, 0, p->count);
    p->c = count_sums(p->canary, 0, p->count);
}

// A pass needs an upper limit below the harm, or one so low in itself that it is tolerated.
static bool harmless(const struct battery *b, const struct evidence_part *part, const struct pairs *p) {
    double absolute = b->settings->absolute, harm = b->margins.harm, base = (p->b.bad + 0.5) / p->b.total;
    double reach = b->sign > 0 ? part->high - 1 : 1 - part->low; // largest change that is not excluded
    if (reach < harm || (isfinite(reach) && reach * base < absolute)) return true;
    return b->sign > 0 && p->c.bad == 0 && -log(b->settings->beta) * p->dispersion.phi / p->c.total < absolute;
}

static void add_count(struct battery *b, const struct pairs *p) {
    struct evidence_part *part = battery_add(b, EVIDENCE_COUNT, SHARE_COUNT);
    double phi = p->dispersion.phi;
    part->se = p->b.bad > 0 && p->c.bad > 0 ? sqrt(phi * (1 / p->b.bad + 1 / p->c.bad)) : (double)INFINITY; // of ln(ratio)
    count_part_test(b, part, p->b, p->c, phi, b->margins.tolerance, b->settings->absolute);
    part->blocks = !harmless(b, part, p);
}

// P-value of one window in which the worse side has many more events than the other there, and than that has in all; else NaN.
static double window_p(const struct battery *b, struct count_sums worse, struct count_sums better, double usual, double phi) {
    double rate = worse.bad / worse.total, other = better.bad / better.total;
    if (!(worse.bad >= WINDOW_EVENTS_LEAST && worse.total > 0 && better.total > 0)) return (double)NAN;
    if (!(rate > WINDOW_FACTOR * fmax(other, usual) && rate - other > WINDOW_ABSOLUTE * b->settings->absolute)) return (double)NAN;
    double all = worse.total + better.total;
    return incomplete_beta_lower(worse.bad / phi, better.bad / phi + 1, worse.total / all, better.total / all);
}

// The dispersion of all other steps: that of the window itself may be the very burst that is looked for.
static double phi_outside(const struct pairs *p, size_t first, struct ar1_prior prior, struct arena *arena) {
    size_t kept = p->count - WINDOW;
    double *room = arena_array(arena, 4 * kept, sizeof *room);
    for (size_t i = 0; i < kept; i++) {
        size_t from = i < first ? i : i + WINDOW;
        room[i] = p->baseline.bad[from];
        room[kept + i] = p->baseline.total[from];
        room[2 * kept + i] = p->canary.bad[from];
        room[3 * kept + i] = p->canary.total[from];
    }
    struct count_side baseline = {room, room + kept}, canary = {room + 2 * kept, room + 3 * kept};
    return count_dispersion(baseline, canary, kept, prior, arena).phi;
}

static void add_window(struct battery *b, const struct pairs *p, size_t *ret_first, struct arena *arena) {
    if (p->count < WINDOW_STEPS_LEAST || !(p->b.bad + p->c.bad > 0)) return;
    bool rising = b->sign > 0;
    struct count_side worse = rising ? p->canary : p->baseline, better = rising ? p->baseline : p->canary;
    struct count_sums all = rising ? p->b : p->c;
    double usual = (all.bad + 0.5) / all.total, least = (double)INFINITY;
    struct evidence_part *part = battery_add(b, EVIDENCE_WINDOW, 0.2 / (double)(p->count - WINDOW + 1));
    for (size_t i = 0; i + WINDOW <= p->count; i++) {
        struct count_sums w = count_sums(worse, i, i + WINDOW), o = count_sums(better, i, i + WINDOW);
        double found = window_p(b, w, o, usual, 1); // the least that it can be, and much less work
        if (found < least) found = window_p(b, w, o, usual, phi_outside(p, i, b->settings->prior, arena));
        if (!(found < least)) continue;
        least = found;
        double ratio = (w.bad / w.total) / (o.bad / o.total);
        part->estimate = rising ? ratio : 1 / ratio;
        *ret_first = i;
    }
    battery_decide(b, part, fmin(least, 1), isfinite(least));
}

// Excess of bad ones on the canary, per step, for the onset.
static void locate_onset(const struct battery *b, const struct pairs *p, size_t window_first, struct arena *arena) {
    struct evidence *e = b->evidence;
    if (e->status != EVIDENCE_FAIL || e->parts[e->decisive].decrease != (b->sign < 0)) return;
    double *excess = arena_array(arena, 3 * p->count, sizeof *excess), usual = p->b.bad / p->b.total;
    for (size_t i = 0; i < p->count; i++) {
        double expected = p->baseline.total[i] > 0 ? p->baseline.bad[i] / p->baseline.total[i] : usual;
        excess[i] = b->sign * (p->canary.bad[i] - expected * p->canary.total[i]);
    }
    bool window = e->parts[e->decisive].kind == EVIDENCE_WINDOW;
    size_t at = window ? window_first : onset_find(excess, p->count, b->settings->prior, excess + p->count);
    e->has_onset = true;
    e->onset = (size_t)p->steps[at];
}

// A fail needs a change by the absolute tolerance as well.
static double visible(const struct battery *b, const struct pairs *p, double se, size_t steps) {
    const struct evidence_settings *s = b->settings;
    struct power_view view = {.se = s->horizon > steps ? se * sqrt((double)steps / (double)s->horizon) : se,
                              .df = (double)INFINITY,
                              .share = SHARE_COUNT * b->share,
                              .tolerance = b->margins.tolerance,
                              .least = fmax(b->margins.tolerance, s->absolute * p->b.total / p->b.bad),
                              .sign = b->sign,
                              .log_scale = true};
    return power_visible(s, &view);
}

static void describe(struct evidence *e, const struct battery *b, const struct pairs *p, size_t steps) {
    struct dispersed_count canary = {p->c.bad, p->c.total}, baseline = {p->b.bad, p->b.total};
    struct poisson_dispersed limits;
    e->log_scale = true;
    e->rho = p->dispersion.rho;
    e->phi = p->dispersion.phi;
    struct battery_estimate at = {(double)NAN, e->parts[0].se, (double)INFINITY};
    if (isfinite(at.se)) evidence_describe(e, b, at, 0, steps);
    e->visible = visible(b, p, at.se, steps);
    if (poisson_dispersed(canary, baseline, 1, e->phi, b->settings->beta, &limits) != STATS_OK) return;
    e->estimate = limits.rate_ratio - 1;
    e->low = limits.low - 1;
    e->high = limits.high - 1;
}

static void rank_ratios(const struct pairs *p, const struct evidence_settings *settings, struct arena *arena, struct evidence *e) {
    double *ratios = arena_array(arena, 2 * p->count, sizeof *ratios); // 0 / 0, a step without requests, is missing
    for (size_t side = 0; side < 2; side++) {
        for (size_t i = 0; i < p->count; i++) {
            double total = p->total[side][i];
            ratios[side * p->count + i] = total > 0 ? p->bad[side][i] / total : (double)NAN;
        }
    }
    e->ranks = evidence_ranks(ratios, ratios + p->count, p->count, 1 - 2 * settings->beta, arena);
}

void counts_evidence_make(const struct count_columns *columns, const struct evidence_settings *settings, struct arena *arena,
                          struct evidence *ret) {
    struct pairs p;
    struct battery batteries[2];
    bool either = settings->direction == EVIDENCE_EITHER;
    size_t count = either ? 2 : 1, firsts[2] = {0, 0};
    evidence_clear(ret);
    pair(columns, arena, &p);
    ret->count = p.count;
    rank_ratios(&p, settings, arena, ret);
    if (p.count < settings->least || !(p.b.total > 0) || !(p.c.total > 0)) return;
    p.dispersion = count_dispersion(p.baseline, p.canary, p.count, settings->prior, arena);
    p.dispersion.phi = fmax(p.dispersion.phi, settings->phi_least);
    for (size_t i = 0; i < count; i++) {
        double sign = i == 1 || settings->direction == EVIDENCE_DECREASE ? -1 : 1;
        batteries[i] = (struct battery){.settings = settings,
                                        .margins = evidence_margins(settings, 0, sign, false),
                                        .sign = sign,
                                        .share = either ? 0.5 : 1,
                                        .evidence = ret};
        add_count(&batteries[i], &p);
        add_window(&batteries[i], &p, &firsts[i], arena);
    }
    evidence_conclude(ret, settings);
    describe(ret, &batteries[0], &p, columns->count);
    for (size_t i = 0; i < count; i++) locate_onset(&batteries[i], &p, firsts[i], arena);
}
