// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/period.h"

#include "base/civil.h"
#include "base/time_zone.h"

static struct civil_date month_after(struct civil_date date, int64_t months) {
    int64_t month = date.month - 1 + months;
    return (struct civil_date){date.year + month / 12, month % 12 + 1, 1};
}

bool period_at(const struct objective_config *objective, int64_t time_ms, struct period *ret, struct error *err) {
    *ret = (struct period){time_ms - objective->period_ms, time_ms};
    if (objective->calendar == CALENDAR_NONE) return true;
    struct arena arena = {0};
    struct time_zone zone;
    bool ok = time_zone_load(objective->time_zone, &arena, &zone, err);
    if (ok) {
        struct civil_date first = time_zone_date(&zone, time_ms / 1000), end;
        if (objective->calendar == CALENDAR_WEEK) {
            int64_t days = civil_days(first);
            first = civil_of_days(days - (civil_weekday(days) + 6) % 7);
            end = civil_of_days(civil_days(first) + 7);
        } else {
            bool quarter = objective->calendar == CALENDAR_QUARTER;
            first = (struct civil_date){first.year, quarter ? (first.month - 1) / 3 * 3 + 1 : first.month, 1};
            end = month_after(first, quarter ? 3 : 1);
        }
        *ret = (struct period){time_zone_midnight_s(&zone, first) * 1000, time_zone_midnight_s(&zone, end) * 1000};
    }
    arena_finish(&arena);
    return ok || error_prefix(err, "objective %s", objective->name);
}
