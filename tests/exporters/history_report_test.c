// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "documents.h"
#include "exporters/history_report.h"
#include "exporters/parity_report.h"

enum { LIMIT = 1 << 20 };

typedef bool render_fn(struct buf *out, const json_t *document, const struct report_style *style, struct error *err);

static const struct {
    const char *name;
    render_fn *render;
} kinds[] = {{"calibration", calibration_text}, {"backtest", backtest_text}, {"parity", parity_text}};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

static void test_history_report__matches_golden_files(void **state) {
    (void)state;
    static const struct {
        const char *suffix;
        struct report_style style;
    } styles[] = {{"utf8.txt", {.width = 80}},
                  {"ascii.txt", {.width = 80, .ascii = true}},
                  {"color.txt", {.width = 110, .color = true}},
                  {"quiet.txt", {.width = 80, .quiet = true}}};
    for (size_t i = 0; i < KINDS * 4; i++) {
        json_t *document = document_load(kinds[i / 4].name);
        struct buf out;
        struct error err = {0};
        char file[64];
        buf_init(&out, LIMIT);
        if (!kinds[i / 4].render(&out, document, &styles[i % 4].style, &err)) fail_msg("%s", err.text);
        snprintf(file, sizeof file, "%s.%s", kinds[i / 4].name, styles[i % 4].suffix);
        document_golden(file, &out);
        buf_finish(&out);
        json_decref(document);
    }
}

// Names and reasons may hold anything; a terminal must not obey them.
static void test_history_report__prints_hostile_texts_harmlessly(void **state) {
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        json_t *document = document_load(kinds[i].name);
        struct buf out;
        struct error err = {0};
        struct report_style style = {.width = 80};
        document_poison(document, "\x1b[31m\r\n\xc2\x9b\xe2\x80\xae");
        buf_init(&out, LIMIT);
        if (!kinds[i].render(&out, document, &style, &err)) fail_msg("%s", err.text);
        assert_null(strpbrk(buf_text(&out), "\x1b\r"));
        assert_null(strstr(buf_text(&out), "\xe2\x80\xae"));
        buf_finish(&out);
        json_decref(document);
    }
}

static void test_history_report__names_what_is_missing(void **state) {
    (void)state;
    static const char *const members[KINDS][4] = {
        {"windows", "false_fails", "metrics", "seed"}, {"windows", "verdicts", "time", "canary"}, {"parity", "window", "min", "canary"}};
    for (size_t i = 0; i < KINDS * 4; i++) {
        json_t *document = document_load(kinds[i / 4].name);
        struct buf out;
        struct error err = {0};
        struct report_style style = {.width = 80};
        json_object_del(document, members[i / 4][i % 4]);
        buf_init(&out, LIMIT);
        assert_false(kinds[i / 4].render(&out, document, &style, &err));
        if (strstr(err.text, members[i / 4][i % 4]) == NULL) fail_msg("%s: %s", members[i / 4][i % 4], err.text);
        buf_finish(&out);
        buf_init(&out, 20);
        json_decref(document);
        document = document_load(kinds[i / 4].name);
        assert_false(kinds[i / 4].render(&out, document, &style, &err)); // full
        buf_finish(&out);
        json_decref(document);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_history_report__matches_golden_files),
        cmocka_unit_test(test_history_report__prints_hostile_texts_harmlessly),
        cmocka_unit_test(test_history_report__names_what_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
