// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/event_counts.h"

#include <math.h>

enum stats_status event_counts_check(struct event_counts counts) {
    if (counts.errors < 0 || counts.total < 0 || counts.errors > counts.total) return STATS_INVALID;
    if (isnan(counts.errors) || isnan(counts.total) || counts.total == 0) return STATS_NODATA;
    return isinf(counts.total) ? STATS_NONFINITE : STATS_OK;
}
