// SPDX-License-Identifier: GPL-3.0-or-later
// How often something took how long: a plain struct to count in, guarded by whoever counts.
#ifndef BASE_DURATION_HISTOGRAM_H
#define BASE_DURATION_HISTOGRAM_H

#include <stdint.h>

enum { DURATION_BUCKETS = 13 }; // the last has no upper bound

struct duration_histogram {
    uint64_t counts[DURATION_BUCKETS]; // of each bucket alone
    double sum_s;
};

extern const double duration_bounds_s[DURATION_BUCKETS]; // upper bounds, included; the last is infinite

// A time that is negative or no number counts as 0.
void duration_histogram_add(struct duration_histogram *histogram, double seconds);

#endif
