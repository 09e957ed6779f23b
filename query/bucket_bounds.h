// SPDX-License-Identifier: GPL-3.0-or-later
// Borders that histograms of different layouts have in common: those that cut through no bucket of any of them.
#ifndef QUERY_BUCKET_BOUNDS_H
#define QUERY_BUCKET_BOUNDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "bucket_stream.h"

struct bucket_bounds { // zeroes are an empty one
    struct bucket_span *spans; // every layout seen
    size_t count, cap;
};

void bucket_bounds_finish(struct bucket_bounds *bounds);

// Takes in the buckets of a row. False when there are too many different ones.
bool bucket_bounds_add(struct bucket_bounds *bounds, const struct bucket_span *spans, size_t count);

// The common borders, rising, without minus infinity. Sorts what was taken in.
double *bucket_bounds_common(struct bucket_bounds *bounds, struct arena *arena, size_t *ret_count);

#endif
