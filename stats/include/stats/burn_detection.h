// SPDX-License-Identifier: GPL-3.0-or-later
// How soon a burn rate tier notices a constant error ratio that starts from none, under steady traffic, and how soon it calms
// down once the errors end: after a time t the window W holds the ratio r t / W, which passes factor * budget at
// t = factor budget W / r, and falls below it (1 - factor budget / r) W after the end.
#ifndef STATS_BURN_DETECTION_H
#define STATS_BURN_DETECTION_H

#include <stdbool.h>

#include "stats/status.h"

struct burn_detection {
    bool detects;          // whether it ever fires: error ratio strictly above factor * budget
    double detect_after_s; // when the later of the two windows passes; NaN, as the others, when it never does
    double reset_after_s;  // when the earlier of them falls below, after errors that filled both
    double budget_spent;   // share of the period's budget used up by then
};

// error_ratio in [0, 1], factor > 0; domains of the others: stats/burn_rate.h. STATS_INVALID outside, STATS_NODATA for a missing
// (NaN) error ratio.
enum stats_status burn_detection_times(double error_ratio, double budget, double factor, double long_s, double short_s, double period_s,
                                       struct burn_detection *ret);

#endif
