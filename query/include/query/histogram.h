// SPDX-License-Identifier: GPL-3.0-or-later
// Native histograms by bucket index, as chunks have them: exact, and mergeable to a coarser schema. Bucket i of schema s holds what is
// above 2^((i-1) * 2^-s) and not above 2^(i * 2^-s); negative buckets mirror the positive ones.
#ifndef QUERY_HISTOGRAM_H
#define QUERY_HISTOGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "query/series.h"

#define HISTOGRAM_COARSEST (-4)
#define HISTOGRAM_FINEST 8
#define HISTOGRAM_CUSTOM (-53) // borders are listed, no negative buckets

struct index_bucket {
    int32_t index;
    double count; // of this bucket alone, above 0
};

struct native_buckets {
    int schema;
    double zero_threshold, zero_count; // the zero bucket: all within plus and minus the threshold
    struct index_bucket *positive, *negative; // rising indexes; nearest to zero first
    size_t positive_count, negative_count;
    const double *custom; // HISTOGRAM_CUSTOM: bucket i ends at custom[i], the one after the last at infinity
    size_t custom_count;
};

bool histogram_is_schema(int64_t schema); // one of those above

// Where positive bucket `index` ends, to the bit what Prometheus prints.
double histogram_border(const struct native_buckets *native, int32_t index);

// Fills in histogram->buckets, in `arena`, from histogram->native, in the order and with the rules of the query API.
void histogram_set_borders(struct histogram *histogram, struct arena *arena);

// Copies everything that `from` points to into `arena`.
struct histogram histogram_copy(const struct histogram *from, struct arena *arena);

#endif
