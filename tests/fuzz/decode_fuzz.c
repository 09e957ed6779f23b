// SPDX-License-Identifier: GPL-3.0-or-later
// The first byte chooses the HTTP status, whether metadata are allowed and the size of the pieces; the rest is the
// body. Whatever it is, pieces of any size must give the same result as the whole.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "query/decode.h"

#define CANONICAL_LIMIT ((size_t)64 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum decode_outcome decode(uint8_t flags, const char *body, size_t size, size_t piece, struct buf *canonical) {
    const struct decode_limits limits = {.bytes = 1 << 20, .samples = 100000, .series = 10000, .string_bytes = 10000};
    struct series_set set;
    struct decode_result result;
    series_set_init(&set);
    struct decoder *decoder = decoder_create((flags & 1) != 0 ? 400 : 200, "application/json", &limits, &set);
    if ((flags & 2) != 0) decoder_allow_metadata(decoder);
    for (size_t at = 0; at < size; at += piece) {
        if (!decoder_feed(decoder, body + at, size - at < piece ? size - at : piece)) break;
    }
    decoder_end(decoder, &result);
    decoder_destroy(decoder);
    buf_init(canonical, CANONICAL_LIMIT);
    if (result.outcome == DECODE_OK) series_set_canonical(canonical, &set);
    if (result.outcome != DECODE_OK) buf_str(canonical, result.err.text);
    series_set_finish(&set);
    return result.outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    const char *body = (const char *)data + 1;
    size_t piece = 1 + (size_t)(data[0] >> 2);
    struct buf whole, pieces;
    enum decode_outcome a = decode(data[0], body, size - 1, size, &whole);
    enum decode_outcome b = decode(data[0], body, size - 1, piece, &pieces);
    // The text of an HTTP error shows as much of the body as came before it was given up.
    if (a != b || (a != DECODE_HTTP_ERROR && strcmp(buf_text(&whole), buf_text(&pieces)) != 0)) {
        fprintf(stderr, "whole: %d %s\npieces of %zu: %d %s\n", (int)a, buf_text(&whole), piece, (int)b, buf_text(&pieces));
        abort();
    }
    buf_finish(&whole);
    buf_finish(&pieces);
    return 0;
}
