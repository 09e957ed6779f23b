// SPDX-License-Identifier: GPL-3.0-or-later
// Time zones by their IANA name, read from the system's compiled files (TZif, RFC 8536). No global state: the process' own zone
// is neither asked nor changed.
#ifndef BASE_TIME_ZONE_H
#define BASE_TIME_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/civil.h"
#include "base/error.h"
#include "base/view.h"

struct time_zone_change { // a day of the year and a local time at which summer time begins or ends
    char form;            // 'M' week of a month, 'J' day 1 to 365 without leap days, '0' day 0 to 365
    int64_t month, week, day;
    int64_t at_s;
};

struct time_zone {
    int64_t *times_s; // when the offsets change, rising; `count` of them
    int32_t *offsets_s;
    size_t count;
    int32_t first_offset_s; // before all changes
    bool has_rule;          // for times after the last change
    bool has_summer;
    int32_t standard_s, summer_s; // seconds east of UTC
    struct time_zone_change begin, end; // of summer time
};

// "UTC" needs no file. False for a name that is none or a file that cannot be read. Lives in the arena.
bool time_zone_load(const char *name, struct arena *arena, struct time_zone *ret, struct error *err);

// The same from the bytes of a file.
bool time_zone_parse(struct view bytes, struct arena *arena, struct time_zone *ret, struct error *err);

int64_t time_zone_offset_s(const struct time_zone *zone, int64_t time_s); // seconds east of UTC

// When the local day begins: its first midnight or, where the clock jumps over midnight, that jump.
int64_t time_zone_midnight_s(const struct time_zone *zone, struct civil_date date);

struct civil_date time_zone_date(const struct time_zone *zone, int64_t time_s); // the local date

#endif
