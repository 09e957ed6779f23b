// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/histogram_sli.h"

#include <math.h>

#include "slack.h"

#define ROUNDING 1e-9 // of cumulative counts, which are extrapolated one by one

static struct histogram_sli unknown(void) {
    double nan = (double)NAN;
    return (struct histogram_sli){nan, nan, nan, nan, nan, false};
}

// Divides last.
static enum stats_status finish(struct histogram_sli *ret) {
    bool is_empty = ret->total == 0;
    ret->error_ratio = is_empty ? (double)NAN : (ret->total - ret->good) / ret->total;
    return is_empty ? STATS_NODATA : STATS_OK;
}

static enum stats_status count_status(double count) {
    if (count < 0) return STATS_INVALID;
    if (isnan(count)) return STATS_NODATA;
    return isinf(count) ? STATS_NONFINITE : STATS_OK;
}

// The one that is to be told of two.
static enum stats_status graver(enum stats_status a, enum stats_status b) {
    static const int rank[] = {[STATS_OK] = 0, [STATS_DEGENERATE] = 1, [STATS_NONFINITE] = 2, [STATS_NODATA] = 3, [STATS_INVALID] = 4};
    return rank[a] >= rank[b] ? a : b;
}

// Part of a bucket at or below the threshold, where one on a bound may miss it by rounding.
static double part(double share) {
    if (share < SLACK) return 0;
    return share > 1 - SLACK ? 1 : share;
}

// The cumulative count at bounds[*at]; moves on behind all equal bounds.
static double next_cumulative(const double *bounds, const double *cumulative, size_t count, size_t *at) {
    double sum = 0, bound = bounds[*at];
    for (; *at < count && bounds[*at] == bound; ++*at) sum += cumulative[*at];
    return sum;
}

static enum stats_status check_classic(const double *bounds, const double *cumulative, size_t count) {
    enum stats_status status = count > 0 ? STATS_OK : STATS_NODATA;
    double highest = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(bounds[i]) || (i > 0 && bounds[i] < bounds[i - 1])) return STATS_INVALID;
        status = graver(status, count_status(cumulative[i]));
    }
    if (count > 0 && bounds[count - 1] < (double)INFINITY) return STATS_INVALID;
    for (size_t i = 0; i < count;) {
        double here = next_cumulative(bounds, cumulative, count, &i);
        if (here < highest * (1 - ROUNDING)) return STATS_INVALID;
        highest = fmax(highest, here);
    }
    return status;
}

enum stats_status histogram_sli_classic(const double *bounds, const double *cumulative, size_t count, double threshold,
                                        struct histogram_sli *ret) {
    *ret = unknown();
    enum stats_status status = isnan(threshold) ? STATS_INVALID : check_classic(bounds, cumulative, count);
    if (status != STATS_OK) return status;
    double low = bounds[0] > 0 ? 0 : -(double)INFINITY, high = (double)NAN, below = 0, above = (double)NAN, total = 0;
    bool is_bound = false;
    for (size_t i = 0; i < count;) {
        double bound = bounds[i];
        total = fmax(total, next_cumulative(bounds, cumulative, count, &i));
        if (bound <= threshold) {
            is_bound = bound == threshold;
            low = bound;
            below = total;
        } else if (isnan(above)) {
            high = bound;
            above = total;
        }
    }
    double share = isfinite(low) && isfinite(high) ? part((threshold - low) / (high - low)) : 0;
    ret->total = total;
    ret->good_min = below;
    ret->good_max = is_bound ? below : above;
    ret->good = is_bound ? below : below + share * (above - below);
    ret->exact = is_bound;
    return finish(ret);
}

// Adds a bucket of which this share is at or below the threshold.
static void add_bucket(struct histogram_sli *sums, double count, double share) {
    sums->total += count;
    sums->good += share * count;
    if (share == 1) sums->good_min += count;
    if (share > 0) sums->good_max += count;
}

// Share of the values in bucket `index` that are at or below v > 0.
static double exponential_share(int32_t index, int schema, double v) {
    return part(ldexp(log2(v), schema) - ((double)index - 1));
}

static double zero_share(const struct native_histogram *histogram, double threshold) {
    bool only_negative = histogram->negative_count > 0 && histogram->positive_count == 0;
    double low = histogram->negative_count > 0 ? -histogram->zero_threshold : 0;
    double high = only_negative ? 0 : histogram->zero_threshold;
    if (threshold >= high) return 1;
    return threshold > low ? part((threshold - low) / (high - low)) : 0;
}

static enum stats_status check_native(const struct native_histogram *histogram, double threshold) {
    enum stats_status status = count_status(histogram->zero_count);
    bool has_zero = histogram->zero_threshold >= 0 && isfinite(histogram->zero_threshold);
    if (isnan(threshold) || !has_zero || histogram->schema < -4 || histogram->schema > 8) return STATS_INVALID;
    for (size_t i = 0; i < histogram->positive_count; i++) status = graver(status, count_status(histogram->positive[i].count));
    for (size_t i = 0; i < histogram->negative_count; i++) status = graver(status, count_status(histogram->negative[i].count));
    return status;
}

enum stats_status histogram_sli_native(const struct native_histogram *histogram, double threshold, struct histogram_sli *ret) {
    *ret = unknown();
    enum stats_status status = check_native(histogram, threshold);
    if (status != STATS_OK) return status;
    struct histogram_sli sums = {0, 0, 0, 0, 0, false};
    bool is_above = threshold > 0 && threshold >= histogram->zero_threshold; // else the zero bucket ends the count
    bool is_below = threshold < 0 && -threshold >= histogram->zero_threshold;
    for (size_t i = 0; i < histogram->negative_count; i++) {
        const struct native_bucket *bucket = &histogram->negative[i];
        add_bucket(&sums, bucket->count, is_below ? 1 - exponential_share(bucket->index, histogram->schema, -threshold) : 1);
    }
    add_bucket(&sums, histogram->zero_count, zero_share(histogram, threshold));
    for (size_t i = 0; i < histogram->positive_count; i++) {
        const struct native_bucket *bucket = &histogram->positive[i];
        add_bucket(&sums, bucket->count, is_above ? exponential_share(bucket->index, histogram->schema, threshold) : 0);
    }
    *ret = sums;
    ret->exact = sums.good_min == sums.good_max;
    return finish(ret);
}

enum stats_status histogram_sli_counted(double good, double total, struct histogram_sli *ret) {
    *ret = unknown();
    enum stats_status status = graver(count_status(good), count_status(total));
    if (status != STATS_OK) return status;
    if (good > total * (1 + ROUNDING)) return STATS_INVALID;
    *ret = (struct histogram_sli){total, fmin(good, total), fmin(good, total), fmin(good, total), 0, true};
    return finish(ret);
}

enum stats_status histogram_sli_gauge(const double *values, size_t count, struct histogram_sli *ret) {
    double good = 0, total = 0;
    for (size_t i = 0; i < count; i++) {
        total += isnan(values[i]) ? 0 : 1;
        good += values[i] == 1 ? 1 : 0;
    }
    return histogram_sli_counted(good, total, ret);
}
