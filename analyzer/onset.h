// SPDX-License-Identifier: GPL-3.0-or-later
// Where a change in the level of a series began: the step at which the cumulated deviations from the mean turn (Page 1955).
#ifndef ANALYZER_ONSET_H
#define ANALYZER_ONSET_H

#include <stddef.h>

#include "stats/ar1_mean.h"

// Index of the first value of the higher level that lasts to the end; 0 when the series does not look like two levels, at 5 %
// and with the autocorrelation within the levels, and so may have been high all along. Room for 2 count values.
size_t onset_find(const double *values, size_t count, struct ar1_prior prior, double *room);

#endif
