// SPDX-License-Identifier: GPL-3.0-or-later
#include "appearance.h"

#include <math.h>

#include "stats/binomial.h"
#include "stats/student_t.h"

bool appearance_applies(const struct paired *p) {
    bool shows = false;
    for (size_t i = 0; i < p->count; i++) {
        if (p->baseline[i] != 0) return false;
        shows = shows || p->canary[i] != 0;
    }
    return shows;
}

struct sightings {
    size_t steps, longest, first;
};

static struct sightings count_sightings(const double *values, size_t count) {
    struct sightings s = {0, 0, 0};
    size_t run = 0;
    for (size_t i = 0; i < count; i++) {
        run = values[i] > 0 ? run + 1 : 0;
        if (run > s.longest) s.longest = run;
        if (values[i] > 0 && s.steps++ == 0) s.first = i;
    }
    return s;
}

// The chance of none among n and k or more among n, when each step has a value with chance q: of any q, the one that makes it
// greatest. It rises and then falls, for its logarithm is concave in the log odds of q.
static double chance_of(size_t k, size_t n, double q) {
    return exp((double)n * log1p(-q)) * binomial_at_least(k, n, q, 1 - q);
}

static double none_against(size_t k, size_t n) {
    double low = 0, high = 1;
    if (k == 0) return 1;
    for (int round = 0; round < 100; round++) {
        double left = low + (high - low) / 3, right = high - (high - low) / 3;
        if (chance_of(k, n, left) < chance_of(k, n, right))
            low = left;
        else
            high = right;
    }
    return chance_of(k, n, (low + high) / 2);
}

void appearance_add(struct battery *b, const struct paired *p, size_t run, struct arena *arena, size_t *ret_first) {
    double *values = arena_array(arena, 2 * p->count, sizeof *values), absolute = ldexp(b->settings->absolute, -p->exponent);
    for (size_t i = 0; i < p->count; i++) values[i] = b->sign * p->canary[i];
    struct ar1_mean size;
    ar1_mean_estimate(values, p->count, (double)NAN, b->settings->prior, values + p->count, &size);
    struct sightings seen = count_sightings(values, p->count);
    bool large = seen.steps > 0 && size.mean > absolute;
    double reach = size.se > 0 ? size.se * student_t_upper_root(b->settings->beta, size.df) : 0;

    struct evidence_part *part = battery_add(b, EVIDENCE_APPEARANCE, 1);
    part->estimate = (double)seen.steps / (double)p->count;
    battery_decide(b, part, none_against(seen.steps, p->count), large);
    part->blocks = seen.steps > 0 && !(size.mean + reach < absolute);

    struct evidence_part *burst = battery_add(b, EVIDENCE_BURST, 0);
    burst->estimate = (double)seen.longest;
    burst->large = burst->fails = large && seen.longest >= run;
    *ret_first = seen.first;
}
