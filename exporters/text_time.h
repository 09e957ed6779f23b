// SPDX-License-Identifier: GPL-3.0-or-later
// Times as reports write them, in UTC, in texts that live in an arena.
#ifndef EXPORTERS_TEXT_TIME_H
#define EXPORTERS_TEXT_TIME_H

#include <stdint.h>

#include "base/arena.h"

const char *text_time(struct arena *arena, int64_t ms);     // "2025-01-01T00:17:15Z"
const char *text_duration(struct arena *arena, int64_t ms); // "7d", "1h30m"

// The whole seconds of it that are asked for: "00:17:15", "00:17" where TEXT_MINUTES or where it is a whole minute, "01-01". "" beyond
// the year 9999.
enum text_clock { TEXT_SECONDS, TEXT_MINUTES, TEXT_DAYS };
const char *text_clock(struct arena *arena, int64_t ms, enum text_clock parts);

#endif
