// SPDX-License-Identifier: GPL-3.0-or-later
// Answers about labels, series, metrics and exemplars: the first byte says which of them is expected and the size of the pieces, the
// rest is the body. Whatever it is, pieces must give the same result as the whole.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "query/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void decode(enum decode_expect expect, const char *body, size_t size, size_t piece, struct buf *text) {
    const struct decode_limits limits = {.bytes = 1 << 20, .samples = 1000, .series = 1000, .string_bytes = 10000};
    struct series_set set;
    struct decode_result result;
    series_set_init(&set);
    struct decoder *decoder = decoder_create(200, "application/json", &limits, &set);
    decoder_expect(decoder, expect);
    for (size_t at = 0; at < size; at += piece) {
        if (!decoder_feed(decoder, body + at, size - at < piece ? size - at : piece)) break;
    }
    decoder_end(decoder, &result);
    decoder_destroy(decoder);
    buf_init(text, (size_t)64 << 20);
    buf_printf(text, "%d %s %zu names %zu exemplars\n", (int)result.outcome, result.err.text, set.names.count, set.exemplar_count);
    if (result.outcome == DECODE_OK) series_set_canonical(text, &set);
    for (size_t i = 0; i < set.exemplar_count; i++) {
        if (set.exemplars[i].series >= set.count) abort();
    }
    series_set_finish(&set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    const char *body = (const char *)data + 1;
    enum decode_expect expect = (enum decode_expect)(EXPECT_NAMES + data[0] % 4);
    struct buf whole, pieces;
    decode(expect, body, size - 1, size, &whole);
    decode(expect, body, size - 1, 1 + (size_t)(data[0] >> 2), &pieces);
    if (strcmp(buf_text(&whole), buf_text(&pieces)) != 0) {
        fprintf(stderr, "whole: %s\npieces: %s\n", buf_text(&whole), buf_text(&pieces));
        abort();
    }
    buf_finish(&whole);
    buf_finish(&pieces);
    return 0;
}
