// SPDX-License-Identifier: GPL-3.0-or-later
// Works on values scaled by a power of two, so that differences of any two stay finite.
#include "stats/robust_location.h"

#include <math.h>

#include "deviations.h"
#include "stats/clip.h"
#include "stats/hodges_lehmann_one.h"
#include "stats/median.h"

#define CLIP (2.5 * 1.4826) // times the median deviation: 2.5 standard deviations of a normal distribution
#define SHARE_LEAST 0.5

size_t robust_location_scratch(size_t count) {
    size_t estimate = hodges_lehmann_one_scratch(count), error = ar1_mean_scratch(count);
    return 2 * count + (estimate > error ? estimate : error);
}

// Where the influence stops growing.
static double clip_at(struct column sorted, double centre) {
    double k = CLIP * median_distance(sorted, centre);
    return k > 0 ? k : fmax(fabs(sorted.values[0] - centre), fabs(sorted.values[sorted.count - 1] - centre));
}

static void clip(double *z, size_t count, double k) {
    size_t inside = 0;
    for (size_t i = 0; i < count; i++) inside += fabs(z[i]) <= k;
    double share = fmax((double)inside / (double)count, SHARE_LEAST);
    for (size_t i = 0; i < count; i++) z[i] = clip_to(z[i], -k, k) / share;
}

// z are the scaled values, which are used up.
static enum stats_status locate(double *z, struct column sorted, int exponent, struct ar1_prior prior, double *rest,
                                struct robust_location *ret) {
    double estimate;
    struct ar1_mean error;
    hodges_lehmann_one_estimate(sorted, rest, &estimate);
    for (size_t i = 0; i < sorted.count; i++) z[i] -= estimate;
    clip(z, sorted.count, clip_at(sorted, estimate));
    enum stats_status status = ar1_mean_about_0(z, sorted.count, prior, rest, &error);
    *ret = (struct robust_location){ldexp(estimate, exponent), ldexp(error.se, exponent), error.df, error.rho};
    return status;
}

static enum stats_status prepare(const double *values, size_t count, struct ar1_prior prior, double *z, struct deviations *ret_scaled,
                                 struct robust_location *ret) {
    double nan = (double)NAN;
    *ret = (struct robust_location){nan, nan, nan, nan};
    return ar1_prior_valid(prior) ? deviations_scaled(values, count, 0, z, ret_scaled) : STATS_INVALID;
}

enum stats_status robust_location_estimate(const double *values, size_t count, struct ar1_prior prior, double *scratch,
                                           struct robust_location *ret) {
    double *z = scratch, *sorted = scratch + count;
    struct deviations scaled;
    enum stats_status status = prepare(values, count, prior, z, &scaled, ret);
    if (status != STATS_OK) return status;
    return locate(z, column_sort(z, scaled.count, sorted), scaled.exponent, prior, scratch + 2 * count, ret);
}

enum stats_status robust_location_sorted(const double *values, size_t count, struct column sorted, struct ar1_prior prior, double *scratch,
                                         struct robust_location *ret) {
    double *z = scratch, *same = scratch + count;
    struct deviations scaled;
    enum stats_status status = prepare(values, count, prior, z, &scaled, ret);
    if (status != STATS_OK) return status;
    double factor = ldexp(1, -scaled.exponent);
    for (size_t i = 0; i < sorted.count; i++) same[i] = sorted.values[i] * factor;
    return locate(z, (struct column){same, sorted.count}, scaled.exponent, prior, scratch + 2 * count, ret);
}
