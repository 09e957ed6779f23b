// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "query/series.h"

static void check_text(const struct buf *buf, const char *want) {
    assert_string_equal(buf_text(buf), want);
}

static void test_series_clip__keeps_both_ends(void **state) {
    (void)state;
    static const struct {
        int64_t start, end;
        size_t count;
        int64_t first;
    } cases[] = {
        {0, 1000, 10, 10},  {20, 40, 3, 20}, {21, 39, 1, 30}, {10, 100, 10, 10},
        {101, 500, 0, 0},   {0, 9, 0, 0},    {50, 40, 0, 0},  {INT64_MIN, INT64_MAX, 10, 10},
        {100, 100, 1, 100},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct series_set set;
        series_set_init(&set);
        struct series *series = series_set_add(&set);
        for (int k = 1; k <= 10; k++) series_append(series, k * 10, k * 2.385);
        series_clip(series, cases[i].start, cases[i].end);
        if (series->count != cases[i].count) fail_msg("case %zu: %zu samples, wanted %zu", i, series->count, cases[i].count);
        if (series->count > 0) {
            assert_int_equal(series->time_ms[0], cases[i].first);
            double want = (double)cases[i].first / 10 * 2.385;
            if (series->value[0] != want) fail_msg("case %zu: value %.17g, wanted %.17g", i, series->value[0], want);
        }
        series_set_finish(&set);
    }
}

static void test_series_clip__takes_histograms_along(void **state) {
    (void)state;
    struct histogram items[] = {{.time_ms = 10}, {.time_ms = 20}, {.time_ms = 30}};
    struct series series = {.histograms = items, .histogram_count = 3};
    series_clip(&series, 20, 25);
    assert_int_equal(series.histogram_count, 1);
    assert_int_equal(series.histograms[0].time_ms, 20);
}

static void test_labels__are_sorted_bytewise_and_found(void **state) {
    (void)state;
    struct label items[] = {
        {view_of("job"), view_of("a")}, {view_of("Z"), view_of("")}, {view_of("jo"), view_of("c")}, {view_of("\xc3\xa9"), view_of("d")}};
    struct labels labels = {items, 4};
    labels_sort(&labels);
    struct buf buf;
    buf_init(&buf, 1000);
    labels_format(&buf, &labels);
    check_text(&buf, "{Z=\"\",jo=\"c\",job=\"a\",\xc3\xa9=\"d\"}");
    buf_finish(&buf);
    const struct label *found = labels_get(&labels, "job");
    assert_non_null(found);
    assert_true(view_is(found->value, "a"));
    assert_null(labels_get(&labels, "j"));
    assert_null(labels_get(&labels, "zone"));
}

static void test_labels_compare__orders_sets(void **state) {
    (void)state;
    struct label a[] = {{view_of("a"), view_of("1")}, {view_of("b"), view_of("2")}};
    struct label b[] = {{view_of("a"), view_of("1")}, {view_of("b"), view_of("21")}};
    struct labels short_a = {a, 1}, long_a = {a, 2}, long_b = {b, 2}, none = {NULL, 0};
    assert_int_equal(labels_compare(&long_a, &long_a), 0);
    assert_int_equal(labels_compare(&none, &none), 0);
    assert_true(labels_compare(&short_a, &long_a) < 0);
    assert_true(labels_compare(&long_b, &long_a) > 0);
    assert_true(labels_compare(&none, &short_a) < 0);
}

static void test_series_set_canonical__spells_special_values(void **state) {
    (void)state;
    struct series_set set;
    series_set_init(&set);
    set.type = RESULT_VECTOR;
    struct series *series = series_set_add(&set);
    series->labels.items = arena_array(&set.arena, 1, sizeof(struct label));
    series->labels.items[0] = (struct label){view_of("q"), view_of("a\"b\\c\nd")};
    series->labels.count = 1;
    series_append(series, -5, -(double)NAN);
    series_append(series, 7, -(double)INFINITY);
    series_append(series, 8, 0.1);
    series->histograms = calloc(1, sizeof *series->histograms);
    assert_non_null(series->histograms);
    struct bucket bucket = {3, -(double)INFINITY, 0.5, 2.5};
    series->histograms[0] = (struct histogram){.time_ms = 9, .count = 2.5, .sum = (double)INFINITY, .buckets = &bucket, .bucket_count = 1};
    series->histogram_count = 1;
    struct buf buf;
    buf_init(&buf, 1000);
    series_set_canonical(&buf, &set);
    check_text(&buf, "S {q=\"a\\\"b\\\\c\\nd\"}\nF -5 nan\nF 7 -inf\nF 8 0.10000000000000001\n"
                     "H 9 count=2.5 sum=inf buckets=1\nB 3 -inf 0.5 2.5\n");
    buf_finish(&buf);
    series_set_finish(&set);
}

static void test_series_set_finish__is_fine_with_nothing(void **state) {
    (void)state;
    series_set_finish(NULL);
    struct series_set set = {0};
    series_set_finish(&set);
    assert_int_equal(set.count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_series_clip__keeps_both_ends),
        cmocka_unit_test(test_series_clip__takes_histograms_along),
        cmocka_unit_test(test_labels__are_sorted_bytewise_and_found),
        cmocka_unit_test(test_labels_compare__orders_sets),
        cmocka_unit_test(test_series_set_canonical__spells_special_values),
        cmocka_unit_test(test_series_set_finish__is_fine_with_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
