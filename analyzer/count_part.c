// SPDX-License-Identifier: GPL-3.0-or-later
#include "count_part.h"

#include <math.h>

#include "stats/poisson_dispersed.h"

#define EVENTS_LEAST 5

struct count_sums count_sums(struct count_side side, size_t first, size_t end) {
    struct count_sums sums = {0, 0};
    for (size_t i = first; i < end; i++) {
        sums.bad += side.bad[i];
        sums.total += side.total[i];
    }
    return sums;
}

struct count_dispersion count_dispersion(struct count_side baseline, struct count_side canary, size_t count, struct ar1_prior prior,
                                         struct arena *arena) {
    struct count_dispersion result = {1, 0};
    struct count_sums b = count_sums(baseline, 0, count), c = count_sums(canary, 0, count);
    if (b.bad + c.bad < EVENTS_LEAST) return result;
    double *excess = arena_array(arena, 2 * count, sizeof *excess), variance = 0;
    double ratio = ((c.bad + 0.5) / fmax(c.total, 1)) / ((b.bad + 0.5) / fmax(b.total, 1));
    for (size_t i = 0; i < count; i++) {
        double events = baseline.bad[i] + canary.bad[i], exposure = ratio * canary.total[i] + baseline.total[i];
        double share = exposure > 0 ? ratio * canary.total[i] / exposure : 0;
        excess[i] = canary.bad[i] - share * events;
        variance += events * share * (1 - share);
    }
    struct ar1_mean error;
    enum stats_status status = ar1_mean_about_0(excess, count, prior, excess + count, &error);
    if (status != STATS_OK || !(variance > 0)) return result;
    double sum_se = error.se * (double)count;
    result.phi = fmax(1, sum_se * sum_se / variance);
    result.rho = error.rho;
    return result;
}

void count_part_test(const struct battery *battery, struct evidence_part *part, struct count_sums b, struct count_sums c, double phi,
                     double tolerance, double absolute) {
    const struct evidence_settings *s = battery->settings;
    struct dispersed_count canary = {c.bad, c.total}, baseline = {b.bad, b.total};
    struct poisson_dispersed test, limits;
    double sign = battery->sign, null = 1 + sign * s->kappa * tolerance;
    if (poisson_dispersed(canary, baseline, null, phi, s->alpha * part->share, &test) != STATS_OK) return;
    poisson_dispersed(canary, baseline, null, phi, s->beta, &limits);
    part->estimate = test.rate_ratio;
    part->low = sign > 0 ? test.low : limits.low;
    part->high = sign > 0 ? limits.high : test.high;
    bool large = sign * (test.rate_ratio - 1) > tolerance && sign * (c.bad / c.total - b.bad / b.total) > absolute;
    battery_decide(battery, part, sign > 0 ? test.p.greater : test.p.less, large);
}
