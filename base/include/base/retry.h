// SPDX-License-Identifier: GPL-3.0-or-later
// How long to wait before a request is tried again. Pure: the seed and the clock are arguments.
#ifndef BASE_RETRY_H
#define BASE_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#define RETRY_FIRST_MS INT64_C(250)
#define RETRY_LONGEST_MS INT64_C(10000)
#define RETRY_AFTER_LONGEST_MS INT64_C(60000)

// Exponential backoff with full jitter: uniform in [0, min(10 s, 250 ms * 2^(failed - 1))], where `failed` counts the
// tries made so far. Moves *seed on.
int64_t retry_backoff_ms(int failed, uint64_t *seed);

// The wait a Retry-After header asks for: seconds or an HTTP date, at most RETRY_AFTER_LONGEST_MS, never negative.
// False when the text is neither; *ret_ms is then untouched.
bool retry_after_ms(const char *text, int64_t now_wall_ms, int64_t *ret_ms);

// The same with a limit of the caller's.
bool retry_after_most_ms(const char *text, int64_t now_wall_ms, int64_t most_ms, int64_t *ret_ms);

#endif
