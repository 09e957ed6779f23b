// SPDX-License-Identifier: GPL-3.0-or-later
// A histogram in a few numbers, for people. Inside a bucket requests are taken as even; the first bucket begins at 0 (or has no
// width when its bound is not above that), and of the open one nothing above the last bound is known.
#ifndef ANALYZER_BUCKET_SUMMARY_H
#define ANALYZER_BUCKET_SUMMARY_H

#include <stddef.h>

struct bucket_counts {
    const double *bounds; // of all buckets but the last
    const double *counts;
    size_t buckets; // from 2
};

double bucket_total(const struct bucket_counts *counts);
double bucket_mean(const struct bucket_counts *counts);                  // NaN without requests
double bucket_quantile(const struct bucket_counts *counts, double share); // NaN without requests

#endif
