// SPDX-License-Identifier: GPL-3.0-or-later
#include "appearance.h"

#include <math.h>

#include "stats/binomial.h"
#include "stats/mean_variance.h"
#include "stats/student_t.h"
#include "stats/succession.h"

#define VALUES_LEAST ((size_t)4)
#define STEPS_LEAST ((size_t)3) // of a short window: one or two are chance

bool appearance_applies(const struct paired *p) {
    bool shows = false;
    for (size_t i = 0; i < p->count; i++) {
        if (p->baseline[i] != 0) return false;
        shows = shows || p->canary[i] != 0;
    }
    return shows;
}

struct appearance appearance_of(const struct paired *p) {
    return (struct appearance){p->canary, p->steps, p->count, p->count};
}

bool appearance_find(const struct series_columns *c, struct arena *arena, struct appearance *ret) {
    double *values = arena_array(arena, c->count, sizeof *values), *steps = arena_array(arena, c->count, sizeof *steps);
    size_t silent = 0, count = 0;
    for (size_t i = 0; i < c->count; i++) {
        if (isfinite(c->baseline[i]) && c->baseline[i] != 0) return false;
        if (isfinite(c->canary[i]) && c->canary[i] < 0) return false;
        if (isfinite(c->baseline[i])) silent++;
        if (!isfinite(c->canary[i])) continue;
        values[count] = c->canary[i];
        steps[count++] = (double)i;
    }
    size_t smaller = silent < count ? silent : count;
    *ret = (struct appearance){values, steps, count, silent};
    return smaller >= VALUES_LEAST && smaller < APPEARANCE_SHORT;
}

struct sightings {
    size_t steps, longest, first;
};

static struct sightings count_sightings(const struct appearance *a, double sign) {
    struct sightings s = {0, 0, 0};
    size_t run = 0;
    for (size_t i = 0; i < a->count; i++) {
        bool shows = sign * a->values[i] > 0;
        run = shows ? run + 1 : 0;
        if (run > s.longest) s.longest = run;
        if (shows && s.steps++ == 0) s.first = i;
    }
    return s;
}

// The chance of none among `silent` and k or more among n, when each step has a value with chance q: of any q, the one that makes
// it greatest. It rises and then falls, for its logarithm is concave in the log odds of q.
static double chance_of(size_t silent, size_t k, size_t n, double q) {
    return exp((double)silent * log1p(-q)) * binomial_at_least(k, n, q, 1 - q);
}

static double none_against(size_t silent, size_t k, size_t n) {
    double low = 0, high = 1;
    if (k == 0) return 1;
    for (int round = 0; round < 100; round++) {
        double left = low + (high - low) / 3, right = high - (high - low) / 3;
        if (chance_of(silent, k, n, left) < chance_of(silent, k, n, right))
            low = left;
        else
            high = right;
    }
    return chance_of(silent, k, n, (low + high) / 2);
}

static bool is_short(const struct appearance *a) {
    return a->count < APPEARANCE_SHORT || a->silent < APPEARANCE_SHORT;
}

void appearance_add(struct battery *b, const struct appearance *a, double absolute, struct arena *arena, size_t *ret_first) {
    double *values = arena_array(arena, 2 * a->count, sizeof *values);
    for (size_t i = 0; i < a->count; i++) values[i] = b->sign * a->values[i];
    struct ar1_mean size;
    ar1_mean_estimate(values, a->count, (double)NAN, b->settings->prior, values + a->count, &size);
    struct sightings seen = count_sightings(a, b->sign);
    bool predictive = is_short(a), enough = seen.steps >= (predictive ? STEPS_LEAST : 1);
    double reach = size.se > 0 ? size.se * student_t_upper_root(b->settings->beta, size.df) : 0;
    double p = predictive ? succession_silent(a->silent, seen.steps, a->count) : none_against(a->silent, seen.steps, a->count);

    struct evidence_part *part = battery_add(b, EVIDENCE_APPEARANCE, 1);
    part->estimate = (double)seen.steps / (double)a->count;
    part->seen = (struct evidence_sightings){predictive, seen.steps, a->count, a->silent};
    battery_decide(b, part, p, enough && size.mean > absolute);
    part->blocks = seen.steps > 0 && !(size.mean + reach < absolute);
    *ret_first = (size_t)a->steps[seen.first];
}

void appearance_add_burst(struct battery *b, const struct appearance *a, double absolute, size_t run) {
    struct sightings seen = count_sightings(a, b->sign);
    struct evidence_part *burst = battery_add(b, EVIDENCE_BURST, 0);
    burst->estimate = (double)seen.longest;
    burst->large = burst->fails = seen.longest >= run && b->sign * mean_of(a->values, a->count) > absolute;
}
