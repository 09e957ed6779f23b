// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/bucket.h"

#include <math.h>

int64_t bucket_take(struct bucket *bucket, double rate, double burst, int64_t now_mono_ms) {
    if (!(rate > 0)) return 0;
    if (burst < 1) burst = 1;
    if (now_mono_ms > bucket->at_ms) bucket->spent = fmax(0, bucket->spent - (double)(now_mono_ms - bucket->at_ms) / 1000 * rate);
    bucket->at_ms = now_mono_ms;
    if (bucket->spent + 1 <= burst) {
        bucket->spent += 1;
        return 0;
    }
    double wait = ceil((bucket->spent + 1 - burst) / rate * 1000);
    return wait < 1 ? 1 : wait > 3600000 ? 3600000 : (int64_t)wait;
}
