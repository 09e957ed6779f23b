// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/snappy_block.h"

#include <snappy-c.h>
#include <stdlib.h>

#include "base/mem.h"

#define BEST_RATIO ((size_t)22) // 64 bytes from a copy of 3 is the best there is

void snappy_block_write(struct buf *out, struct view text) {
    size_t len = snappy_max_compressed_length(text.len);
    char *block = mem_alloc(len);
    if (snappy_compress(text.ptr, text.len, block, &len) != SNAPPY_OK) abort(); // only for a buffer that is too small
    buf_bytes(out, block, len);
    free(block);
}

bool snappy_block_read(struct view block, size_t limit, struct buf *out, struct error *err) {
    size_t len;
    if (snappy_uncompressed_length(block.ptr, block.len, &len) != SNAPPY_OK) return error_set(err, ERROR_DATA, "not a snappy block");
    if (len > limit) return error_set(err, ERROR_LIMIT, "the snappy block announces %zu bytes, more than the limit of %zu", len, limit);
    if (len / BEST_RATIO > block.len) {
        return error_set(err, ERROR_DATA, "the snappy block announces %zu bytes, more than its %zu can hold", len, block.len);
    }
    char *text = mem_alloc(len);
    bool good = snappy_uncompress(block.ptr, block.len, text, &len) == SNAPPY_OK;
    if (good) buf_bytes(out, text, len);
    free(text);
    return good || error_set(err, ERROR_DATA, "the snappy block is damaged");
}
