// SPDX-License-Identifier: GPL-3.0-or-later
// The first byte: bit 0, the rest is the body as it is, otherwise it is the payload of a frame whose length and checksum are right;
// bit 1, stale markers are kept; the others, the size of the pieces. Pieces of any size must give the same as the whole.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/crc32c.h"
#include "query/read_decoder.h"

#define QUERIES 2

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_frame(struct buf *out, const char *payload, size_t len) {
    uint32_t crc = crc32c(0, payload, len);
    for (size_t left = len; left > 0; left >>= 7) buf_char(out, (char)((left & 0x7F) | (left > 0x7F ? 0x80 : 0)));
    for (int shift = 24; shift >= 0; shift -= 8) buf_char(out, (char)(crc >> shift & 0xFF));
    buf_bytes(out, payload, len);
}

static enum decode_outcome decode(const struct buf *body, bool keep_stale, size_t piece, struct buf *canonical) {
    const struct decode_limits limits = {.bytes = 1 << 20, .samples = 100000, .series = 1000, .string_bytes = 10000};
    struct series_set sets[QUERIES];
    struct decode_result result;
    for (size_t i = 0; i < QUERIES; i++) series_set_init(&sets[i]);
    struct read_decoder *decoder = read_decoder_create(READ_STREAM, &limits, sets, QUERIES);
    if (keep_stale) read_decoder_keep_stale(decoder);
    for (size_t at = 0; at < body->len; at += piece) {
        if (!read_decoder_feed(decoder, buf_text(body) + at, body->len - at < piece ? body->len - at : piece)) break;
    }
    read_decoder_end(decoder, &result);
    read_decoder_destroy(decoder);
    buf_init(canonical, (size_t)64 << 20);
    if (result.outcome != DECODE_OK) buf_str(canonical, result.err.text);
    for (size_t i = 0; i < QUERIES; i++) {
        if (result.outcome == DECODE_OK) series_set_canonical(canonical, &sets[i]);
        series_set_finish(&sets[i]);
    }
    return result.outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    struct buf body, whole, pieces;
    buf_init(&body, (size_t)2 << 20);
    if ((data[0] & 1) != 0) {
        buf_bytes(&body, data + 1, size - 1);
    } else {
        put_frame(&body, (const char *)data + 1, size - 1);
    }
    size_t piece = 1 + (size_t)(data[0] >> 2);
    enum decode_outcome a = decode(&body, (data[0] & 2) != 0, body.len + 1, &whole);
    enum decode_outcome b = decode(&body, (data[0] & 2) != 0, piece, &pieces);
    if (a != b || strcmp(buf_text(&whole), buf_text(&pieces)) != 0) {
        fprintf(stderr, "whole: %d %s\npieces of %zu: %d %s\n", (int)a, buf_text(&whole), piece, (int)b, buf_text(&pieces));
        abort();
    }
    buf_finish(&body);
    buf_finish(&whole);
    buf_finish(&pieces);
    return 0;
}
