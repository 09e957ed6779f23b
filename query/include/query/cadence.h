// SPDX-License-Identifier: GPL-3.0-or-later
// How often a series was scraped, seen from its samples alone: the interval, what is missing in between, and whether the points of a
// range query are copies of fewer samples.
#ifndef QUERY_CADENCE_H
#define QUERY_CADENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "query/series.h"

struct cadence {
    size_t samples;         // numbers and native histograms; stale markers are none
    size_t markers;         // stale markers
    int64_t first_ms, last_ms; // of the samples; 0 without any
    int64_t interval_ms;    // median distance of neighbours; 0 with fewer than two samples
    size_t gaps;            // distances over one and a half intervals
    uint64_t missing;       // scrapes that would fill the gaps
    int64_t longest_gap_ms; // longest distance of neighbours, a gap or not
};

// Times must rise, as in every answer. Of more than 8,192 distances the median is taken over so many, evenly spread.
void cadence_of(const struct series *series, struct cadence *ret);

// The median interval of those series that have at least two samples; 0 when none has.
int64_t cadence_interval(const struct series *const *series, size_t count);

// For a series from a range query: how far apart the samples behind it seem to be, when every value stands at two points or more in a
// row between its changes; 0 when the points look like samples of their own. A server repeats a sample at each step for up to five
// minutes. At least four changes are needed to tell.
int64_t cadence_copies(const struct series *series, int64_t step_ms);

// Appends a warning for people when an answer of a range query seems to hold copies in at least half of its series; false when not.
bool cadence_warn_copies(const struct series_set *set, int64_t step_ms, struct buf *out);

#endif
