// SPDX-License-Identifier: GPL-3.0-or-later
// How long the error budget of a rolling period lasts. New errors come in at a steady burn rate while those of one period ago leave, and
// the traffic of the last period comes again, so that what is consumed after a time t is
//   C (1 - L(t)) + rate M(t)
// with C consumed now, and L and M the shares of the period's errors and events that have left by then. Within a part of the period
// errors and events are taken as even.
#ifndef STATS_BUDGET_FORECAST_H
#define STATS_BUDGET_FORECAST_H

#include <stddef.h>

#include "stats/status.h"

struct budget_history { // of the last period in equal parts, the oldest first; NaN where not known, which counts as nothing
    const double *errors, *totals;
    size_t count; // where no errors are known none leaves, which is the worst that can be
};

// consumed: share of the budget, at least 0. rate: burn rate, at least 0. *ret_s: seconds until nothing is left, 0 when nothing is,
// infinite when some always is. STATS_INVALID outside of the domains, STATS_NODATA for NaN; *ret_s is NaN then.
enum stats_status budget_forecast_exhaustion(const struct budget_history *history, double consumed, double rate, double period_s,
                                             double *ret_s);

// The highest steady burn rate that leaves something, or just nothing, throughout the next period; 0 when nothing is left now. NaN for what
// is outside of its domain.
double budget_forecast_sustainable(const struct budget_history *history, double consumed);

#endif
