// SPDX-License-Identifier: GPL-3.0-or-later
// Increases of a counter from its raw samples, one sample after the other; also of several counters that come from one scrape and
// start again together, such as the buckets of a histogram. The one place that says what a reset is:
//
//   - A sample below its predecessor is a reset: the counter began again at 0, and its value is the increase, as PromQL's increase()
//     takes it. Of several counters all begin again when one of them does.
//   - A counter that appears counts from 0 only when its first sample lies more than one and a half scrape intervals after the time
//     from which on samples were asked for: it was not there before. Otherwise the first sample only says where the next increase
//     starts from. (Half an interval is for the jitter of scrapes.)
//   - NaN, infinite and negative samples are passed over.
//   - A stale marker ends the time under watch, not the count. A scrape that failed leaves one too, so the sample after it goes on
//     where the one before it was; time is under watch again from one interval before that sample.
#ifndef QUERY_COUNTER_H
#define QUERY_COUNTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct counter {
    size_t width;     // counters side by side
    double *last;     // `width` values; the caller's
    int64_t since_ms; // samples were asked for from here on
    int64_t interval_ms; // of scrapes; 0, not known: no counter appears
    int64_t last_ms, marker_ms;
    bool known, ended; // last and last_ms hold a sample; marker_ms a marker after it
};

struct counter_step { // what a sample adds
    int64_t watched_ms; // the time in which the increase came about
    bool reset, appeared;
};

void counter_init(struct counter *counter, double *last, size_t width, int64_t since_ms, int64_t interval_ms);

// Takes the next sample, with a later time than all before it. True when it tells an increase, which is then in ret_increase[0..width)
// and belongs to the sample's time. ret_increase may not be `values`.
bool counter_sample(struct counter *counter, int64_t time_ms, const double *values, double *ret_increase, struct counter_step *ret);

void counter_marker(struct counter *counter, int64_t time_ms);

#endif
