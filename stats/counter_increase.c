// SPDX-License-Identifier: GPL-3.0-or-later
// Times are taken apart as doubles, in seconds, and in the order in which Prometheus does: its last bit is wanted too.
#include "stats/counter_increase.h"

#include <math.h>
#include <stdbool.h>

struct span { // of the samples within the range
    int64_t first_ms, last_ms;
    double first, last;
};

static double seconds_between(int64_t from_ms, int64_t to_ms) {
    return ((double)to_ms - (double)from_ms) / 1000;
}

static double extrapolate(const struct span *span, const struct counter_increase *seen, int64_t start_ms, int64_t end_ms,
                          enum counter_range range) {
    double sampled = seconds_between(span->first_ms, span->last_ms);
    double mean_distance = sampled / (double)(seen->samples - 1), near = mean_distance * 1.1;
    double to_start = seconds_between(start_ms, span->first_ms), to_end = seconds_between(span->last_ms, end_ms);
    bool is_rising = seen->raw > 0 && span->first >= 0;
    double to_zero = is_rising ? sampled * (span->first / seen->raw) : (double)INFINITY;
    if (range == COUNTER_RANGE_CLOSED) to_start = fmin(to_start, to_zero);
    if (to_start >= near) to_start = mean_distance / 2;
    if (range == COUNTER_RANGE_LEFT_OPEN) to_start = fmin(to_start, to_zero);
    if (to_end >= near) to_end = mean_distance / 2;
    return seen->raw * ((sampled + to_start + to_end) / sampled);
}

static void add_sample(struct span *span, struct counter_increase *seen, double *lost, int64_t time_ms, double value) {
    if (seen->samples == 0) {
        span->first_ms = time_ms;
        span->first = value;
    } else if (value < span->last) {
        seen->resets++;
        *lost += span->last;
    }
    span->last_ms = time_ms;
    span->last = value;
    seen->samples++;
}

enum stats_status counter_increase_within(const int64_t *times_ms, const double *values, size_t count, int64_t start_ms, int64_t end_ms,
                                          enum counter_range range, struct counter_increase *ret) {
    struct span span = {0, 0, 0, 0};
    double lost = 0; // by resets
    bool is_finite = true;
    *ret = (struct counter_increase){0, 0, (double)NAN, (double)NAN};
    for (size_t i = 1; i < count; i++) {
        if (times_ms[i] <= times_ms[i - 1]) return STATS_INVALID;
    }
    if (start_ms > end_ms) return STATS_INVALID;
    for (size_t i = 0; i < count && times_ms[i] <= end_ms; i++) {
        bool is_inside = range == COUNTER_RANGE_CLOSED ? times_ms[i] >= start_ms : times_ms[i] > start_ms;
        if (!is_inside || isnan(values[i])) continue;
        is_finite = is_finite && isfinite(values[i]);
        add_sample(&span, ret, &lost, times_ms[i], values[i]);
    }
    if (ret->samples < 2) return STATS_NODATA;
    if (!is_finite) return STATS_NONFINITE;
    ret->raw = span.last - span.first + lost;
    ret->extrapolated = extrapolate(&span, ret, start_ms, end_ms, range);
    return STATS_OK;
}
