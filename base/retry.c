// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/retry.h"

#include <curl/curl.h>

// SplitMix64 (Steele, Lea and Flood, 2014): any seed will do, zero included.
static uint64_t random_next(uint64_t *seed) {
    uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

int64_t retry_backoff_ms(int failed, uint64_t *seed) {
    int64_t most = RETRY_FIRST_MS;
    for (int i = 1; i < failed && most < RETRY_LONGEST_MS; i++) most *= 2;
    if (most > RETRY_LONGEST_MS) most = RETRY_LONGEST_MS;
    return (int64_t)(random_next(seed) % (uint64_t)(most + 1));
}

static bool seconds_ms(const char *text, int64_t most_ms, int64_t *ret_ms) {
    int64_t ms = 0;
    const char *p = text;
    for (; *p >= '0' && *p <= '9'; p++) {
        ms = ms * 10 + (*p - '0') * INT64_C(1000);
        if (ms > most_ms) ms = most_ms;
    }
    while (*p == ' ') p++;
    if (p == text || *p != '\0') return false;
    *ret_ms = ms;
    return true;
}

bool retry_after_most_ms(const char *text, int64_t now_wall_ms, int64_t most_ms, int64_t *ret_ms) {
    while (*text == ' ') text++;
    if (seconds_ms(text, most_ms, ret_ms)) return true;
    if (*text < 'A' || *text > 'z') return false; // an HTTP date begins with the day's name; curl_getdate takes much more
    time_t when = curl_getdate(text, NULL);
    if (when < 0) return false;
    int64_t ms = (int64_t)when * 1000 - now_wall_ms;
    if (ms < 0) ms = 0;
    *ret_ms = ms > most_ms ? most_ms : ms;
    return true;
}

bool retry_after_ms(const char *text, int64_t now_wall_ms, int64_t *ret_ms) {
    return retry_after_most_ms(text, now_wall_ms, RETRY_AFTER_LONGEST_MS, ret_ms);
}
