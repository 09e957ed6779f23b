// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/buf.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "shortest.h"

enum { USUAL_TEXT = 48, LEAST_ROOM = 256 };

void buf_init(struct buf *buf, size_t limit) {
    *buf = (struct buf){.limit = limit};
}

void buf_finish(struct buf *buf) {
    if (buf == NULL) return;
    free(buf->data);
    *buf = (struct buf){0};
}

void buf_clear(struct buf *buf) {
    buf->len = 0;
    buf->failed = false;
    if (buf->data != NULL) buf->data[0] = '\0';
}

const char *buf_text(const struct buf *buf) {
    return buf->data != NULL ? buf->data : "";
}

char *buf_take(struct buf *buf) {
    char *text = buf->data != NULL ? buf->data : mem_strdup("");
    *buf = (struct buf){.limit = buf->limit};
    return text;
}

static bool reserve(struct buf *buf, size_t more) {
    if (buf->failed || more > buf->limit - buf->len) {
        buf->failed = true;
        return false;
    }
    size_t need = buf->len + more + 1;
    if (need > buf->cap) {
        size_t cap = buf->cap < LEAST_ROOM ? LEAST_ROOM : buf->cap;
        while (cap < need) cap += cap < 4096 ? cap : cap / 2;
        buf->data = mem_resize(buf->data, cap, 1);
        buf->cap = cap;
    }
    return true;
}

void buf_bytes(struct buf *buf, const void *data, size_t len) {
    if (!reserve(buf, len)) return;
    if (len > 0) memcpy(buf->data + buf->len, data, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void buf_str(struct buf *buf, const char *text) {
    buf_bytes(buf, text, strlen(text));
}

void buf_char(struct buf *buf, char c) {
    buf_bytes(buf, &c, 1);
}

void buf_repeat(struct buf *buf, char c, size_t count) {
    if (!reserve(buf, count)) return;
    memset(buf->data + buf->len, c, count);
    buf->len += count;
    buf->data[buf->len] = '\0';
}

// Most texts fit where they are written first.
void buf_printf(struct buf *buf, const char *format, ...) {
    va_list args, again;
    size_t left = buf->limit - buf->len;
    if (!reserve(buf, left < USUAL_TEXT ? left : USUAL_TEXT)) return;
    size_t room = buf->cap - buf->len;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(buf->data + buf->len, room, format, args);
    va_end(args);
    if (n >= 0 && (size_t)n < room && (size_t)n <= left) {
        buf->len += (size_t)n;
    } else {
        buf->data[buf->len] = '\0';
        if (n >= 0 && reserve(buf, (size_t)n)) {
            vsnprintf(buf->data + buf->len, (size_t)n + 1, format, again);
            buf->len += (size_t)n;
        }
    }
    va_end(again);
}

void buf_i64(struct buf *buf, int64_t value) {
    char text[24], *at = text + sizeof text;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do *--at = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    if (value < 0) *--at = '-';
    buf_bytes(buf, at, (size_t)(text + sizeof text - at));
}

// Whether the number is written as an integer, which most counters are.
static bool is_short_integer(double value) {
    return value > -1e15 && value < 1e15 && value == (double)(int64_t)value && !(value == 0 && signbit(value));
}

static void write_decimal(struct buf *buf, double value) {
    char text[40];
    size_t len = shortest_text(value, text);
    if (len > 0) {
        buf_bytes(buf, text, len);
        return;
    }
    // 15 digits are always told apart, except where the double itself holds fewer.
    for (int digits = fabs(value) < DBL_MIN ? 1 : 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value) break;
    }
    // Only the decimal point depends on the locale, and both calls above share it.
    char *comma = strchr(text, ',');
    if (comma != NULL) *comma = '.';
    buf_str(buf, text);
}

void buf_double(struct buf *buf, double value) {
    if (isnan(value)) {
        buf_str(buf, "NaN");
    } else if (isinf(value)) {
        buf_str(buf, value > 0 ? "+Inf" : "-Inf");
    } else if (is_short_integer(value)) {
        buf_i64(buf, (int64_t)value);
    } else {
        write_decimal(buf, value);
    }
}
