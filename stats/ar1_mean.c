// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/ar1_mean.h"

#include <math.h>

#include "deviations.h"

#define RHO_MOST 0.95
#define SHARE_LEAST 0.1 // of the variance that SS / (n - 1) may be thought to be

size_t ar1_mean_scratch(size_t count) {
    return count;
}

static bool is_rho(double rho) {
    return rho >= 0 && rho <= RHO_MOST;
}

bool ar1_prior_valid(struct ar1_prior prior) {
    return is_rho(prior.rho) && fabs(prior.least) <= RHO_MOST && prior.weight >= 0 && isfinite(prior.weight);
}

static double shrunk(double raw, double n, struct ar1_prior prior) {
    double seen = raw + (1 + 3 * raw) / n;
    double rho = (n * seen + prior.weight * prior.rho) / (n + prior.weight);
    if (prior.only_raises) rho = fmax(rho, seen);
    return fmin(fmax(rho, prior.least), RHO_MOST);
}

static double variance_factor(double rho, double n) {
    return (1 + rho) / (1 - rho) - 2 * rho * (1 - pow(rho, n)) / (n * (1 - rho) * (1 - rho));
}

static void fill(const struct deviations *series, struct ar1_prior prior, struct ar1_mean *ret) {
    double n = (double)series->count, neighbours, squares = deviations_products(series, &neighbours);
    ret->rho_raw = neighbours / squares;
    ret->rho = shrunk(ret->rho_raw, n, prior);
    double factor = variance_factor(ret->rho, n);
    double variance = squares / (n - 1) / fmax(1 - (factor - 1) / (n - 1), SHARE_LEAST);
    ret->se = ldexp(sqrt(variance * factor / n), series->exponent);
    double square = ret->rho * ret->rho;
    ret->df = fmax(n * (1 - square) / (1 + square) - 1, 3);
    ret->ess = n * (1 - ret->rho) / (1 + ret->rho);
}

// From deviations that have been taken with this status.
static enum stats_status conclude(enum stats_status status, const struct deviations *series, struct ar1_prior prior, struct ar1_mean *ret) {
    if (status == STATS_OK && series->count == 1) status = STATS_DEGENERATE; // one value away from the centre: no spread to see
    if (status != STATS_OK && status != STATS_DEGENERATE) return status;
    ret->mean = series->mean;
    if (status == STATS_OK) {
        fill(series, prior, ret);
        return STATS_OK;
    }
    double n = (double)series->count;
    ret->rho_raw = ret->rho = ret->se = 0;
    ret->df = n - 1;
    ret->ess = n;
    return STATS_DEGENERATE;
}

static const struct ar1_mean unknown = {(double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN};

enum stats_status ar1_mean_estimate(const double *values, size_t count, double centre, struct ar1_prior prior, double *scratch,
                                    struct ar1_mean *ret) {
    struct deviations series;
    *ret = unknown;
    if (!ar1_prior_valid(prior)) return STATS_INVALID;
    return conclude(deviations_of(values, count, centre, scratch, &series), &series, prior, ret);
}

enum stats_status ar1_mean_about_0(const double *values, size_t count, struct ar1_prior prior, double *scratch, struct ar1_mean *ret) {
    struct deviations series;
    *ret = unknown;
    if (!ar1_prior_valid(prior)) return STATS_INVALID;
    return conclude(deviations_about_0(values, count, scratch, &series), &series, prior, ret);
}
