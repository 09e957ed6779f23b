// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/cadence.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/timetext.h"

#define MOST_DISTANCES ((size_t)8192)
#define FEWEST_CHANGES 4

// Numbers and native histograms of a series, in the order of time.
struct walk {
    const struct series *series;
    size_t at, histogram_at;
    size_t markers;
};

static bool next_time(struct walk *w, int64_t *ret_ms) {
    const struct series *s = w->series;
    for (; w->at < s->count && series_is_stale(&s->value[w->at]); w->at++) w->markers++;
    for (; w->histogram_at < s->histogram_count && series_is_stale(&s->histograms[w->histogram_at].sum); w->histogram_at++) w->markers++;
    bool number = w->at < s->count, histogram = w->histogram_at < s->histogram_count;
    if (!number && !histogram) return false;
    if (number && (!histogram || s->time_ms[w->at] <= s->histograms[w->histogram_at].time_ms)) {
        *ret_ms = s->time_ms[w->at++];
    } else {
        *ret_ms = s->histograms[w->histogram_at++].time_ms;
    }
    return true;
}

static int64_t distance(int64_t from_ms, int64_t to_ms) {
    uint64_t apart = (uint64_t)to_ms - (uint64_t)from_ms;
    return apart < INT64_MAX ? (int64_t)apart : INT64_MAX;
}

static int compare_int64(const void *a, const void *b) {
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

// The lower of the two in the middle: a distance that was seen.
static int64_t median(int64_t *items, size_t count) {
    if (count == 0) return 0;
    qsort(items, count, sizeof *items, compare_int64);
    return items[(count - 1) / 2];
}

// The distances of neighbours, evenly thinned out to MOST_DISTANCES; the caller frees them.
static int64_t *distances(const struct series *series, size_t *ret_count) {
    size_t most = series->count + series->histogram_count, every = most / MOST_DISTANCES + 1, seen = 0, count = 0;
    int64_t *items = mem_alloc((most / every + 1) * sizeof *items), before, now;
    struct walk w = {.series = series};
    for (bool any = next_time(&w, &before); any && next_time(&w, &now); before = now, seen++) {
        if (seen % every == 0) items[count++] = distance(before, now);
    }
    *ret_count = count;
    return items;
}

static void count_gaps(struct cadence *c, int64_t apart_ms) {
    if (apart_ms > c->longest_gap_ms) c->longest_gap_ms = apart_ms;
    int64_t half = c->interval_ms / 2;
    if (c->interval_ms == 0 || apart_ms - c->interval_ms <= half) return;
    c->gaps++;
    c->missing += (uint64_t)((apart_ms - c->interval_ms + half) / c->interval_ms);
}

void cadence_of(const struct series *series, struct cadence *ret) {
    *ret = (struct cadence){0};
    size_t count;
    int64_t *items = distances(series, &count), before, now;
    ret->interval_ms = median(items, count);
    free(items);
    struct walk w = {.series = series};
    if (next_time(&w, &before)) {
        ret->first_ms = ret->last_ms = before;
        ret->samples = 1;
        for (; next_time(&w, &now); before = now, ret->samples++) count_gaps(ret, distance(before, now));
        ret->last_ms = before;
    }
    ret->markers = w.markers;
}

int64_t cadence_interval(const struct series *const *series, size_t count) {
    int64_t *intervals = mem_alloc(count * sizeof *intervals + 1);
    size_t known = 0;
    for (size_t i = 0; i < count; i++) {
        size_t few;
        int64_t *items = distances(series[i], &few);
        if (few > 0) intervals[known++] = median(items, few);
        free(items);
    }
    int64_t interval = median(intervals, known);
    free(intervals);
    return interval;
}

// The lengths of runs of equal neighbours, the first and the last one left out: they may be cut off. Returns their number.
static size_t inner_runs(const struct series *series, int64_t *runs) {
    size_t count = 0, length = 1, changes = 0;
    for (size_t i = 1; i < series->count; i++, length++) {
        if (memcmp(&series->value[i - 1], &series->value[i], sizeof(double)) == 0) continue;
        if (changes++ > 0) runs[count++] = (int64_t)length;
        length = 0;
    }
    return count;
}

int64_t cadence_copies(const struct series *series, int64_t step_ms) {
    int64_t *runs = mem_alloc(series->count * sizeof *runs + 1);
    size_t count = inner_runs(series, runs);
    int64_t usual = median(runs, count);
    bool copies = count + 1 >= FEWEST_CHANGES && runs[0] >= 2; // sorted by now
    free(runs);
    return copies ? usual * step_ms : 0;
}

bool cadence_warn_copies(const struct series_set *set, int64_t step_ms, struct buf *out) {
    int64_t *intervals = mem_alloc(set->count * sizeof *intervals + 1);
    size_t copied = 0;
    for (size_t i = 0; i < set->count; i++) {
        int64_t interval = cadence_copies(&set->items[i], step_ms);
        if (interval > 0) intervals[copied++] = interval;
    }
    int64_t interval = median(intervals, copied);
    free(intervals);
    if (copied == 0 || copied < set->count - copied) return false;
    buf_str(out, "the step of ");
    duration_format(out, step_ms);
    buf_str(out, " seems to be below the scrape interval: each value comes about ");
    buf_printf(out, "%lld times in a row, as copies that count as samples; take a step of ", (long long)(interval / step_ms));
    duration_format(out, interval);
    buf_str(out, " or longer, or a plain selector, which is read sample by sample");
    return true;
}
