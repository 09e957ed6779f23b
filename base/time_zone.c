// SPDX-License-Identifier: GPL-3.0-or-later
// A TZif file lists the changes of the offset, then a POSIX rule for all times after the last of them. Files of version 1 have
// neither 64-bit times nor a rule and are not written any more; they are refused.
#include "base/time_zone.h"

#include <string.h>

#include "base/file.h"

#define MOST_FILE_BYTES ((size_t)1 << 20)
#define MOST_OFFSET_S (26 * 3600)
#define DAY_S INT64_C(86400)
#define HEAD_BYTES 44

struct head {
    size_t utc_count, std_count, leap_count, time_count, type_count, char_count;
};

static uint64_t big_endian(const char *at, size_t bytes) {
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++) value = value << 8 | (unsigned char)at[i];
    return value;
}

static bool read_head(struct view bytes, size_t at, struct head *ret) {
    if (bytes.len < at || bytes.len - at < HEAD_BYTES || memcmp(bytes.ptr + at, "TZif", 4) != 0 || bytes.ptr[at + 4] < '2') return false;
    size_t counts[6];
    for (size_t i = 0; i < 6; i++) {
        counts[i] = big_endian(bytes.ptr + at + 20 + 4 * i, 4);
        if (counts[i] > MOST_FILE_BYTES) return false;
    }
    *ret = (struct head){counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]};
    return true;
}

static size_t block_bytes(const struct head *h, size_t time_bytes) {
    return h->time_count * (time_bytes + 1) + h->type_count * 6 + h->char_count + h->leap_count * (time_bytes + 4) + h->std_count +
           h->utc_count;
}

static bool skip(struct view *in, char c) {
    if (in->len == 0 || *in->ptr != c) return false;
    in->ptr++;
    in->len--;
    return true;
}

static bool number(struct view *in, int64_t most, int64_t *ret) {
    int64_t value = 0;
    size_t n = 0;
    for (; in->len > 0 && *in->ptr >= '0' && *in->ptr <= '9' && n < 4; in->ptr++, in->len--, n++) value = value * 10 + (*in->ptr - '0');
    *ret = value;
    return n > 0 && value <= most;
}

// "CET" or "<+03>".
static bool zone_word(struct view *in) {
    bool quoted = skip(in, '<');
    size_t n = 0;
    while (n < in->len && (quoted ? in->ptr[n] != '>' : (in->ptr[n] | 32) >= 'a' && (in->ptr[n] | 32) <= 'z')) n++;
    in->ptr += n;
    in->len -= n;
    return n >= 3 && (!quoted || skip(in, '>'));
}

// [+-]h[:m[:s]] in seconds.
static bool clock_time(struct view *in, int64_t most_hours, int64_t *ret_s) {
    int64_t sign = skip(in, '-') ? -1 : 1, h, m = 0, s = 0;
    if (sign > 0) skip(in, '+');
    if (!number(in, most_hours, &h) || (skip(in, ':') && (!number(in, 59, &m) || (skip(in, ':') && !number(in, 59, &s))))) return false;
    *ret_s = sign * (h * 3600 + m * 60 + s);
    return true;
}

static bool read_change(struct view *in, struct time_zone_change *ret) {
    *ret = (struct time_zone_change){.form = '0', .at_s = 7200};
    if (skip(in, 'M')) {
        ret->form = 'M';
        if (!number(in, 12, &ret->month) || !skip(in, '.') || !number(in, 5, &ret->week) || !skip(in, '.') || !number(in, 6, &ret->day))
            return false;
        if (ret->month < 1 || ret->week < 1) return false;
    } else {
        if (skip(in, 'J')) ret->form = 'J';
        if (!number(in, 365, &ret->day) || (ret->form == 'J' && ret->day < 1)) return false;
    }
    return !skip(in, '/') || clock_time(in, 167, &ret->at_s);
}

// The rule of the file's last line: "CET-1CEST,M3.5.0,M10.5.0/3". Signs are west of UTC there.
static bool read_rule(struct view in, struct time_zone *zone) {
    int64_t west;
    if (!zone_word(&in) || !clock_time(&in, 25, &west)) return false;
    zone->has_rule = true;
    zone->standard_s = (int32_t)-west;
    if (in.len == 0) return true;
    if (!zone_word(&in)) return false;
    west -= 3600;
    if (in.len > 0 && *in.ptr != ',' && !clock_time(&in, 25, &west)) return false;
    zone->has_summer = true;
    zone->summer_s = (int32_t)-west;
    return skip(&in, ',') && read_change(&in, &zone->begin) && skip(&in, ',') && read_change(&in, &zone->end) && in.len == 0;
}

static bool read_block(struct view block, const struct head *h, struct arena *arena, struct time_zone *zone) {
    const char *types = block.ptr + h->time_count * 8, *records = types + h->time_count;
    if (h->type_count == 0) return false;
    zone->times_s = arena_array(arena, h->time_count + 1, sizeof *zone->times_s);
    zone->offsets_s = arena_array(arena, h->time_count + 1, sizeof *zone->offsets_s);
    for (size_t i = 0; i <= h->time_count; i++) {
        size_t type = i == 0 ? 0 : (unsigned char)types[i - 1];
        if (type >= h->type_count) return false;
        uint32_t bits = (uint32_t)big_endian(records + 6 * type, 4);
        int32_t offset_s = bits <= INT32_MAX ? (int32_t)bits : -(int32_t)(UINT32_MAX - bits) - 1;
        if (offset_s > MOST_OFFSET_S || offset_s < -MOST_OFFSET_S) return false;
        if (i == 0) {
            zone->first_offset_s = offset_s;
            continue;
        }
        uint64_t at = big_endian(block.ptr + 8 * (i - 1), 8);
        zone->times_s[i - 1] = at <= INT64_MAX ? (int64_t)at : -(int64_t)(UINT64_MAX - at) - 1;
        zone->offsets_s[i - 1] = offset_s;
        if (i > 1 && zone->times_s[i - 1] <= zone->times_s[i - 2]) return false;
    }
    zone->count = h->time_count;
    return true;
}

bool time_zone_parse(struct view bytes, struct arena *arena, struct time_zone *ret, struct error *err) {
    struct head h;
    *ret = (struct time_zone){0};
    if (!read_head(bytes, 0, &h)) return error_set(err, ERROR_DATA, "not a time zone file (TZif, version 2 or later)");
    size_t at = HEAD_BYTES + block_bytes(&h, 4);
    if (!read_head(bytes, at, &h)) return error_set(err, ERROR_DATA, "time zone file: cut off before byte %zu", at + HEAD_BYTES);
    at += HEAD_BYTES;
    size_t len = block_bytes(&h, 8);
    if (bytes.len - at < len || !read_block((struct view){bytes.ptr + at, len}, &h, arena, ret))
        return error_set(err, ERROR_DATA, "time zone file: bad changes of the offset from byte %zu on", at);
    at += len;
    struct view rule = {bytes.ptr + at, bytes.len - at};
    if (rule.len < 2 || rule.ptr[0] != '\n' || rule.ptr[rule.len - 1] != '\n')
        return error_set(err, ERROR_DATA, "time zone file: no rule at byte %zu", at);
    rule.ptr++;
    rule.len -= 2;
    if (rule.len > 0 && !read_rule(rule, ret)) return error_set(err, ERROR_DATA, "time zone file: bad rule at byte %zu", at + 1);
    return true;
}

static bool is_name(const char *name) {
    size_t len = strlen(name);
    if (len == 0 || len > 64 || name[0] == '/' || strstr(name, "..") != NULL) return false;
    return name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/")] == '\0';
}

bool time_zone_load(const char *name, struct arena *arena, struct time_zone *ret, struct error *err) {
    struct view bytes;
    *ret = (struct time_zone){0};
    if (strcmp(name, "UTC") == 0) return true;
    if (!is_name(name)) return error_set(err, ERROR_CONFIG, "%.80s is no name of a time zone, such as Europe/Berlin or UTC", name);
    if (!file_read(arena_printf(arena, "/usr/share/zoneinfo/%s", name), MOST_FILE_BYTES, arena, &bytes, err))
        return error_prefix(err, "the time zone %s is not known here", name);
    return time_zone_parse(bytes, arena, ret, err) || error_prefix(err, "%s", name);
}

// Local seconds since 1970 of the change in a year.
static int64_t change_in(const struct time_zone_change *change, int64_t year) {
    int64_t first = civil_days((struct civil_date){year, 1, 1}), day = first + change->day;
    if (change->form == 'J') {
        day = first + change->day - 1 + (change->day >= 60 && civil_month_days(year, 2) == 29);
    } else if (change->form == 'M') {
        int64_t month = civil_days((struct civil_date){year, change->month, 1});
        day = month + (change->day - civil_weekday(month) + 7) % 7 + 7 * (change->week - 1);
        if (day >= month + civil_month_days(year, change->month)) day -= 7; // the fifth is the last
    }
    return day * DAY_S + change->at_s;
}

static int64_t offset_by_rule(const struct time_zone *zone, int64_t time_s) {
    if (!zone->has_summer) return zone->standard_s;
    int64_t local = time_s + zone->standard_s;
    int64_t year = civil_of_days(local >= 0 ? local / DAY_S : (local - DAY_S + 1) / DAY_S).year;
    int64_t begin = change_in(&zone->begin, year) - zone->standard_s, end = change_in(&zone->end, year) - zone->summer_s;
    bool summer = begin < end ? time_s >= begin && time_s < end : time_s >= begin || time_s < end;
    return summer ? zone->summer_s : zone->standard_s;
}

int64_t time_zone_offset_s(const struct time_zone *zone, int64_t time_s) {
    size_t low = 0, high = zone->count; // the first change after the time is in [low, high]
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->times_s[middle] <= time_s) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == zone->count && zone->has_rule) return offset_by_rule(zone, time_s);
    return low == 0 ? zone->first_offset_s : zone->offsets_s[low - 1];
}

int64_t time_zone_midnight_s(const struct time_zone *zone, struct civil_date date) {
    int64_t local = civil_days(date) * DAY_S;
    int64_t before = time_zone_offset_s(zone, local - DAY_S - MOST_OFFSET_S),
            after = time_zone_offset_s(zone, local + DAY_S + MOST_OFFSET_S);
    if (time_zone_offset_s(zone, local - before) != before && time_zone_offset_s(zone, local - after) == after) return local - after;
    return local - before;
}

struct civil_date time_zone_date(const struct time_zone *zone, int64_t time_s) {
    int64_t local = time_s + time_zone_offset_s(zone, time_s);
    return civil_of_days(local >= 0 ? local / DAY_S : (local - DAY_S + 1) / DAY_S);
}
