// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/burn_windows.h"

#include <math.h>
#include <stddef.h>

#include "slack.h"
#include "stats/burn_rate.h"

static bool is_duration(double seconds) {
    return seconds > 0 && isfinite(seconds);
}

enum stats_status burn_windows_by_budget(double share, double long_s, double short_s, double period_s, struct burn_window_pair *ret) {
    double nan = (double)NAN;
    *ret = (struct burn_window_pair){nan, nan, nan, nan, nan};
    if (!(share > 0 && share <= 1) || !is_duration(long_s) || !is_duration(period_s)) return STATS_INVALID;
    if (!(short_s > 0 && short_s <= long_s)) return STATS_INVALID;
    *ret = (struct burn_window_pair){long_s, short_s, 0, share * period_s / long_s, long_s / share};
    return STATS_OK;
}

static double whole_minutes(double seconds) {
    return 60 * round(seconds / 60);
}

enum stats_status burn_windows_scaled(double period_s, double budget, struct burn_windows *ret) {
    static const double month_s = 28 * 86400.0;
    static const struct burn_window_pair of_month[BURN_WINDOWS] = {
        {3600, 300, 120, 14, 0}, {21600, 1800, 900, 7, 0}, {86400, 7200, 3600, 2, 0}, {345600, 21600, 10800, 1, 0}};
    double nan = (double)NAN;
    *ret = (struct burn_windows){.absent_s = nan};
    for (size_t i = 0; i < BURN_WINDOWS; i++) ret->pairs[i] = (struct burn_window_pair){nan, nan, nan, nan, nan};
    if (!is_duration(period_s) || !burn_rate_is_budget(budget)) return STATS_INVALID;
    ret->usable = true;
    for (size_t i = 0; i < BURN_WINDOWS; i++) {
        const struct burn_window_pair *from = &of_month[i];
        struct burn_window_pair *to = &ret->pairs[i];
        to->long_s = whole_minutes(period_s * from->long_s / month_s);
        to->short_s = whole_minutes(period_s * from->short_s / month_s);
        to->hold_s = whole_minutes(period_s * from->hold_s / month_s);
        to->factor = from->factor;
        to->exhaustion_s = trunc(period_s / from->factor);
        ret->usable = ret->usable && to->short_s > 0;
    }
    const struct burn_window_pair *fastest = &ret->pairs[0];
    double outage_s = fastest->factor * budget * fastest->long_s;
    ret->absent_s = whole_minutes(trunc(outage_s * (1 + SLACK)) + fastest->hold_s);
    return STATS_OK;
}
