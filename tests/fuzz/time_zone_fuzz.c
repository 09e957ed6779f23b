// SPDX-License-Identifier: GPL-3.0-or-later
// Reads any bytes as a time zone; what is taken must give offsets within bounds and days that begin one after another.
#include <stdlib.h>

#include "base/time_zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define DAY_S INT64_C(86400)
#define MOST_OFFSET_S (26 * 3600)

static void check(const struct time_zone *zone) {
    static const struct civil_date firsts[] = {{1900, 1, 1}, {1970, 1, 1}, {2000, 2, 28}, {2025, 3, 29}, {2025, 12, 30}, {2400, 2, 27}};
    for (size_t i = 0; i < sizeof firsts / sizeof firsts[0]; i++) {
        int64_t days = civil_days(firsts[i]);
        for (int64_t day = days; day < days + 4; day++) {
            int64_t begin = time_zone_midnight_s(zone, civil_of_days(day)), offset = time_zone_offset_s(zone, begin);
            if (offset > MOST_OFFSET_S || offset < -MOST_OFFSET_S) abort();
            if (begin < day * DAY_S - MOST_OFFSET_S || begin > day * DAY_S + MOST_OFFSET_S) abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena = {0};
    struct time_zone zone;
    if (time_zone_parse((struct view){(const char *)data, size}, &arena, &zone, NULL)) check(&zone);
    arena_finish(&arena);
    return 0;
}
