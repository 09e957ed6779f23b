// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/calibrate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/judge_settings.h"
#include "analyzer/verdict.h"
#include "base/mem.h"
#include "deal.h"
#include "judge_serin.h"
#include "stats/binomial_interval.h"
#include "stats/column.h"
#include "stats/quantile.h"

#define RHO_LEAST (-0.95)
#define EVENTS_LEAST 5     // of counts, to tell their dispersion
#define MISS 0.05          // of the limits of the share of fails
#define HIGH 0.9           // quantile that is shown beside the median
#define NORMAL_HIGH 1.2816 // standard deviations of a normal distribution up to there
#define WEIGHT_LEAST 6.0
#define WEIGHT_MOST 60.0
#define FAMILY_MOST ((size_t)JUDGE_FAMILY)

struct numbers_seen {
    double *items;
    size_t count, cap;
};

struct tally { // of one metric over the windows
    struct deal deal;
    struct numbers_seen rho, phi, sd, visible, steps, p;
};

struct calibrator {
    const struct history *history;
    const struct calibrate_options *options;
    struct calibration *ret;
    struct tally *tallies;
    struct numbers_seen p; // of windows: the smallest level of one metric at which any fails
    struct deal_random random;
    struct error *err;
};

const struct canary_config *calibrate_config(const struct canary_config *config, struct arena *arena, struct error *err) {
    struct canary_config *copy = arena_alloc(arena, sizeof *copy);
    *copy = *config;
    copy->scopes[SIDE_CANARY] = config->scopes[SIDE_BASELINE];
    copy->kayenta_scopes[SIDE_CANARY] = config->kayenta_scopes[SIDE_BASELINE];
    copy->guard_count = 0;
    if (config->scopes[SIDE_BASELINE].source == NULL || config->metric_count == 0) {
        error_set(err, ERROR_CONFIG, "%s compares nothing with a baseline, so there is nothing to calibrate", config->file);
        return NULL;
    }
    return copy;
}

static void note(struct numbers_seen *seen, double value) {
    if (isnan(value)) return;
    mem_grow((void **)&seen->items, &seen->cap, seen->count, sizeof *seen->items);
    seen->items[seen->count++] = value;
}

static void sort(struct numbers_seen *seen) {
    seen->count = column_sort(seen->items, seen->count, seen->items).count;
}

static struct calibrated_number summarise(struct numbers_seen *seen) {
    sort(seen);
    return (struct calibrated_number){quantile_sorted(seen->items, seen->count, 0.5), quantile_sorted(seen->items, seen->count, HIGH)};
}

// The level at which a share of `promised` at most fails: what is as large as the level does not. NaN when chance has no part in it.
static double level_for(struct numbers_seen *p, double promised, double most) {
    sort(p);
    size_t allowed = (size_t)floor(promised * (double)p->count);
    if (allowed >= p->count || p->items[allowed] >= most) return most;
    return p->items[allowed] > 0 ? p->items[allowed] : (double)NAN;
}

// The answers of a metric on one side: dealt, or all of them; the baseline's from one window earlier when there is nothing to deal.
static void cut_side(const struct calibrator *c, const struct plan *window, size_t q, const bool *keep, bool shifted, struct arena *arena,
                     struct answer *ret) {
    const struct planned_query *planned = &window->queries[q];
    int64_t shift_ms = shifted && planned->side == SIDE_BASELINE ? history_window_ms(c->history->config) : 0;
    struct history_slice slice = {planned->query.start_ms - shift_ms, planned->query.end_ms - shift_ms, shift_ms, keep};
    history_cut(c->history->answers[q], &slice, arena, ret);
}

// Both sides of a metric are asked for alike, so that the order of the parts is the same.
static const bool *keep_of(const struct deal *deal, const struct plan *window, bool **const keep[SIDE_COUNT], size_t q) {
    const struct planned_query *planned = &window->queries[q];
    for (size_t k = 0; k < deal->query_count; k++) {
        if (window->queries[deal->query_of[k]].part == planned->part) return keep[planned->side][k];
    }
    return NULL;
}

static void cut_metric(struct calibrator *c, const struct plan *window, size_t metric, struct arena *arena, struct answer *answers) {
    const struct metric_config *config = &c->history->config->metrics[metric];
    struct calibrated_metric *told = &c->ret->metrics[metric];
    bool **keep[SIDE_COUNT] = {NULL, NULL}, one_side = config->kind == METRIC_THRESHOLD, earlier = config->offset_ms > 0;
    bool dealt = !one_side && !earlier && deal_hand_out(&c->tallies[metric].deal, c->history, window, &c->random, arena, keep);
    bool shifted = !one_side && !earlier && !dealt;
    told->dealt += dealt;
    told->shifted += shifted;
    for (size_t q = 0; q < window->query_count; q++) {
        if (window->queries[q].owner != metric) continue;
        const bool *kept = dealt ? keep_of(&c->tallies[metric].deal, window, keep, q) : NULL;
        cut_side(c, window, q, kept, shifted, arena, &answers[q]);
    }
}

// The noise as the window alone shows it, without any belief.
static void note_noise(struct calibrator *c, const struct plan *window, const struct metric_result *result) {
    const struct metric_config *metric = &window->config->metrics[result->samples->metric];
    const struct step_columns *columns = &result->samples->columns;
    const struct side_samples *sides = result->samples->sides;
    struct tally *tally = &c->tallies[result->samples->metric];
    struct arena scratch = {0};
    struct evidence_settings settings;
    struct evidence e;
    if (result->evidence->reason != EVIDENCE_TESTED) return;
    if (metric->kind == METRIC_COUNTS && sides[SIDE_BASELINE].bad + sides[SIDE_CANARY].bad < EVENTS_LEAST) return;
    judge_settings(&window->config->judge, metric, &settings);
    settings.prior = (struct ar1_prior){.rho = 0, .weight = 0, .least = RHO_LEAST};
    settings.phi_least = 1;
    judge_serin_evidence(metric, columns, &settings, &scratch, &e);
    arena_finish(&scratch);
    double se = e.part_count > 0 ? e.parts[0].se : (double)NAN, steps = (double)(window->end_ms - window->start_ms);
    steps /= (double)window->config->window.step_ms;
    note(&tally->rho, e.rho);
    note(&tally->phi, e.phi);
    note(&tally->steps, (double)e.count);
    if (se > 0 && isfinite(se)) note(&tally->sd, se * sqrt(steps * (1 - e.rho) / (1 + e.rho)));
    note(&tally->visible, result->evidence->visible);
}

// The level of one metric at which this result would fail; NaN when it counts for nothing.
static double fails_at(const struct plan *window, const struct metric_result *m) {
    const struct metric_config *metric = &window->config->metrics[m->samples->metric];
    if (!metric->required || metric->judge.muted) return (double)NAN;
    if (m->evidence != NULL) return m->p_adjusted;
    return m->role == ROLE_FAILS ? 0 : (double)NAN;
}

static void note_result(struct calibrator *c, const struct plan *window, const struct metric_result *m) {
    struct calibrated_metric *told = &c->ret->metrics[m->samples->metric];
    enum classification class = m->classification;
    if (class == CLASS_NODATA || class == CLASS_ERROR) {
        told->nodata++;
        return;
    }
    told->results++;
    told->fails += class == CLASS_HIGH || class == CLASS_LOW;
    told->open += class == CLASS_INCONCLUSIVE;
    if (m->evidence == NULL) return;
    note(&c->tallies[m->samples->metric].p, m->evidence->p);
    note_noise(c, window, m);
}

// What the confidence allows over all metrics of the window: some alone, the others together no more than five alone.
static double promise(const struct plan *window, const struct verdict *v) {
    size_t alone = 0, others = 0;
    for (size_t i = 0; i < v->metric_count; i++) {
        const struct metric_config *metric = &window->config->metrics[v->metrics[i].samples->metric];
        if (v->metrics[i].evidence == NULL || !metric->required || metric->judge.muted) continue;
        if (metric->judge.critical) {
            alone++;
        } else {
            others++;
        }
    }
    if (others > FAMILY_MOST) others = FAMILY_MOST;
    return fmin(judge_alpha(&window->config->judge) * (double)(alone + others), 1);
}

static void note_verdict(struct calibrator *c, const struct plan *window, const struct verdict *v) {
    bool any = false;
    double p = 1;
    for (size_t i = 0; i < v->metric_count; i++) {
        note_result(c, window, &v->metrics[i]);
        any = any || (v->metrics[i].classification != CLASS_NODATA && v->metrics[i].classification != CLASS_ERROR);
        p = fmin(p, fails_at(window, &v->metrics[i]));
    }
    if (!any) {
        c->ret->empty++;
        return;
    }
    c->ret->fails += v->kind == VERDICT_FAIL;
    c->ret->open += v->kind == VERDICT_INCONCLUSIVE;
    c->ret->promised = fmax(c->ret->promised, promise(window, v));
    note(&c->p, p);
}

static bool judge_window(struct calibrator *c, int64_t end_ms, struct arena *arena) {
    struct plan window;
    struct samples samples;
    struct verdict verdict;
    if (!plan_build(c->history->config, end_ms, arena, &window, c->err)) return false;
    struct answer *answers = arena_array(arena, window.query_count, sizeof *answers);
    const struct answer **list = arena_array(arena, window.query_count, sizeof *list);
    for (size_t m = 0; m < c->ret->metric_count; m++) cut_metric(c, &window, m, arena, answers);
    for (size_t q = 0; q < window.query_count; q++) list[q] = &answers[q];
    if (!samples_build(&window, list, arena, &samples, c->err) || !verdict_make(&window, &samples, list, arena, &verdict, c->err))
        return false;
    note_verdict(c, &window, &verdict);
    return true;
}

// Windows spread over the time: one at random in each of as many equal parts.
static bool judge_windows(struct calibrator *c) {
    const struct history *h = c->history;
    int64_t step_ms = h->config->window.step_ms, first_ms = h->from_ms + 2 * history_window_ms(h->config);
    size_t places = (size_t)((h->to_ms - first_ms) / step_ms) + 1, windows = c->options->windows;
    bool ok = true;
    for (size_t w = 0; w < windows && ok; w++) {
        struct arena arena = {0};
        size_t low = places * w / windows, high = places * (w + 1) / windows;
        size_t place = low + deal_below(&c->random, high > low ? high - low : 1);
        if (c->options->interrupted != NULL && *c->options->interrupted) ok = error_set(c->err, ERROR_CANCELLED, "interrupted");
        ok = ok && judge_window(c, first_ms + (int64_t)place * step_ms, &arena);
        arena_finish(&arena);
    }
    return ok;
}

// How many steps the usual autocorrelation is worth: many where windows differ no more than their length explains.
static double weight_of(struct calibrated_number rho, double steps) {
    double spread = (rho.high - rho.median) / NORMAL_HIGH, square = 1 - rho.median * rho.median;
    double between = spread * spread - square / steps;
    return between > 0 ? fmin(fmax(square / between, WEIGHT_LEAST), WEIGHT_MOST) : WEIGHT_MOST;
}

static void conclude(struct calibrator *c) {
    struct calibration *r = c->ret;
    struct binomial_interval both = {0, 1}, upper = {0, 1};
    double alpha = judge_alpha(&c->history->config->judge);
    uint64_t judged = r->windows - r->empty;
    binomial_interval_exact(r->fails, judged, MISS, BINOMIAL_TWO_SIDED, &both);
    binomial_interval_exact(r->fails, judged, MISS, BINOMIAL_UPPER, &upper);
    r->low = both.low;
    r->high = both.high;
    r->upper = upper.high;
    bool levels = strcmp(c->history->config->judge.name, "serin") == 0; // other judges promise nothing
    if (!levels) r->promised = (double)NAN;
    r->alpha = levels && c->p.count > 0 ? level_for(&c->p, r->promised, alpha) : (double)NAN;
    for (size_t m = 0; m < r->metric_count; m++) {
        struct calibrated_metric *told = &r->metrics[m];
        struct tally *t = &c->tallies[m];
        told->rho = summarise(&t->rho);
        told->phi = summarise(&t->phi);
        told->sd = summarise(&t->sd);
        told->visible = summarise(&t->visible);
        told->steps = summarise(&t->steps).median;
        told->weight = t->rho.count > 0 ? weight_of(told->rho, told->steps) : (double)NAN;
        told->alpha = t->p.count > 0 ? level_for(&t->p, alpha, alpha) : (double)NAN;
    }
}

static void start(struct calibrator *c, struct arena *arena) {
    const struct history *h = c->history;
    struct calibration *r = c->ret;
    *r = (struct calibration){.history = h, .seed = c->options->seed, .windows = c->options->windows};
    r->apart = (size_t)((h->to_ms - h->from_ms) / history_window_ms(h->config));
    r->metric_count = h->config->metric_count;
    r->metrics = arena_array(arena, r->metric_count, sizeof *r->metrics);
    c->tallies = arena_array(arena, r->metric_count, sizeof *c->tallies);
    for (size_t m = 0; m < r->metric_count; m++) {
        deal_make(h, m, c->options->deal_by, arena, &c->tallies[m].deal);
        const struct deal *deal = &c->tallies[m].deal;
        bool earlier = h->config->metrics[m].offset_ms > 0, can_deal = deal->count > 1;
        r->metrics[m] = (struct calibrated_metric){.metric = m, .dealt_by = earlier ? "offset" : can_deal ? deal->by : NULL};
    }
}

static void finish(struct calibrator *c) {
    for (size_t m = 0; m < c->ret->metric_count; m++) {
        struct tally *t = &c->tallies[m];
        struct numbers_seen *const all[] = {&t->rho, &t->phi, &t->sd, &t->visible, &t->steps, &t->p};
        for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) free(all[i]->items);
    }
    free(c->p.items);
}

bool calibrate_run(const struct history *history, const struct calibrate_options *options, struct arena *arena, struct calibration *ret,
                   struct error *err) {
    struct calibrator c = {.history = history, .options = options, .ret = ret, .random = {options->seed}, .err = err};
    if (history->to_ms - history->from_ms < 2 * history_window_ms(history->config))
        return error_set(err, ERROR_USAGE, "the time must hold at least two windows of the config");
    start(&c, arena);
    bool ok = judge_windows(&c);
    if (ok) conclude(&c);
    finish(&c);
    return ok;
}
