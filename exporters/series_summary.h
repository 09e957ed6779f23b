// SPDX-License-Identifier: GPL-3.0-or-later
// What a line of text says of a series. Of a series of native histograms the numbers are their counts of observations.
#ifndef EXPORTERS_SERIES_SUMMARY_H
#define EXPORTERS_SERIES_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "query/cadence.h"
#include "query/series.h"
#include "text_style.h"

struct series_summary {
    size_t count, nans;   // samples; how many of them are NaN
    bool histograms;      // the samples are native histograms
    double first, last;   // NaN without samples
    double min, mean, max; // over the numbers; NaN without any
    double trend[TEXT_TREND]; // means over equal parts of [start, end]; NaN where there is nothing finite
    struct cadence cadence;
};

void series_summary_of(const struct series *series, int64_t start_ms, int64_t end_ms, struct series_summary *ret);

#endif
