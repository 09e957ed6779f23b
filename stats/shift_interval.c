// SPDX-License-Identifier: GPL-3.0-or-later
// Each evaluation merges the two sorted columns, x with the shift subtracted on the fly; comparisons are written so that
// NaN, which infinite samples bring in, takes the branch it takes in the published form.
#include "stats/shift_interval.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "stats/normal.h"
#include "stats/rank.h"

#define TOLERANCE 1e-4
#define ROUNDS 1001
#define LEAST_POSITIVE 4.9406564584124654e-324

struct point {
    double at, value;
};

struct search {
    struct point a, b, c; // b is the best one, c lies on the other side of the root, a is the b before
};

void shift_samples_prepare(struct shift_samples *samples) {
    samples->ranked_y = rank_side_shifted(samples->y, samples->y_count, 0, samples->scratch + samples->x_count);
}

double shift_lowest(const struct shift_samples *samples) {
    return samples->x[0] - samples->y[samples->y_count - 1];
}

double shift_highest(const struct shift_samples *samples) {
    return samples->x[samples->x_count - 1] - samples->y[0];
}

enum shift_status shift_statistic(const struct shift_samples *samples, double shift, double quantile, double *ret_value) {
    if (samples->x_count == 0 || samples->y_count == 0) return SHIFT_EMPTY;
    double m = (double)samples->x_count, n = (double)samples->y_count;
    struct rank_side shifted = rank_side_shifted(samples->x, samples->x_count, shift, samples->scratch);
    struct rank_sums ranks = rank_merge(shifted, samples->ranked_y);
    double distance = (double)ranks.twice_x / 2 - m * (m + 1) / 2 - m * n / 2;
    double correction = distance > 0 ? 0.5 : distance < 0 ? -0.5 : 0;
    double sigma = sqrt((m * n / 12) * ((m + n + 1) - ranks.ties / ((m + n) * (m + n - 1))));
    if (sigma == 0) return SHIFT_NO_VARIANCE;
    *ret_value = (distance - correction) / sigma - quantile;
    return SHIFT_OK;
}

// Interpolates to the next step from b, linearly or by an inverse parabola; keeps `half` when the outcome is no good.
static double next_step(const struct search *s, double prev, double tol, double half) {
    double cb = s->c.at - s->b.at, p, q;
    if (s->a.at == s->c.at) {
        double t = s->b.value / s->a.value;
        p = cb * t;
        q = 1 - t;
    } else {
        double t1 = s->b.value / s->c.value, t2 = s->b.value / s->a.value;
        q = s->a.value / s->c.value;
        p = t2 * (cb * q * (q - t1) - (s->b.at - s->a.at) * (t1 - 1));
        q = (q - 1) * (t1 - 1) * (t2 - 1);
    }
    if (p > 0)
        q = -q;
    else
        p = -p;
    bool inside = p < 0.75 * cb * q - fabs(tol * q) / 2 && p < fabs(prev * q / 2);
    return inside ? p / q : half;
}

// One round of the search. True when b is the root as near as asked for; else *ret_step is how far b must move.
static bool search_round(struct search *s, double *ret_step) {
    double prev = s->b.at - s->a.at;
    if (fabs(s->c.value) < fabs(s->b.value)) {
        s->a = s->b;
        s->b = s->c;
        s->c = s->a;
    }
    double tol = 2 * DBL_EPSILON * fabs(s->b.at) + TOLERANCE / 2;
    double step = (s->c.at - s->b.at) / 2;
    if (fabs(step) <= tol || s->b.value == 0) return true;
    if (fabs(prev) >= tol && fabs(s->a.value) > fabs(s->b.value)) step = next_step(s, prev, tol, step);
    if (fabs(step) < tol) step = step > 0 ? tol : -tol;
    *ret_step = step;
    return false;
}

static enum shift_status search_root(const struct shift_samples *samples, double quantile, struct point low, struct point high,
                                     double *ret_root) {
    if (fabs(low.value) <= LEAST_POSITIVE || fabs(high.value) <= LEAST_POSITIVE) {
        *ret_root = fabs(low.value) <= LEAST_POSITIVE ? low.at : high.at;
        return SHIFT_OK;
    }
    struct search s = {.a = low, .b = high, .c = low};
    for (int round = 0; round < ROUNDS; round++) {
        double step;
        if (search_round(&s, &step)) break;
        s.a = s.b;
        s.b.at += step;
        enum shift_status status = shift_statistic(samples, s.b.at, quantile, &s.b.value);
        if (status != SHIFT_OK) return status;
        if ((s.b.value > 0 && s.c.value > 0) || (s.b.value < 0 && s.c.value < 0)) s.c = s.a;
    }
    *ret_root = s.b.at;
    return SHIFT_OK;
}

// Both ends of the range with the values there; the same for every root, so they are computed once.
static enum shift_status range_ends(const struct shift_samples *samples, struct point *ret_low, struct point *ret_high) {
    if (samples->x_count == 0 || samples->y_count == 0) return SHIFT_EMPTY;
    ret_low->at = shift_lowest(samples);
    ret_high->at = shift_highest(samples);
    enum shift_status status = shift_statistic(samples, ret_low->at, 0, &ret_low->value);
    if (status == SHIFT_OK) status = shift_statistic(samples, ret_high->at, 0, &ret_high->value);
    return status;
}

enum shift_status shift_root(const struct shift_samples *samples, double quantile, double *ret_root) {
    struct point low, high;
    enum shift_status status = range_ends(samples, &low, &high);
    if (status != SHIFT_OK) return status;
    low.value -= quantile;
    high.value -= quantile;
    return search_root(samples, quantile, low, high, ret_root);
}

static enum shift_status interval_end(const struct shift_samples *samples, double quantile, struct point low, struct point high,
                                      double *ret_end) {
    low.value -= quantile;
    high.value -= quantile;
    if (low.value <= 0) {
        *ret_end = low.at;
        return SHIFT_OK;
    }
    if (high.value >= 0) {
        *ret_end = high.at;
        return SHIFT_OK;
    }
    return search_root(samples, quantile, low, high, ret_end);
}

enum shift_status shift_interval(const struct shift_samples *samples, double confidence, struct shift_interval *ret) {
    struct point low, high;
    struct shift_interval found = {0};
    double reach = normal_two_sided(confidence);
    enum shift_status status = range_ends(samples, &low, &high);
    if (status == SHIFT_OK) status = interval_end(samples, reach, low, high, &found.lower);
    if (status == SHIFT_OK) status = interval_end(samples, -reach, low, high, &found.upper);
    if (status == SHIFT_OK) status = search_root(samples, 0, low, high, &found.estimate);
    if (status == SHIFT_OK) *ret = found;
    return status;
}
