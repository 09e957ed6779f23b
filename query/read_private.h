// SPDX-License-Identifier: GPL-3.0-or-later
// The insides of the decoder of remote read, shared by read_decoder.c (the answer as a whole, series and their labels), read_stream.c
// (frames and chunks) and read_samples.c (the block of samples).
#ifndef QUERY_READ_PRIVATE_H
#define QUERY_READ_PRIVATE_H

#include <prometheus.pb-c.h>

#include "base/buf.h"
#include "chunk.h"
#include "query/read_decoder.h"

#define MOST_LENGTH_BYTES 10
#define CRC_BYTES 4

enum frame_part { FRAME_LENGTH, FRAME_CRC, FRAME_PAYLOAD };

// Memory for the messages of one answer or of one part of it: as much as is sensible for their bytes and no more.
struct read_memory {
    struct arena arena;
    size_t limit;
};

struct read_decoder {
    enum read_form form;
    struct decode_limits limits;
    struct series_set *sets;
    size_t set_count;
    bool keep_stale;

    bool failed; // err says why
    bool wants_other;
    struct error err;
    uint64_t bytes;   // of body before what is looked at
    uint64_t offset;  // of the frame that is looked at; 0 for a block
    uint64_t samples, series;

    struct buf body;  // READ_SAMPLES: the block; READ_STREAM: a payload that is not whole yet
    enum frame_part part;
    uint64_t length;  // of the payload
    size_t part_len;  // bytes of the length or of the checksum so far
    uint32_t crc;
    uint64_t frames;

    struct read_memory scratch; // of the message being read
    size_t query;         // whose series came last
    struct chunk_target target;
};

// read_decoder.c. The answer cannot be used: returns false.
__attribute__((format(printf, 3, 4))) bool read_fail(struct read_decoder *d, enum error_code code, const char *format, ...);

// Forgets what is there, and returns the allocator for a message of `len` bytes: unpacking fails when it would take more than is
// sensible.
ProtobufCAllocator read_allocator(struct read_memory *memory, size_t len);

// Makes the series with these labels the target: the last one when it is the same, otherwise a new one of the query.
bool read_begin_series(struct read_decoder *d, size_t query, Remote__Label *const *labels, size_t count);

// read_stream.c
bool read_stream_feed(struct read_decoder *d, const char *data, size_t len);
bool read_stream_end(struct read_decoder *d);

// read_samples.c
bool read_samples_feed(struct read_decoder *d, const char *data, size_t len);
bool read_samples_end(struct read_decoder *d);

#endif
