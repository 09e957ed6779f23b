// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/timetext.h"

#include <inttypes.h>
#include <time.h>

#include "base/civil.h"

#define DAY_MS INT64_C(86400000)
#define LONGEST_MS (100 * 365 * DAY_MS)

static int64_t now_ms(clockid_t which) {
    struct timespec t;
    clock_gettime(which, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t wall_now_ms(void) {
    return now_ms(CLOCK_REALTIME);
}

int64_t mono_now_ms(void) {
    return now_ms(CLOCK_MONOTONIC);
}

int64_t mono_now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

// Reads exactly `count` digits.
static bool digits(struct view *in, size_t count, int64_t *ret) {
    if (in->len < count) return false;
    int64_t value = 0;
    for (size_t i = 0; i < count; i++) {
        if (in->ptr[i] < '0' || in->ptr[i] > '9') return false;
        value = value * 10 + (in->ptr[i] - '0');
    }
    in->ptr += count;
    in->len -= count;
    *ret = value;
    return true;
}

static bool skip(struct view *in, char c) {
    if (in->len == 0 || *in->ptr != c) return false;
    in->ptr++;
    in->len--;
    return true;
}

// The digits after a point, as milliseconds; further digits are cut. At least one digit.
static bool fraction_ms(struct view *in, int64_t *ret) {
    int64_t value = 0;
    size_t n = 0;
    for (; in->len > 0 && *in->ptr >= '0' && *in->ptr <= '9'; in->ptr++, in->len--, n++) {
        if (n < 3) value = value * 10 + (*in->ptr - '0');
    }
    if (n == 0) return false;
    for (; n < 3; n++) value *= 10;
    *ret = value;
    return true;
}

static bool parse_offset(struct view *in, int64_t *ret_ms) {
    if (skip(in, 'Z') || skip(in, 'z')) {
        *ret_ms = 0;
        return true;
    }
    int64_t sign = 1, h, m;
    if (skip(in, '-')) {
        sign = -1;
    } else if (!skip(in, '+')) {
        return false;
    }
    if (!digits(in, 2, &h) || !skip(in, ':') || !digits(in, 2, &m) || h > 23 || m > 59) return false;
    *ret_ms = sign * (h * 60 + m) * 60000;
    return true;
}

static bool parse_rfc3339(struct view in, int64_t *ret_ms) {
    int64_t year, month, day, h, m, s, frac = 0, offset;
    if (!digits(&in, 4, &year) || !skip(&in, '-') || !digits(&in, 2, &month) || !skip(&in, '-') || !digits(&in, 2, &day)) return false;
    if (!skip(&in, 'T') && !skip(&in, 't') && !skip(&in, ' ')) return false;
    if (!digits(&in, 2, &h) || !skip(&in, ':') || !digits(&in, 2, &m)) return false;
    s = 0;
    if (skip(&in, ':') && (!digits(&in, 2, &s) || (skip(&in, '.') && !fraction_ms(&in, &frac)))) return false;
    if (!parse_offset(&in, &offset) || in.len != 0) return false;
    if (month < 1 || month > 12 || day < 1 || day > civil_month_days(year, month) || h > 23 || m > 59 || s > 59) return false;
    *ret_ms = ((civil_days((struct civil_date){year, month, day}) * 24 + h) * 60 + m) * 60000 + s * 1000 + frac - offset;
    return true;
}

static bool parse_unix(struct view in, int64_t *ret_ms) {
    int64_t seconds = 0, frac = 0;
    if (in.len == 0 || in.len > 16) return false;
    size_t n = 0;
    for (; in.len > 0 && *in.ptr >= '0' && *in.ptr <= '9' && n < 12; in.ptr++, in.len--, n++) seconds = seconds * 10 + (*in.ptr - '0');
    if (n == 0) return false;
    if (skip(&in, '.') && (in.len > 3 || !fraction_ms(&in, &frac))) return false;
    if (in.len != 0) return false;
    *ret_ms = seconds * 1000 + frac;
    return true;
}

bool time_parse(struct view text, int64_t *ret_ms) {
    return parse_rfc3339(text, ret_ms) || parse_unix(text, ret_ms);
}

void time_format(struct buf *buf, int64_t ms) {
    int64_t days = ms / DAY_MS, rest = ms % DAY_MS;
    if (rest < 0) {
        rest += DAY_MS;
        days--;
    }
    struct civil_date date = civil_of_days(days);
    buf_printf(buf, "%04" PRId64 "-%02" PRId64 "-%02" PRId64 "T%02" PRId64 ":%02" PRId64 ":%02" PRId64, date.year, date.month, date.day,
               rest / 3600000, rest / 60000 % 60, rest / 1000 % 60);
    if (rest % 1000 != 0) buf_printf(buf, ".%03" PRId64, rest % 1000);
    buf_char(buf, 'Z');
}

void time_format_unix(struct buf *buf, int64_t ms) {
    if (ms < 0) {
        buf_char(buf, '-');
        ms = -ms;
    }
    buf_i64(buf, ms / 1000);
    if (ms % 1000 != 0) buf_printf(buf, ".%03" PRId64, ms % 1000);
}

static const struct {
    const char *name;
    int64_t ms;
} units[] = {{"y", 365 * DAY_MS}, {"w", 7 * DAY_MS}, {"d", DAY_MS}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};

#define UNIT_COUNT (sizeof units / sizeof units[0])

bool duration_parse(struct view in, int64_t *ret_ms) {
    int64_t total = 0;
    size_t next_unit = 0;
    if (in.len == 0) return false;
    while (in.len > 0) {
        int64_t value = 0;
        size_t n = 0, letters = 0;
        for (; in.len > 0 && *in.ptr >= '0' && *in.ptr <= '9'; in.ptr++, in.len--, n++) {
            if (n > 12) return false;
            value = value * 10 + (*in.ptr - '0');
        }
        while (letters < in.len && in.ptr[letters] >= 'a' && in.ptr[letters] <= 'z') letters++;
        size_t u = next_unit;
        while (u < UNIT_COUNT && !view_is((struct view){in.ptr, letters}, units[u].name)) u++;
        if (n == 0 || u == UNIT_COUNT || value > LONGEST_MS / units[u].ms) return false;
        total += value * units[u].ms;
        if (total > LONGEST_MS) return false;
        next_unit = u + 1;
        in.ptr += letters;
        in.len -= letters;
    }
    *ret_ms = total;
    return true;
}

void duration_format(struct buf *buf, int64_t ms) {
    if (ms == 0) buf_str(buf, "0s");
    for (size_t u = 2; u < UNIT_COUNT && ms > 0; u++) { // years and weeks are read but not written: 365d says more
        if (ms < units[u].ms) continue;
        buf_printf(buf, "%" PRId64 "%s", ms / units[u].ms, units[u].name);
        ms %= units[u].ms;
    }
}
