// SPDX-License-Identifier: GPL-3.0-or-later
// Histograms as rows in time, whatever they were scraped as: a native one, or a classic one whose buckets are series of their own.
#ifndef QUERY_BUCKET_STREAM_H
#define QUERY_BUCKET_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "query/series.h"

struct bucket_span { // what a bucket covers, above left up to right
    double left, right;
};

struct bucket_series { // of a classic histogram
    double upper;
    const struct series *series;
    size_t at; // of the next sample
};

struct bucket_stream {
    const struct series *native;   // NULL: classic
    size_t at;
    struct bucket_series *classic; // rising by upper; two spellings of a bound may both be there
    size_t classic_count;
};

enum bucket_row_kind {
    BUCKET_ROW,        // a sample
    BUCKET_ROW_MARKER, // the histogram ended
    BUCKET_ROW_BAD,    // no histogram: NaN, negative, a classic one without +Inf
};

struct bucket_row {
    enum bucket_row_kind kind;
    int64_t time_ms;
    struct bucket_span *spans; // count of them, and of values
    double *values;            // of a native histogram the buckets' own, of a classic one cumulative
    size_t count, cap;
};

// Sorts the series into histograms, in the arena; *ret_strangers counts those that are none.
struct bucket_stream *bucket_streams(const struct series *const *series, size_t count, struct arena *arena, size_t *ret_count,
                                     size_t *ret_strangers);

void bucket_stream_rewind(struct bucket_stream *stream);

// The next row in time; false at the end. The row is zeroed before the first call, keeps its memory, and is finished by the caller.
bool bucket_stream_next(struct bucket_stream *stream, struct bucket_row *row);
void bucket_row_finish(struct bucket_row *row);

#endif
