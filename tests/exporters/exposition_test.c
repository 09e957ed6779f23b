// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "documents.h"
#include "exposition.h"

enum { LIMIT = 1 << 22 };

static void test_exposition__writes_each_family_once_with_its_help(void **state) {
    (void)state;
    struct buf out;
    struct exposition e;
    buf_init(&out, LIMIT);
    exposition_init(&e, &out);
    exposition_sample(&e, EXPORTED_VERDICT, (const char *[EXPORTED_LABELS]){"a\"b\\c\nd", "pass"}, 1);
    exposition_sample(&e, EXPORTED_VERDICT, (const char *[EXPORTED_LABELS]){"shop", "fail"}, 0);
    exposition_sample(&e, EXPORTED_SCORE, (const char *[EXPORTED_LABELS]){"shop"}, (double)NAN);
    exposition_sample(&e, EXPORTED_METRIC_RATIO, (const char *[EXPORTED_LABELS]){"shop", "é", NULL}, (double)INFINITY);
    exposition_sample(&e, EXPORTED_METRIC_RATIO, (const char *[EXPORTED_LABELS]){NULL, NULL, NULL}, 2.385);
    assert_string_equal(buf_text(&out), "# HELP serin_verdict Verdict of the last analysis: 1 for the verdict reached, 0 for the others.\n"
                                        "# TYPE serin_verdict gauge\n"
                                        "serin_verdict{canary=\"a\\\"b\\\\c\\nd\",verdict=\"pass\"} 1\n"
                                        "serin_verdict{canary=\"shop\",verdict=\"fail\"} 0\n"
                                        "# HELP serin_score Score of the last analysis; absent when nothing was judged.\n"
                                        "# TYPE serin_score gauge\n"
                                        "serin_score{canary=\"shop\"} NaN\n"
                                        "# HELP serin_metric_ratio Mean of the canary by mean of the baseline.\n"
                                        "# TYPE serin_metric_ratio gauge\n"
                                        "serin_metric_ratio{canary=\"shop\",metric=\"é\"} +Inf\n"
                                        "serin_metric_ratio 2.385\n");
    exposition_finish(&e);
    buf_finish(&out);
}

static void test_exposition__writes_a_series_once(void **state) {
    (void)state;
    struct buf out;
    struct exposition e;
    size_t lines = 0;
    buf_init(&out, LIMIT);
    exposition_init(&e, &out);
    for (int i = 0; i < 3000; i++) {
        char name[24];
        snprintf(name, sizeof name, "m%d", i % 1000);
        exposition_sample(&e, EXPORTED_METRIC_RATIO, (const char *[EXPORTED_LABELS]){"shop", name}, i);
    }
    for (const char *at = buf_text(&out); (at = strstr(at, "\nserin_")) != NULL; at++) lines++;
    assert_int_equal(lines, 1000);
    assert_non_null(strstr(buf_text(&out), "metric=\"m7\"} 7\n"));                                  // the first counts
    exposition_sample(&e, EXPORTED_METRIC_LEVEL, (const char *[EXPORTED_LABELS]){"shop", "m7"}, 1); // another family
    assert_non_null(strstr(buf_text(&out), "serin_metric_alpha{canary=\"shop\",metric=\"m7\"} 1\n"));
    exposition_finish(&e);
    buf_finish(&out);
}

static void test_exposition__stops_when_the_output_is_full(void **state) {
    (void)state;
    struct buf out;
    struct exposition e;
    buf_init(&out, 150);
    exposition_init(&e, &out);
    for (int i = 0; i < 100; i++) exposition_sample(&e, EXPORTED_SCORE, (const char *[EXPORTED_LABELS]){"shop"}, i);
    exposition_sample(&e, EXPORTED_START, (const char *[EXPORTED_LABELS]){"shop"}, 1);
    assert_true(out.failed);
    exposition_finish(&e);
    buf_finish(&out);
}

// Prometheus refuses a page with a name twice; readers of the documentation look names up.
static void test_metric_table__names_are_unique_and_complete(void **state) {
    (void)state;
    for (size_t i = 0; i < EXPORTED_COUNT; i++) {
        const struct exported_metric_row *row = &exported_metrics[i];
        if (row->name == NULL || row->help == NULL || row->unit == NULL) fail_msg("row %zu is not complete", i);
        size_t len = strlen(row->name);
        assert_true(strncmp(row->name, "serin_", 6) == 0 || strncmp(row->name, "process_", 8) == 0);
        assert_int_equal(strcmp(row->type, "counter") == 0, len > 6 && strcmp(row->name + len - 6, "_total") == 0);
        assert_int_equal(row->help[strlen(row->help) - 1], '.');
        for (size_t k = 0; k < i; k++) assert_string_not_equal(row->name, exported_metrics[k].name);
    }
}

static void test_metric_table__is_what_the_documentation_says(void **state) {
    (void)state;
    struct buf out;
    buf_init(&out, LIMIT);
    metric_table_docs(&out);
    document_golden("../../docs/metrics.md", &out);
    buf_finish(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exposition__writes_each_family_once_with_its_help),
        cmocka_unit_test(test_exposition__writes_a_series_once),
        cmocka_unit_test(test_exposition__stops_when_the_output_is_full),
        cmocka_unit_test(test_metric_table__names_are_unique_and_complete),
        cmocka_unit_test(test_metric_table__is_what_the_documentation_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
