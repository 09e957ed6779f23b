// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "analyzer/notify_config.h"
#include "base/timetext.h"
#include "good_config.h"

static const char *read_notify(struct read_config *r, const char *notify) {
    struct buf out;
    *r = (struct read_config){0};
    read_config(r, arena_printf(&r->arena, "%snotify: %s\n", good_config, notify), NULL);
    buf_init(&out, 1 << 16);
    findings_print(&r->findings, &out);
    const char *copy = arena_strdup(&r->arena, buf_text(&out));
    buf_finish(&out);
    return copy;
}

static void test_notify__is_quiet_in_its_windows(void **state) {
    (void)state;
    static const char windows[] = "{time_zone: Europe/Berlin, windows: [{days: [sat, sun], from: \"22:00\", to: \"06:00\"}, "
                                  "{from: \"12:00\", to: \"12:30\"}, {from: 2026-12-24T00:00:00Z, to: 2026-12-28T12:00:00Z}]}";
    static const struct {
        const char *time; // summer: two hours behind the clock there
        bool quiet;
    } cases[] = {{"2026-07-04T19:59:59Z", false}, {"2026-07-04T20:00:00Z", true},  {"2026-07-05T03:59:59Z", true},
                 {"2026-07-05T04:00:00Z", false}, {"2026-07-06T03:59:00Z", true},  {"2026-07-06T20:00:00Z", false},
                 {"2026-07-03T20:30:00Z", false}, {"2026-07-04T03:00:00Z", false}, {"2026-07-08T10:15:00Z", true},
                 {"2026-01-07T11:15:00Z", true},  {"2026-01-07T10:15:00Z", false}, {"2026-12-25T09:00:00Z", true},
                 {"2026-12-28T12:00:00Z", false}};
    struct read_config r;
    const char *found = read_notify(&r, windows);
    if (!r.ok) fail_msg("%s", found);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t ms = 0;
        assert_true(time_parse(view_of(cases[i].time), &ms));
        if (notify_is_quiet(r.config.notify, ms) != cases[i].quiet) fail_msg("%s: not %d", cases[i].time, cases[i].quiet);
    }
    read_config_finish(&r);
}

static void test_notify__has_defaults(void **state) {
    (void)state;
    struct read_config r;
    const char *found = read_notify(&r, "{}");
    if (!r.ok) fail_msg("%s", found);
    assert_true(r.config.notify->of == 1 && r.config.notify->in == 1 && r.config.notify->correlation);
    assert_false(notify_is_quiet(r.config.notify, INT64_C(1735689600000)));
    read_config_finish(&r);
}

static void test_notify__tells_what_is_wrong(void **state) {
    (void)state;
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"{time_zone: Mars/Base}", "time_zone"},
        {"{hysteresis: {of: 3, in: 2}}", "of is from 1 to in"},
        {"{hysteresis: {of: 1, in: 51}}", "at most 50"},
        {"{hysteresis: {of: 1}}", "in"},
        {"{windows: [{days: someday, from: \"10:00\", to: \"11:00\"}]}", "days"},
        {"{windows: [{from: \"10:60\", to: \"11:00\"}]}", "HH:MM"},
        {"{windows: [{from: \"25:00\", to: \"11:00\"}]}", "HH:MM"},
        {"{windows: [{from: \"10:00\", to: 2026-12-27T00:00:00Z}]}", "HH:MM"},
        {"{windows: [{from: 2026-12-27T00:00:00Z, to: 2026-12-24T00:00:00Z}]}", "to must be behind from"},
        {"{windows: [{days: sat, from: 2026-12-24T00:00:00Z, to: 2026-12-27T00:00:00Z}]}", "days need"},
        {"{windos: []}", "windows"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct read_config r;
        const char *found = read_notify(&r, cases[i].text);
        if (r.ok || strstr(found, cases[i].wanted) == NULL) fail_msg("%s: %s", cases[i].text, found);
        read_config_finish(&r);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_notify__is_quiet_in_its_windows),
        cmocka_unit_test(test_notify__has_defaults),
        cmocka_unit_test(test_notify__tells_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
