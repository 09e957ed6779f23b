// SPDX-License-Identifier: GPL-3.0-or-later
// A token bucket: limits something to `rate` a second in the long run, and to `burst` at once.
#ifndef SERVE_ALLOWANCE_H
#define SERVE_ALLOWANCE_H

#include <stdint.h>

struct allowance { // zeroes: nothing was taken yet
    double spent;
    int64_t at_ms; // monotonic
};

// Takes one and returns 0; or takes none and returns in how many milliseconds there will be one. A rate of 0 or below is no limit.
int64_t allowance_take(struct allowance *allowance, double rate, double burst, int64_t now_mono_ms);

#endif
