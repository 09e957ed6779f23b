// SPDX-License-Identifier: GPL-3.0-or-later
#include "text_time.h"

#include <string.h>

#include "base/buf.h"
#include "base/timetext.h"

enum { MOST_TEXT = 64, WHOLE = 20 }; // "2025-01-01T00:17:15Z"

const char *text_time(struct arena *arena, int64_t ms) {
    struct buf text;
    buf_init(&text, MOST_TEXT);
    time_format(&text, ms);
    return arena_take(arena, &text);
}

const char *text_duration(struct arena *arena, int64_t ms) {
    struct buf text;
    buf_init(&text, MOST_TEXT);
    duration_format(&text, ms);
    return arena_take(arena, &text);
}

const char *text_clock(struct arena *arena, int64_t ms, enum text_clock parts) {
    int64_t second = ms % 1000;
    const char *whole = text_time(arena, ms - (second < 0 ? second + 1000 : second));
    if (strlen(whole) != WHOLE) return "";
    if (parts == TEXT_DAYS) return arena_strndup(arena, whole + 5, 5);
    return arena_strndup(arena, whole + 11, parts == TEXT_MINUTES || ms % 60000 == 0 ? 5 : 8);
}
