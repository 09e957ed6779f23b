// SPDX-License-Identifier: GPL-3.0-or-later
// The parts share alpha: location 0.5, order 0.1, tails 0.4 divided by the number of edges.
#include "analyzer/histogram_evidence.h"

#include <math.h>

#include "count_part.h"
#include "evidence_battery.h"
#include "onset.h"
#include "stats/mann_whitney.h"

#define REQUESTS_LEAST 20
#define OPEN_BUCKET 1.6 // its mid-point, times the last bound
#define TAIL_TOLERANCE 0.25
#define TAIL_SUSPECT_P 0.15 // no more likely by chance: blocks a pass
#define TAIL_ABSOLUTE 0.002
#define TAIL_SHARE_LEAST 1e-4
#define TAIL_REQUESTS_LEAST 5
#define EDGES 4

struct side_rows {  // of one side, only steps that both sides have
    double *rows;   // steps by buckets
    double *totals; // per step
    double *shares; // of each bucket, over all steps
    double total;
};

struct table {
    const struct histogram_columns *columns;
    size_t *steps, count;
    struct side_rows baseline, canary;
    double *influence; // scratch: one value per step, and as much again
};

struct difference { // of a mean over all requests, canary - baseline in natural direction
    double value, se, df, rho;
};

static bool row_is_usable(const double *row, size_t buckets) {
    for (size_t k = 0; k < buckets; k++) {
        if (!(isfinite(row[k]) && row[k] >= 0)) return false;
    }
    return true;
}

static void add_row(struct side_rows *side, const double *row, size_t step, size_t buckets) {
    for (size_t k = 0; k < buckets; k++) {
        side->rows[step * buckets + k] = row[k];
        side->totals[step] += row[k];
        side->shares[k] += row[k];
    }
    side->total += side->totals[step];
}

static void start_side(struct side_rows *side, size_t count, size_t buckets, struct arena *arena) {
    *side = (struct side_rows){.rows = arena_array(arena, count * buckets, sizeof *side->rows),
                               .totals = arena_array(arena, count, sizeof *side->totals),
                               .shares = arena_array(arena, buckets, sizeof *side->shares)};
}

static void fill_table(const struct histogram_columns *c, struct arena *arena, struct table *t) {
    *t = (struct table){.columns = c,
                        .steps = arena_array(arena, c->count, sizeof *t->steps),
                        .influence = arena_array(arena, 2 * c->count, sizeof *t->influence)};
    start_side(&t->baseline, c->count, c->buckets, arena);
    start_side(&t->canary, c->count, c->buckets, arena);
    for (size_t i = 0; i < c->count; i++) {
        const double *b = c->baseline + i * c->buckets, *k = c->canary + i * c->buckets;
        if (!row_is_usable(b, c->buckets) || !row_is_usable(k, c->buckets)) continue;
        add_row(&t->baseline, b, t->count, c->buckets);
        add_row(&t->canary, k, t->count, c->buckets);
        t->steps[t->count++] = i;
    }
}

static void normalise(struct side_rows *side, size_t buckets) {
    for (size_t k = 0; k < buckets; k++) side->shares[k] /= side->total;
}

static double dot(const double *a, const double *b, size_t count) {
    double sum = 0;
    for (size_t k = 0; k < count; k++) sum += a[k] * b[k];
    return sum;
}

// What each step adds to the side's mean score, as a deviation from it.
static void add_influence(const struct side_rows *side, const double *scores, double mean, size_t buckets, size_t count, double sign,
                          double *influence) {
    double usual = side->total / (double)count;
    for (size_t i = 0; i < count; i++)
        influence[i] += sign * (dot(side->rows + i * buckets, scores, buckets) - mean * side->totals[i]) / usual;
}

static struct difference compare(struct table *t, const double *baseline_scores, double baseline_sign, const double *canary_scores,
                                 struct ar1_prior prior) {
    size_t buckets = t->columns->buckets;
    double b = dot(t->baseline.shares, baseline_scores, buckets), c = dot(t->canary.shares, canary_scores, buckets);
    for (size_t i = 0; i < t->count; i++) t->influence[i] = 0;
    add_influence(&t->canary, canary_scores, c, buckets, t->count, 1, t->influence);
    add_influence(&t->baseline, baseline_scores, b, buckets, t->count, baseline_sign, t->influence);
    struct ar1_mean error;
    ar1_mean_about_0(t->influence, t->count, prior, t->influence + t->count, &error);
    return (struct difference){c + baseline_sign * b, error.se, error.df, error.rho};
}

// The geometric mid-point of each bucket, as a logarithm. The first positive bucket is thought to be as wide as the one above
// it; what is not positive counts as that.
static bool score_buckets(const struct histogram_columns *c, double *ret) {
    size_t last = c->buckets - 1, first = 0;
    while (first < last && !(c->bounds[first] > 0)) first++;
    if (first == last) return false;
    double lowest = log(c->bounds[first]), above = first + 1 < last ? log(c->bounds[first + 1]) : lowest + log(2);
    for (size_t k = 0; k <= first; k++) ret[k] = lowest - (above - lowest) / 2;
    for (size_t k = first + 1; k < last; k++) ret[k] = (log(c->bounds[k - 1]) + log(c->bounds[k])) / 2;
    ret[last] = log(c->bounds[last - 1]) + log(OPEN_BUCKET);
    return true;
}

// Mid-rank scores of the buckets among the other side's requests: of every bucket, the share below and half of its own.
static void score_ranks(const double *shares, size_t buckets, bool above, double *ret) {
    double sum = 0;
    for (size_t k = 0; k < buckets; k++) {
        double middle = sum + shares[k] / 2;
        ret[k] = above ? 1 - middle : middle;
        sum += shares[k];
    }
}

static void add_location(struct battery *b, const struct difference *d) {
    const struct evidence_margins *m = &b->margins;
    struct battery_estimate at = {b->sign * d->value, d->se, d->df};
    struct evidence_part *part = battery_add(b, EVIDENCE_LOCATION, SHARE_HISTOGRAM);
    battery_test(b, part, at, b->settings->kappa * m->theta_tolerance, at.value > m->theta_tolerance);
    part->blocks = !(part->high < m->theta_harm);
}

// Counts a fail only when the location has moved as well.
static void add_order(struct battery *b, const struct difference *order, double shift) {
    struct battery_estimate at = {0.5 + b->sign * (order->value - 0.5), order->se, order->df};
    bool large = b->sign * shift > b->margins.theta_tolerance && at.se > 0;
    battery_test(b, battery_add(b, EVIDENCE_ORDER, 0.1), at, 0.5, large);
}

// The bucket edges nearest to where the baseline has 50, 90, 97 and 99 per cent of its requests, each once.
static size_t choose_edges(const double *shares, size_t buckets, size_t *ret) {
    static const double levels[EDGES] = {0.5, 0.9, 0.97, 0.99};
    size_t count = 0;
    for (size_t i = 0; i < EDGES; i++) {
        double sum = 0, best = (double)INFINITY;
        size_t edge = 0;
        for (size_t k = 0; k + 1 < buckets; k++) {
            sum += shares[k];
            if (!(fabs(sum - levels[i]) < best)) continue;
            best = fabs(sum - levels[i]);
            edge = k;
        }
        if (count == 0 || ret[count - 1] != edge) ret[count++] = edge;
    }
    return count;
}

static struct count_side slow_requests(const struct side_rows *side, size_t edge, size_t buckets, size_t count, struct arena *arena) {
    double *slow = arena_array(arena, count, sizeof *slow);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = edge + 1; k < buckets; k++) slow[i] += side->rows[i * buckets + k];
    }
    return (struct count_side){slow, side->totals};
}

static void add_tails(struct battery *b, const struct table *t, struct arena *arena) {
    size_t edges[EDGES], buckets = t->columns->buckets, count = choose_edges(t->baseline.shares, buckets, edges);
    for (size_t i = 0; i < count; i++) {
        double below = 0;
        for (size_t k = 0; k <= edges[i]; k++) below += t->baseline.shares[k];
        if (1 - below < TAIL_SHARE_LEAST || t->canary.total * (1 - below) < TAIL_REQUESTS_LEAST) continue;
        struct count_side slow_b = slow_requests(&t->baseline, edges[i], buckets, t->count, arena);
        struct count_side slow_c = slow_requests(&t->canary, edges[i], buckets, t->count, arena);
        struct count_dispersion dispersion = count_dispersion(slow_b, slow_c, t->count, b->settings->prior, arena);
        struct evidence_part *part = battery_add(b, EVIDENCE_TAIL, 0.4 / (double)count);
        part->edge = t->columns->bounds[edges[i]];
        count_part_test(b, part, count_sums(slow_b, 0, t->count), count_sums(slow_c, 0, t->count), dispersion.phi, TAIL_TOLERANCE,
                        TAIL_ABSOLUTE);
        part->blocks = b->sign * (part->estimate - 1) > TAIL_TOLERANCE && part->p < TAIL_SUSPECT_P;
    }
}

// The canary's mean score per step against the baseline's.
static void locate_onset(const struct battery *b, const struct table *t, const double *scores, struct arena *arena) {
    struct evidence *e = b->evidence;
    size_t buckets = t->columns->buckets;
    if (e->status != EVIDENCE_FAIL || e->parts[e->decisive].decrease != (b->sign < 0)) return;
    double *d = arena_array(arena, 3 * t->count, sizeof *d);
    for (size_t i = 0; i < t->count; i++) {
        double base = dot(t->baseline.rows + i * buckets, scores, buckets) / fmax(t->baseline.totals[i], 1);
        d[i] = b->sign * (dot(t->canary.rows + i * buckets, scores, buckets) - base * t->canary.totals[i]);
    }
    e->has_onset = true;
    e->onset = t->steps[onset_find(d, t->count, b->settings->prior, d + t->count)];
}

struct scores { // of each bucket
    double *values, *among_baseline, *among_canary;
};

static void judge_table(struct table *t, const struct scores *scores, const struct evidence_settings *settings, struct arena *arena,
                        struct evidence *e) {
    bool either = settings->direction == EVIDENCE_EITHER;
    struct battery batteries[2];
    struct difference shift = compare(t, scores->values, -1, scores->values, settings->prior);
    struct difference order = compare(t, scores->among_canary, 1, scores->among_baseline, settings->prior);
    order.value /= 2; // both means are the chance itself
    double level = exp(dot(t->baseline.shares, scores->values, t->columns->buckets));
    size_t count = either ? 2 : 1;
    e->log_scale = true;
    e->rho = shift.rho;
    for (size_t i = 0; i < count; i++) {
        double sign = i == 1 || settings->direction == EVIDENCE_DECREASE ? -1 : 1;
        batteries[i] = (struct battery){.settings = settings,
                                        .margins = evidence_margins(settings, level, sign, true),
                                        .sign = sign,
                                        .share = either ? 0.5 : 1,
                                        .evidence = e};
        add_location(&batteries[i], &shift);
        add_order(&batteries[i], &order, shift.value);
        add_tails(&batteries[i], t, arena);
    }
    evidence_conclude(e, settings);
    evidence_describe(e, &batteries[0], (struct battery_estimate){shift.value, shift.se, shift.df}, 0, t->columns->count);
    for (size_t i = 0; i < count; i++) locate_onset(&batteries[i], t, scores->values, arena);
}

void histogram_evidence_make(const struct histogram_columns *columns, const struct evidence_settings *settings, struct arena *arena,
                             struct evidence *ret) {
    struct table t;
    struct mann_whitney ranks;
    size_t buckets = columns->buckets;
    double *room = arena_array(arena, 3 * buckets, sizeof *room);
    struct scores scores = {room, room + buckets, room + 2 * buckets};
    evidence_clear(ret);
    fill_table(columns, arena, &t);
    ret->count = t.count;
    if (t.count < settings->least || t.baseline.total < REQUESTS_LEAST || t.canary.total < REQUESTS_LEAST) return;
    if (!score_buckets(columns, scores.values)) return;
    mann_whitney_histogram(t.canary.shares, t.baseline.shares, buckets, true, &ranks);
    ret->ranks.p = ranks.p.two_sided;
    ret->ranks.a12 = ranks.a12;
    normalise(&t.baseline, buckets);
    normalise(&t.canary, buckets);
    score_ranks(t.baseline.shares, buckets, false, scores.among_baseline);
    score_ranks(t.canary.shares, buckets, true, scores.among_canary);
    judge_table(&t, &scores, settings, arena, ret);
}
