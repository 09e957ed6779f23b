// SPDX-License-Identifier: GPL-3.0-or-later
// What the two files of the chunk decoder share: chunk.c (floats, and what all encodings have in common) and chunk_histogram.c.
#ifndef QUERY_CHUNK_PRIVATE_H
#define QUERY_CHUNK_PRIVATE_H

#include "bit_reader.h"
#include "chunk.h"

#define CHUNK_HISTOGRAM 2
#define CHUNK_FLOAT_HISTOGRAM 3

#define CHUNK_CUT "the chunk is cut off"
#define CHUNK_ORDER "times do not rise"
#define CHUNK_TIME "a time does not fit 64 bits"
#define CHUNK_FULL "more samples than the limit"

// The body of a histogram chunk after its count of samples, which is `count`.
bool chunk_decode_histograms(int encoding, struct bit_reader *r, size_t count, struct chunk_target *target, const char **ret_reason);

#endif
