// SPDX-License-Identifier: GPL-3.0-or-later
// Mean, spread and range of a sample. Mean and variance are taken in two passes with a correction term (Chan, Golub and
// LeVeque 1983), adding in the order given: another order may give other last digits.
#ifndef STATS_SUMMARY_H
#define STATS_SUMMARY_H

#include <stddef.h>

struct summary {
    double min, max, mean;
    double std; // with count - 1; 0 for a single value
    size_t count;
};

double summary_mean(const double *values, size_t count); // NaN when there is no value

// All fields are 0 when there is no value; one NaN among the values makes mean and std NaN but not min and max.
void summary_of(const double *values, size_t count, struct summary *ret);

#endif
