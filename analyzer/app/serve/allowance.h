// SPDX-License-Identifier: GPL-3.0-or-later
// A token bucket: so many at once, so many a second in the long run.
#ifndef SERVE_ALLOWANCE_H
#define SERVE_ALLOWANCE_H

#include <stdint.h>

struct allowance { // zeroes are a full one
    double spent;
    int64_t at_ms; // monotonic
};

// Takes one and returns 0, or takes none and returns the milliseconds after which there is one again. A rate of 0 or below is no limit.
int64_t allowance_take(struct allowance *allowance, double rate, double burst, int64_t now_mono_ms);

#endif
