// SPDX-License-Identifier: GPL-3.0-or-later
#include "decoded.h"

#include <stdint.h>

const size_t decoded_pieces[DECODED_PIECES] = {SIZE_MAX, 16384, 7, 1};

void decoded_make(struct decoded *ret, int status, const char *type, struct view body, size_t piece, const struct decode_limits *limits,
                  bool metadata) {
    series_set_init(&ret->set);
    struct decoder *decoder = decoder_create(status, type, limits, &ret->set);
    if (metadata) decoder_allow_metadata(decoder);
    for (size_t at = 0; at < body.len;) {
        size_t len = body.len - at < piece ? body.len - at : piece;
        if (!decoder_feed(decoder, body.ptr + at, len)) break;
        at += len;
    }
    decoder_end(decoder, &ret->result);
    decoder_destroy(decoder);
    buf_init(&ret->canonical, (size_t)64 << 20);
    if (ret->result.outcome == DECODE_OK) series_set_canonical(&ret->canonical, &ret->set);
}

void decoded_finish(struct decoded *decoded) {
    buf_finish(&decoded->canonical);
    series_set_finish(&decoded->set);
}

const char *outcome_name(enum decode_outcome outcome) {
    static const char *const names[] = {
        [DECODE_OK] = "ok", [DECODE_API_ERROR] = "api_error", [DECODE_HTTP_ERROR] = "http_error", [DECODE_BROKEN] = "clear_error"};
    return names[outcome];
}
