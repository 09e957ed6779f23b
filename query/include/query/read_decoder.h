// SPDX-License-Identifier: GPL-3.0-or-later
// Decoder of answers of remote read: streamed chunks, decoded frame by frame as they arrive, and the older form, one snappy block with
// all samples. An answer that breaks anywhere fails whole. decoder_create() uses it where the content type says so.
#ifndef QUERY_READ_DECODER_H
#define QUERY_READ_DECODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "query/decode.h"
#include "query/series.h"

enum read_form { READ_NONE, READ_SAMPLES, READ_STREAM };

enum read_form read_form_of(const char *content_type); // READ_NONE for NULL and whatever else is no answer of remote read

struct read_decoder;

// `form` is not READ_NONE. One set per query of the request, all initialised; they stay the caller's and are to be used only after
// DECODE_OK. Samples outside the asked range may be among them: chunks are not cut for it.
struct read_decoder *read_decoder_create(enum read_form form, const struct decode_limits *limits, struct series_set *sets, size_t count);
void read_decoder_destroy(struct read_decoder *decoder); // fine with NULL

// Keeps stale markers: floats with STALE_BITS, histograms whose sum has them. To be called before the first feed.
void read_decoder_keep_stale(struct read_decoder *decoder);

// False when the answer cannot become usable any more.
bool read_decoder_feed(struct read_decoder *decoder, const char *data, size_t len);
void read_decoder_end(struct read_decoder *decoder, struct decode_result *ret);

uint64_t read_decoder_frames(const struct read_decoder *decoder); // good frames of a stream so far

#endif
