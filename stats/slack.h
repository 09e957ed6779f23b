// SPDX-License-Identifier: GPL-3.0-or-later
// Limits and counts are decimals that doubles only approach: what differs from a limit by less than a part in 10^12 is taken
// to be equal to it, so that a rate exactly at its threshold never fires for the rounding of a product.
#ifndef STATS_SLACK_H
#define STATS_SLACK_H

#include <math.h>
#include <stdbool.h>

#define SLACK 1e-12

static inline double slack_difference(double a, double b) {
    double difference = a - b;
    return fabs(difference) <= SLACK * fabs(b) ? 0 : difference; // NaN stays NaN
}

static inline bool slack_exceeds(double value, double limit) {
    return value > limit && slack_difference(value, limit) != 0; // false for NaN
}

#endif
