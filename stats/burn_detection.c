// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/burn_detection.h"

#include <math.h>

#include "slack.h"
#include "stats/burn_rate.h"

enum stats_status burn_detection_times(double error_ratio, double budget, double factor, double long_s, double short_s, double period_s,
                                       struct burn_detection *ret) {
    double nan = (double)NAN;
    *ret = (struct burn_detection){false, nan, nan, nan};
    if (!burn_rate_is_budget(budget) || !(factor > 0) || !(long_s > 0) || !(short_s > 0) || !(period_s > 0)) return STATS_INVALID;
    if (error_ratio < 0 || error_ratio > 1) return STATS_INVALID;
    if (isnan(error_ratio)) return STATS_NODATA;
    double limit = factor * budget;
    ret->detects = slack_exceeds(error_ratio, limit);
    if (!ret->detects) return STATS_OK;
    ret->detect_after_s = limit / error_ratio * fmax(long_s, short_s);
    ret->reset_after_s = (error_ratio - limit) / error_ratio * fmin(long_s, short_s);
    ret->budget_spent = ret->detect_after_s / period_s * (error_ratio / budget);
    return STATS_OK;
}
