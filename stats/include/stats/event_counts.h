// SPDX-License-Identifier: GPL-3.0-or-later
// Bad events out of all events, the ground of every service level. Increases of counters are extrapolated, so counts are
// doubles and need not be whole. No event at all is no data: neither a ratio of 0 nor of 1.
#ifndef STATS_EVENT_COUNTS_H
#define STATS_EVENT_COUNTS_H

#include "stats/status.h"

struct event_counts {
    double errors; // 0 <= errors <= total; NaN when missing
    double total;
};

// STATS_INVALID for negative counts or more errors than events, STATS_NODATA for a missing count or no event,
// STATS_NONFINITE for an infinite one.
enum stats_status event_counts_check(struct event_counts counts);

#endif
