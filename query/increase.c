// SPDX-License-Identifier: GPL-3.0-or-later
// Times are taken apart as doubles, in seconds, and in the order in which Prometheus does: its last bit is wanted too.
#include "query/increase.h"

#include <math.h>

#include "query/counter.h"

struct span { // of the samples within the range
    int64_t first_ms, last_ms;
    double first;
};

bool increase_is_counter(const struct series *series) {
    static const char *const ends[] = {"_total", "_count", "_sum"};
    const struct label *name = labels_get(&series->labels, "__name__");
    for (size_t i = 0; name != NULL && i < sizeof ends / sizeof ends[0]; i++) {
        size_t len = strlen(ends[i]);
        if (name->value.len > len && memcmp(name->value.ptr + name->value.len - len, ends[i], len) == 0) return true;
    }
    return false;
}

static double seconds_between(int64_t from_ms, int64_t to_ms) {
    return ((double)to_ms - (double)from_ms) / 1000;
}

static double extrapolate(const struct span *span, const struct increase *seen, int64_t start_ms, int64_t end_ms,
                          enum increase_range range) {
    double sampled = seconds_between(span->first_ms, span->last_ms);
    double mean_distance = sampled / (double)(seen->samples - 1), near = mean_distance * 1.1;
    double to_start = seconds_between(start_ms, span->first_ms), to_end = seconds_between(span->last_ms, end_ms);
    double to_zero = seen->raw > 0 ? sampled * (span->first / seen->raw) : (double)INFINITY;
    if (range == INCREASE_CLOSED) to_start = fmin(to_start, to_zero);
    if (to_start >= near) to_start = mean_distance / 2;
    if (range == INCREASE_LEFT_OPEN) to_start = fmin(to_start, to_zero);
    if (to_end >= near) to_end = mean_distance / 2;
    return seen->raw * ((sampled + to_start + to_end) / sampled);
}

bool increase_within(const struct series *series, int64_t start_ms, int64_t end_ms, enum increase_range range, struct increase *ret) {
    struct span span = {0};
    struct counter counter;
    double last, grown, raw = 0;
    counter_init(&counter, &last, 1, start_ms, 0);
    *ret = (struct increase){.raw = (double)NAN, .extrapolated = (double)NAN};
    for (size_t i = 0; i < series->count && series->time_ms[i] <= end_ms; i++) {
        int64_t time_ms = series->time_ms[i];
        struct counter_step step;
        if (range == INCREASE_CLOSED ? time_ms < start_ms : time_ms <= start_ms) continue;
        bool known = counter.known, tells = counter_sample(&counter, time_ms, &series->value[i], &grown, &step);
        if (!tells && (known || !counter.known)) continue; // passed over
        if (tells) {
            raw += grown;
            ret->resets += step.reset;
        } else {
            span = (struct span){.first_ms = time_ms, .first = last};
        }
        span.last_ms = time_ms;
        ret->samples++;
    }
    if (ret->samples < 2) return false;
    ret->raw = raw;
    ret->extrapolated = extrapolate(&span, ret, start_ms, end_ms, range);
    return true;
}
