// SPDX-License-Identifier: GPL-3.0-or-later
// The first byte: 0, the rest is a snappy block as it is; otherwise it is what the block holds.
#include "base/buf.h"
#include "base/snappy_block.h"
#include "query/read_decoder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    const struct decode_limits limits = {.bytes = 1 << 20, .samples = 100000, .series = 1000, .string_bytes = 10000};
    struct view rest = {(const char *)data + 1, size - 1};
    struct series_set set;
    struct decode_result result;
    struct buf body;
    series_set_init(&set);
    buf_init(&body, (size_t)2 << 20);
    if (data[0] == 0) {
        buf_bytes(&body, rest.ptr, rest.len);
    } else {
        snappy_block_write(&body, rest);
    }
    struct read_decoder *decoder = read_decoder_create(READ_SAMPLES, &limits, &set, 1);
    read_decoder_feed(decoder, buf_text(&body), body.len);
    read_decoder_end(decoder, &result);
    read_decoder_destroy(decoder);
    series_set_finish(&set);
    buf_finish(&body);
    return 0;
}
