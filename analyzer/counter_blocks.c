// SPDX-License-Identifier: GPL-3.0-or-later
#include "counter_blocks.h"

#include <math.h>
#include <stdbool.h>

void counter_blocks_add(const struct series *series, int64_t start_ms, int64_t step_ms, double *blocks, size_t count) {
    double before = 0;
    bool known = false;
    for (size_t i = 0; i < series->count; i++) {
        double value = series->value[i];
        if (!isfinite(value) || value < 0) continue;
        int64_t since = series->time_ms[i] - start_ms;
        size_t block = since > 0 ? (size_t)((since - 1) / step_ms) : count;
        if (known && block < count) blocks[block] += value < before ? value : value - before;
        before = value;
        known = true;
    }
}
