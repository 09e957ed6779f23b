// SPDX-License-Identifier: GPL-3.0-or-later
// Chunks, the way Prometheus stores samples and streams them: some 120 samples of one series as differences in a bit stream.
// XOR chunks (encoding 1) hold floats, 2 and 3 native histograms with whole and with fractional counts.
#ifndef QUERY_CHUNK_H
#define QUERY_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/view.h"
#include "query/series.h"

// Where samples go. Times must rise over all chunks of the series, floats and histograms together.
struct chunk_target {
    struct series *series;
    struct arena *arena;   // buckets of histograms
    uint64_t samples_left; // most that may still be added; a bucket counts as one too
    int64_t last_ms;
    bool any;              // last_ms is that of a sample
    bool keep_stale;       // stale markers are added as samples; otherwise only their time is looked at
};

bool chunk_is_known(int encoding);
const char *chunk_encoding_name(int encoding); // "XOR2", ...; "unknown" for numbers that nobody has given a meaning

// How many samples a chunk says it has, never more than its bits can hold; 0 for one too short to tell or of an unknown encoding.
size_t chunk_count(int encoding, struct view data);

// Adds all samples. False with the reason, a constant text, when the chunk is damaged or the target is full.
bool chunk_decode(int encoding, struct view data, struct chunk_target *target, const char **ret_reason);

#endif
