// SPDX-License-Identifier: GPL-3.0-or-later
// Times and durations as people write them. Wall time is int64 milliseconds since 1970 UTC; monotonic time is
// int64 milliseconds from an arbitrary start. The two never mix: wall_* and mono_*.
#ifndef BASE_TIMETEXT_H
#define BASE_TIMETEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/view.h"

int64_t wall_now_ms(void);
int64_t mono_now_ms(void);
int64_t mono_now_us(void);

// RFC 3339 ("2025-01-01T00:00:00Z", fraction and offset allowed) or Unix seconds with at most 3 decimals
// ("1735689600.137"). False when the text is neither; *ret_ms is then untouched.
bool time_parse(struct view text, int64_t *ret_ms);

// "2025-01-01T00:00:00Z", with milliseconds only when there are any.
void time_format(struct buf *buf, int64_t ms);

// Unix seconds with at most 3 decimals and never an exponent: how Prometheus wants times.
void time_format_unix(struct buf *buf, int64_t ms);

// Prometheus durations: "90s", "1h30m", "250ms", "7d"; units ms s m h d w y, each once and in falling order.
// False when malformed, zero-length or beyond 100 years.
bool duration_parse(struct view text, int64_t *ret_ms);

// The same form; 0 is "0s".
void duration_format(struct buf *buf, int64_t ms);

#endif
