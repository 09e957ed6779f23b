// SPDX-License-Identifier: GPL-3.0-or-later
// Pairs of windows for multiwindow burn rate rules, fitted to the period of an objective. Two schemes are in use: a share of the
// budget per pair gives the factor and the windows stay (SRE workbook, chapter 5); or the factors stay and the windows of a
// table for 28 days are scaled with the period.
#ifndef STATS_BURN_WINDOWS_H
#define STATS_BURN_WINDOWS_H

#include <stdbool.h>

#include "stats/status.h"

struct burn_window_pair {
    double long_s, short_s;
    double hold_s;       // how long both must be above the factor; 0 where the scheme has none
    double factor;       // burn rate
    double exhaustion_s; // how long a full budget lasts at the factor
};

// The factor at which the long window uses up this share of the period's budget: share * period / long. share is in (0, 1],
// short_s <= long_s, all above 0; STATS_INVALID otherwise.
enum stats_status burn_windows_by_budget(double share, double long_s, double short_s, double period_s, struct burn_window_pair *ret);

enum { BURN_WINDOWS = 4 };

struct burn_windows {
    struct burn_window_pair pairs[BURN_WINDOWS]; // factors 14, 7, 2, 1: the fastest first; exhaustion in whole seconds
    double absent_s;                             // how long data may be absent before that is an incident
    bool usable;                                 // false when the period is so short that a window rounds to 0
};

// Long windows 1h, 6h, 1d, 4d of 28 days, short ones 5m, 30m, 2h, 6h, hold times 2m, 15m, 1h, 3h; each times period / 28 days,
// rounded to minutes, halves up. absent_s: the time in which total outage meets the fastest pair, in whole seconds, plus its
// hold time, rounded to minutes. STATS_INVALID for a period not above 0 or a budget outside (0, 1].
enum stats_status burn_windows_scaled(double period_s, double budget, struct burn_windows *ret);

#endif
