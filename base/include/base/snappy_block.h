// SPDX-License-Identifier: GPL-3.0-or-later
// Snappy blocks (not the framed format): the body of remote read and remote write.
#ifndef BASE_SNAPPY_BLOCK_H
#define BASE_SNAPPY_BLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/view.h"

// Appends the block that holds `text`.
void snappy_block_write(struct buf *out, struct view text);

// Appends what the block holds. The length it announces is looked at first: beyond `limit`, or more than snappy can pack into so
// few bytes, is an error before anything is allocated.
bool snappy_block_read(struct view block, size_t limit, struct buf *out, struct error *err);

#endif
