// SPDX-License-Identifier: GPL-3.0-or-later
// Good events by a threshold: how many observations of a histogram are at or below it, or how many probes succeeded.
// Counts are increases over a range and may be fractional.
#ifndef STATS_HISTOGRAM_SLI_H
#define STATS_HISTOGRAM_SLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/status.h"

struct histogram_sli {
    double total, good;
    double good_min, good_max; // from the buckets alone; equal to good when exact
    double error_ratio;
    bool exact; // the threshold is a bucket bound, nothing was interpolated
};

// Classic: bounds ascending, the last +infinity, cumulative counts up to each. Equal bounds (le="1" and le="1.0" side by side
// while versions are mixed) are added up. Inside a bucket observations are taken as even; the first bucket begins at 0, or at
// -infinity when its bound is not positive, and of a bucket that reaches to infinity nothing is below the threshold. A count
// lower than the one before is raised to it when it differs by rounding (1e-9).
// STATS_INVALID when the bounds do not rise to +infinity, a count is negative or falls, or the threshold is NaN; STATS_NODATA
// without buckets, with a missing (NaN) count, or without observations (then the counts are 0 and only the ratio is NaN);
// STATS_NONFINITE for an infinite count.
enum stats_status histogram_sli_classic(const double *bounds, const double *cumulative, size_t count, double threshold,
                                        struct histogram_sli *ret);

struct native_bucket {
    int32_t index; // covers (2^((index - 1) 2^-schema), 2^(index 2^-schema)]
    double count;
};

struct native_histogram { // exponential buckets; buckets in any order
    int schema;           // -4 to 8
    double zero_threshold, zero_count;
    const struct native_bucket *positive, *negative; // negative ones mirrored
    size_t positive_count, negative_count;
};

// Native: inside a bucket observations are taken as even in the logarithm, inside the zero bucket as even; that begins at 0 when
// there are no negative buckets, and ends there when there are only those.
enum stats_status histogram_sli_native(const struct native_histogram *histogram, double threshold, struct histogram_sli *ret);

// A gauge of 1 (good) and 0: samples equal to 1 of samples present. Missing (NaN) ones are neither. STATS_NODATA when all are,
// with counts of 0.
enum stats_status histogram_sli_gauge(const double *values, size_t count, struct histogram_sli *ret);

// Counts that somebody else has made: so many good of all, which may differ from `total` by rounding. STATS_INVALID for negative
// counts and more good events than events, else as above.
enum stats_status histogram_sli_counted(double good, double total, struct histogram_sli *ret);

#endif
