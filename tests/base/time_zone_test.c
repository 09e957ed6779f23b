// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/time_zone.h"

static void test_time_zone__gives_midnights_of_real_zones(void **state) {
    (void)state;
    static const struct {
        const char *zone;
        struct civil_date date;
        int64_t begin_s; // by Python's zoneinfo
    } cases[] = {
        {"UTC", {2026, 8, 1}, 1785542400},
        {"Europe/Berlin", {2026, 3, 29}, 1774738800},
        {"Europe/Berlin", {2026, 3, 30}, 1774821600},
        {"Europe/Berlin", {2026, 10, 26}, 1792969200},
        {"Europe/Berlin", {2050, 7, 1}, 2540239200}, // by the rule, after the last change in the file
        {"Europe/Berlin", {2050, 1, 1}, 2524604400},
        {"America/New_York", {2025, 11, 3}, 1762146000},
        {"America/New_York", {2060, 7, 4}, 2856139200},
        {"Asia/Kolkata", {2026, 1, 1}, 1767205800},
        {"Australia/Sydney", {2050, 1, 1}, 2524568400},   // summer in January
        {"America/Sao_Paulo", {2018, 11, 4}, 1541300400}, // the clock jumped over midnight
        {"America/Havana", {2025, 11, 2}, 1762056000},    // midnight came twice
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena arena = {0};
        struct time_zone zone;
        struct error err = {0};
        if (!time_zone_load(cases[i].zone, &arena, &zone, &err)) fail_msg("%s", err.text);
        int64_t found = time_zone_midnight_s(&zone, cases[i].date);
        if (found != cases[i].begin_s) fail_msg("case %zu, %s: %lld", i, cases[i].zone, (long long)found);
        struct civil_date date = time_zone_date(&zone, found), before = time_zone_date(&zone, found - 1);
        assert_int_equal(date.day, cases[i].date.day);
        assert_int_not_equal(before.day, cases[i].date.day);
        arena_finish(&arena);
    }
}

static void test_time_zone__reads_rules_of_all_forms(void **state) {
    (void)state;
    static const struct {
        const char *rule;
        int64_t time_s;
        int64_t offset_s;
        bool ok;
    } cases[] = {
        {"UTC0", 0, 0, true},
        {"<+0330>-3:30", 0, 12600, true},
        {"EST5EDT,M3.2.0,M11.1.0", 1751328000, -14400, true},    // 2025-07-01
        {"EST5EDT,M3.2.0,M11.1.0", 1735689600, -18000, true},    // 2025-01-01
        {"AAA3BBB2:30,J60/0,J300/-1", 1740797999, -10800, true}, // 2025-03-01 02:59:59Z, a second before
        {"AAA3BBB2:30,J60/0,J300/-1", 1740798000, -9000, true},  // day 60 without leap days is the first of March
        {"AAA3BBB,59/0,300", 1709175600, -7200, true},           // 2024-02-29 03:00Z: day 59 counts leap days
        {"AAA3BBB,59/0,300", 1709175599, -10800, true},
        {"AAA3BBB,M13.1.0,M11.1.0", 0, 0, false},
        {"AAA3BBB,M3.1.0", 0, 0, false},
        {"AAA3BBB", 0, 0, false},
        {"AA3", 0, 0, false},
        {"<AAA3", 0, 0, false},
        {"AAA3BBB,M3.1.0,M11.1.0,", 0, 0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        // An empty block of version 1, one of version 2 with a single type, the rule.
        struct arena arena = {0};
        struct time_zone zone;
        struct error err = {0};
        char bytes[256] = "TZif2";
        size_t len = 44;
        memcpy(bytes + len, "TZif2", 5);
        bytes[len + 39] = 1; // one type
        bytes[len + 43] = 1; // of one character
        len += 44 + 6 + 1;
        bytes[len++] = '\n';
        memcpy(bytes + len, cases[i].rule, strlen(cases[i].rule));
        len += strlen(cases[i].rule);
        bytes[len++] = '\n';
        bool ok = time_zone_parse((struct view){bytes, len}, &arena, &zone, &err);
        if (ok != cases[i].ok) fail_msg("%s: %s", cases[i].rule, ok ? "taken" : err.text);
        if (ok && time_zone_offset_s(&zone, cases[i].time_s) != cases[i].offset_s)
            fail_msg("%s at %lld: %lld", cases[i].rule, (long long)cases[i].time_s, (long long)time_zone_offset_s(&zone, cases[i].time_s));
        for (size_t cut = 0; ok && cut < len - 1; cut++) assert_false(time_zone_parse((struct view){bytes, cut}, &arena, &zone, NULL));
        arena_finish(&arena);
    }
}

static void test_time_zone__refuses_names_that_leave_the_folder(void **state) {
    (void)state;
    static const char *const names[] = {"", "/etc/passwd", "../../../etc/passwd", "Europe/Nowhere", "Europe", "a b", "x\ny"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct arena arena = {0};
        struct time_zone zone;
        struct error err = {0};
        if (time_zone_load(names[i], &arena, &zone, &err)) fail_msg("%s is taken", names[i]);
        assert_int_not_equal(err.code, ERROR_NONE);
        arena_finish(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_time_zone__gives_midnights_of_real_zones),
        cmocka_unit_test(test_time_zone__reads_rules_of_all_forms),
        cmocka_unit_test(test_time_zone__refuses_names_that_leave_the_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
