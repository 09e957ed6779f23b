// SPDX-License-Identifier: GPL-3.0-or-later
// Works on values scaled by a power of two, so that differences of any two stay finite.
#include "stats/robust_location.h"

#include <math.h>

#include "deviations.h"
#include "select.h"
#include "stats/clip.h"
#include "stats/hodges_lehmann_one.h"

#define CLIP (2.5 * 1.4826) // times the median deviation: 2.5 standard deviations of a normal distribution
#define SHARE_LEAST 0.5

size_t robust_location_scratch(size_t count) {
    size_t estimate = hodges_lehmann_one_scratch(count), error = ar1_mean_scratch(count);
    return 2 * count + (estimate > error ? estimate : error);
}

// Where the influence stops growing. Room for as many values as z has.
static double clip_at(const double *z, size_t count, double *room) {
    double largest = 0;
    for (size_t i = 0; i < count; i++) {
        room[i] = fabs(z[i]);
        largest = room[i] > largest ? room[i] : largest;
    }
    double k = CLIP * select_median(room, count);
    return k > 0 ? k : largest;
}

static void clip(double *z, size_t count, double k) {
    size_t inside = 0;
    for (size_t i = 0; i < count; i++) inside += fabs(z[i]) <= k;
    double share = fmax((double)inside / (double)count, SHARE_LEAST);
    for (size_t i = 0; i < count; i++) z[i] = clip_to(z[i], -k, k) / share;
}

enum stats_status robust_location_estimate(const double *values, size_t count, struct ar1_prior prior, double *scratch,
                                           struct robust_location *ret) {
    double nan = (double)NAN;
    *ret = (struct robust_location){nan, nan, nan, nan};
    double *z = scratch, *sorted = scratch + count, *rest = scratch + 2 * count;
    struct ar1_mean error;
    if (!ar1_prior_valid(prior)) return STATS_INVALID;
    struct deviations scaled;
    enum stats_status status = deviations_scaled(values, count, 0, z, &scaled);
    if (status != STATS_OK) return status;
    double estimate;
    hodges_lehmann_one_estimate(column_sort(z, scaled.count, sorted), rest, &estimate);
    for (size_t i = 0; i < scaled.count; i++) z[i] -= estimate;
    clip(z, scaled.count, clip_at(z, scaled.count, sorted));
    status = ar1_mean_estimate(z, scaled.count, 0, prior, rest, &error);
    ret->estimate = ldexp(estimate, scaled.exponent);
    ret->se = ldexp(error.se, scaled.exponent);
    ret->df = error.df;
    ret->rho = error.rho;
    return status;
}
