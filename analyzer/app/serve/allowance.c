// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/allowance.h"

#include <math.h>

int64_t allowance_take(struct allowance *allowance, double rate, double burst, int64_t now_mono_ms) {
    if (!(rate > 0)) return 0;
    if (burst < 1) burst = 1;
    if (now_mono_ms > allowance->at_ms)
        allowance->spent = fmax(0, allowance->spent - (double)(now_mono_ms - allowance->at_ms) / 1000 * rate);
    allowance->at_ms = now_mono_ms;
    if (allowance->spent + 1 <= burst) {
        allowance->spent += 1;
        return 0;
    }
    double wait = ceil((allowance->spent + 1 - burst) / rate * 1000);
    return wait < 1 ? 1 : wait > 3600000 ? 3600000 : (int64_t)wait;
}
