// SPDX-License-Identifier: GPL-3.0-or-later
// A streamed answer is a row of frames: the payload's length, its CRC-32C, the payload. A payload that arrived in one piece is decoded
// where it lies; otherwise it is put together first, in memory that grows with what arrived and not with what was announced.
#include "base/crc32c.h"
#include "read_private.h"

#define MOST_FRAME_BYTES (UINT64_C(50) << 20) // what Prometheus' own client takes

static struct view view_data(const Remote__Chunk *chunk) {
    return (struct view){(const char *)chunk->data.data, chunk->data.len};
}

static bool decode_chunk(struct read_decoder *d, const Remote__Chunk *chunk) {
    const char *reason = NULL;
    if (!chunk_is_known(chunk->type)) {
        d->wants_other = true;
        return read_fail(d, ERROR_DATA, "a chunk has encoding %d (%s), which is not among those read here: 1, 2 and 3", chunk->type,
                         chunk_encoding_name(chunk->type));
    }
    if (chunk_decode(chunk->type, view_data(chunk), &d->target, &reason)) return true;
    enum error_code code = d->target.samples_left == 0 ? ERROR_LIMIT : ERROR_DATA;
    return read_fail(d, code, "a chunk of encoding %d (%s): %s", chunk->type, chunk_encoding_name(chunk->type), reason);
}

static bool decode_series(struct read_decoder *d, size_t query, const Remote__ChunkedSeries *series) {
    if (!read_begin_series(d, query, series->labels, series->n_labels)) return false;
    size_t floats = 0;
    for (size_t i = 0; i < series->n_chunks; i++) {
        if (series->chunks[i]->type == 1) floats += chunk_count(1, view_data(series->chunks[i]));
    }
    if (floats <= d->target.samples_left) series_reserve(d->target.series, floats);
    for (size_t i = 0; i < series->n_chunks; i++) {
        if (!decode_chunk(d, series->chunks[i])) return false;
    }
    d->samples = d->limits.samples - d->target.samples_left;
    return true;
}

static bool decode_frame(struct read_decoder *d, const char *data, size_t len) {
    if (crc32c(0, data, len) != d->crc) return read_fail(d, ERROR_DATA, "the checksum of a frame is wrong");
    ProtobufCAllocator allocator = read_allocator(&d->scratch, len);
    const Remote__ChunkedReadResponse *frame = remote__chunked_read_response__unpack(&allocator, len, (const uint8_t *)data);
    if (frame == NULL) return read_fail(d, ERROR_DATA, "a frame is not a readable ChunkedReadResponse");
    if (frame->query_index < 0 || (uint64_t)frame->query_index >= d->set_count) {
        return read_fail(d, ERROR_DATA, "a frame belongs to query %lld of %zu", (long long)frame->query_index, d->set_count);
    }
    for (size_t i = 0; i < frame->n_chunked_series; i++) {
        if (!decode_series(d, (size_t)frame->query_index, frame->chunked_series[i])) return false;
    }
    d->frames++;
    d->part = FRAME_LENGTH;
    d->length = d->part_len = 0;
    d->crc = 0;
    return true;
}

static bool take_length(struct read_decoder *d, unsigned char byte) {
    if (d->part_len == MOST_LENGTH_BYTES - 1 && byte > 1) return read_fail(d, ERROR_DATA, "the length of a frame does not fit 64 bits");
    d->length |= (uint64_t)(byte & 0x7F) << (7 * d->part_len++);
    if (byte >= 0x80) return true;
    uint64_t most = d->limits.bytes < MOST_FRAME_BYTES ? d->limits.bytes : MOST_FRAME_BYTES;
    if (d->length == 0) return read_fail(d, ERROR_DATA, "a frame is empty");
    if (d->length > most) {
        return read_fail(d, ERROR_LIMIT, "a frame announces %llu bytes, more than the limit", (unsigned long long)d->length);
    }
    d->part = FRAME_CRC;
    d->part_len = 0;
    return true;
}

static void take_crc(struct read_decoder *d, unsigned char byte) {
    d->crc = d->crc << 8 | byte;
    if (++d->part_len < CRC_BYTES) return;
    d->part = FRAME_PAYLOAD;
    buf_clear(&d->body);
}

// Takes what there is of the payload; returns how many bytes, 0 when it is not usable.
static size_t take_payload(struct read_decoder *d, const char *data, size_t len) {
    size_t missing = (size_t)d->length - d->body.len;
    if (d->body.len == 0 && len >= missing) return decode_frame(d, data, missing) ? missing : 0;
    size_t part = len < missing ? len : missing;
    buf_bytes(&d->body, data, part);
    return part < missing || decode_frame(d, buf_text(&d->body), d->body.len) ? part : 0;
}

bool read_stream_feed(struct read_decoder *d, const char *data, size_t len) {
    for (size_t at = 0; at < len;) {
        size_t taken = 1;
        if (d->bytes == d->limits.bytes) return read_fail(d, ERROR_LIMIT, "the body is longer than the limit");
        if (d->part == FRAME_LENGTH) {
            if (d->part_len == 0) d->offset = d->bytes;
            if (!take_length(d, (unsigned char)data[at])) return false;
        } else if (d->part == FRAME_CRC) {
            take_crc(d, (unsigned char)data[at]);
        } else {
            uint64_t left = d->limits.bytes - d->bytes;
            taken = take_payload(d, data + at, len - at < left ? len - at : (size_t)left);
            if (taken == 0) return false;
        }
        at += taken;
        d->bytes += taken;
    }
    return true;
}

bool read_stream_end(struct read_decoder *d) {
    bool between = d->part == FRAME_LENGTH && d->part_len == 0;
    return between || read_fail(d, ERROR_DATA, "the stream ends inside a frame, or an error of the server was appended to it");
}
