// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "analyzer/period.h"
#include "base/timetext.h"

static int64_t time_of(const char *text) {
    int64_t ms = 0;
    assert_true(time_parse(view_of(text), &ms));
    return ms;
}

static void test_period__of_calendars_follows_the_zone(void **state) {
    (void)state;
    static const struct {
        enum objective_calendar calendar;
        const char *zone, *at, *start, *end;
    } cases[] = {
        {CALENDAR_MONTH, "UTC", "2024-02-29T12:00:00Z", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"},
        {CALENDAR_MONTH, "UTC", "2024-03-01T00:00:00Z", "2024-03-01T00:00:00Z", "2024-04-01T00:00:00Z"},
        {CALENDAR_MONTH, "UTC", "2024-12-31T23:59:59.999Z", "2024-12-01T00:00:00Z", "2025-01-01T00:00:00Z"},
        {CALENDAR_MONTH, "Europe/Berlin", "2026-03-31T22:30:00Z", "2026-04-01T00:00:00+02:00", "2026-05-01T00:00:00+02:00"},
        {CALENDAR_MONTH, "Europe/Berlin", "2026-03-15T12:00:00Z", "2026-03-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00"},
        {CALENDAR_QUARTER, "America/New_York", "2026-11-15T12:00:00Z", "2026-10-01T00:00:00-04:00", "2027-01-01T00:00:00-05:00"},
        {CALENDAR_QUARTER, "UTC", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z"},
        {CALENDAR_WEEK, "UTC", "2026-08-02T23:00:00Z", "2026-07-27T00:00:00Z", "2026-08-03T00:00:00Z"}, // a Sunday
        {CALENDAR_WEEK, "Asia/Kolkata", "2026-08-02T23:00:00Z", "2026-08-03T00:00:00+05:30", "2026-08-10T00:00:00+05:30"},
        {CALENDAR_WEEK, "UTC", "2025-01-01T00:00:00Z", "2024-12-30T00:00:00Z", "2025-01-06T00:00:00Z"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct objective_config o = {.name = "o", .calendar = cases[i].calendar, .time_zone = cases[i].zone};
        struct period period;
        struct error err = {0};
        if (!period_at(&o, time_of(cases[i].at), &period, &err)) fail_msg("%s", err.text);
        if (period.start_ms != time_of(cases[i].start) || period.end_ms != time_of(cases[i].end))
            fail_msg("case %zu: %lld to %lld", i, (long long)period.start_ms, (long long)period.end_ms);
    }
}

static void test_period__rolls_without_a_calendar(void **state) {
    (void)state;
    struct objective_config o = {.name = "o", .period_ms = 7 * 86400000LL, .time_zone = "Nowhere/AtAll"};
    struct period period;
    assert_true(period_at(&o, 1000000000000, &period, NULL));
    assert_int_equal(period.end_ms, 1000000000000);
    assert_int_equal(period.end_ms - period.start_ms, o.period_ms);
    o.calendar = CALENDAR_MONTH;
    assert_false(period_at(&o, 1000000000000, &period, NULL));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_period__of_calendars_follows_the_zone),
        cmocka_unit_test(test_period__rolls_without_a_calendar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
