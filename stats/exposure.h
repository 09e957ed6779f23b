// SPDX-License-Identifier: GPL-3.0-or-later
// What two exposures allow to compare, and the share of events they give each side.
#ifndef STATS_EXPOSURE_H
#define STATS_EXPOSURE_H

#include "stats/status.h"

struct exposure_share {
    double p, q; // of x and of y = the rest; each with full precision
};

// Invalid: an exposure below 0, a ratio not above 0 or infinite. No data: an exposure of 0 or NaN. Not finite: an infinite one.
enum stats_status exposure_check(double tx, double ty, double ratio);

// ratio tx / (ratio tx + ty) for exposures that passed.
struct exposure_share exposure_share(double tx, double ty, double ratio);

// The rate ratio under which the shares are p and q: p / q ty / tx.
double exposure_rate_ratio(double p, double q, double tx, double ty);

#endif
