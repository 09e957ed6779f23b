// SPDX-License-Identifier: GPL-3.0-or-later
// When a service keeps silent about a canary: its config's block `notify`. Lives in the config's arena.
#ifndef ANALYZER_NOTIFY_CONFIG_H
#define ANALYZER_NOTIFY_CONFIG_H

#include "analyzer/config.h"
#include "base/time_zone.h"

#define NOTIFY_MOST_IN 50

struct notify_window { // in which nothing is sent
    int64_t from_ms, to_ms; // once; equal: it is weekly
    unsigned days;          // bit 0 is Sunday; on which it begins
    int from_min, to_min;   // of the local day; `to` not behind `from` is on the next day
};

struct notify_config {
    struct notify_window *windows;
    size_t window_count;
    struct time_zone zone;
    int64_t of, in;   // a verdict is told when `of` of the last `in` analyses were as good or bad as it
    bool correlation; // one correlation id is told each verdict once
};

bool notify_is_quiet(const struct notify_config *notify, int64_t now_ms);

#endif
