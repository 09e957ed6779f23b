// SPDX-License-Identifier: GPL-3.0-or-later
// Increases of a counter, block by block of the window.
#ifndef ANALYZER_COUNTER_BLOCKS_H
#define ANALYZER_COUNTER_BLOCKS_H

#include "query/series.h"

// Adds the increases of one counter to blocks[0..count): an increase belongs to the block (start + k*step, start + (k+1)*step]
// in which its later sample lies. After a reset the new value is the increase, as PromQL's increase() takes it. Samples before
// start only say where the first increase starts from. NaN, infinite and negative samples are passed over.
void counter_blocks_add(const struct series *series, int64_t start_ms, int64_t step_ms, double *blocks, size_t count);

#endif
