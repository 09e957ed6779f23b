// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "query/cadence.h"

static double stale(void) {
    uint64_t bits = STALE_BITS;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static struct series *add(struct series_set *set, const int64_t *times, size_t count) {
    struct series *series = series_set_add(set);
    for (size_t i = 0; i < count; i++) series_append(series, times[i], 2.385);
    return series;
}

static void test_cadence_of__finds_interval_and_gaps(void **state) {
    (void)state;
    static const struct {
        const char *what;
        int64_t time_ms[8];
        size_t count;
        int64_t interval_ms;
        size_t gaps;
        uint64_t missing;
        int64_t longest_ms;
    } cases[] = {
        {"nothing", {0}, 0, 0, 0, 0, 0},
        {"one", {5}, 1, 0, 0, 0, 0},
        {"even", {0, 15, 30, 45}, 4, 15, 0, 0, 15},
        {"jitter", {0, 15003, 29991, 45020, 60001}, 5, 14988, 0, 0, 15029},
        {"one scrape missing", {0, 15, 30, 60, 75}, 5, 15, 1, 1, 30},
        {"a long hole and a short one", {0, 10, 20, 30, 70, 80, 90, 109}, 8, 10, 2, 4, 40},
        {"an early one is no gap", {0, 10, 20, 24, 34}, 5, 10, 0, 0, 10},
        {"far apart", {INT64_MIN, 0, INT64_MAX}, 3, INT64_MAX, 0, 0, INT64_MAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct series_set set;
        series_set_init(&set);
        struct cadence c;
        cadence_of(add(&set, cases[i].time_ms, cases[i].count), &c);
        if (c.samples != cases[i].count || c.interval_ms != cases[i].interval_ms || c.gaps != cases[i].gaps ||
            c.missing != cases[i].missing || c.longest_gap_ms != cases[i].longest_ms)
            fail_msg("%s: %zu samples, interval %lld, %zu gaps, %llu missing, longest %lld", cases[i].what, c.samples,
                     (long long)c.interval_ms, c.gaps, (unsigned long long)c.missing, (long long)c.longest_gap_ms);
        series_set_finish(&set);
    }
}

static void test_cadence_of__takes_histograms_in_and_leaves_markers_out(void **state) {
    (void)state;
    struct series_set set;
    series_set_init(&set);
    struct series *series = add(&set, (const int64_t[]){1000, 2000}, 2);
    series_append(series, 2500, stale());
    series_append_histogram(series, &(struct histogram){.time_ms = 3000, .sum = 1});
    series_append_histogram(series, &(struct histogram){.time_ms = 4000, .sum = (double)NAN});
    series_append_histogram(series, &(struct histogram){.time_ms = 4100, .sum = stale()});
    struct cadence c;
    cadence_of(series, &c);
    assert_int_equal(c.samples, 4);
    assert_int_equal(c.markers, 2);
    assert_int_equal(c.interval_ms, 1000);
    assert_int_equal(c.first_ms, 1000);
    assert_int_equal(c.last_ms, 4000);
    series_set_finish(&set);
}

static void test_cadence_of__takes_many_samples(void **state) {
    (void)state;
    struct series_set set;
    series_set_init(&set);
    struct series *series = series_set_add(&set);
    for (int64_t i = 0; i < 50000; i++) series_append(series, i * 15000 + i % 7, 1);
    struct cadence c;
    cadence_of(series, &c);
    assert_int_equal(c.samples, 50000);
    assert_int_equal(c.interval_ms, 15001);
    assert_int_equal(c.gaps, 0);
    series_set_finish(&set);
}

static void test_cadence_interval__is_the_median_of_series_that_have_one(void **state) {
    (void)state;
    struct series_set set;
    series_set_init(&set);
    add(&set, (const int64_t[]){0, 15, 30}, 3);
    add(&set, (const int64_t[]){7}, 1);
    add(&set, (const int64_t[]){0, 60}, 2);
    add(&set, (const int64_t[]){0, 15}, 2);
    struct arena arena = {0};
    const struct series **order = series_set_sorted(&set, &arena);
    assert_int_equal(cadence_interval(order, 4), 15);
    assert_int_equal(cadence_interval(order, 0), 0);
    arena_finish(&arena);
    series_set_finish(&set);
}

static void add_points(struct series_set *set, const char *letters) {
    struct series *series = series_set_add(set);
    for (size_t i = 0; letters[i] != '\0'; i++)
        series_append(series, (int64_t)i * 15000, letters[i] == '?' ? (double)NAN : letters[i] * 1.5);
}

static void test_cadence_copies__sees_repeated_samples(void **state) {
    (void)state;
    static const struct {
        const char *points;
        int64_t interval_ms;
    } cases[] = {
        {"aabbbbccccddddeeeef", 60000},  // a minute read every 15 seconds
        {"aaabbbccccdddeeeff", 45000},   // 50 seconds: runs of three and four
        {"aabbbbccccccccddddee", 60000}, // one value stayed
        {"abcdefgh", 0},                 // samples of their own
        {"aabbccdefgg", 0},              // some repeat by chance
        {"aaaaaaaaaaaaaa", 0},           // constant: cannot be told
        {"aaaabbbbcccc", 0},             // too few changes
        {"aa??bbccdd", 30000},           // NaN equals NaN
        {"", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct series_set set;
        series_set_init(&set);
        add_points(&set, cases[i].points);
        int64_t got = cadence_copies(&set.items[0], 15000);
        if (got != cases[i].interval_ms) fail_msg("%s: %lld", cases[i].points, (long long)got);
        series_set_finish(&set);
    }
}

static void test_cadence_warn_copies__wants_half_of_the_series(void **state) {
    (void)state;
    struct series_set set;
    struct buf out;
    series_set_init(&set);
    buf_init(&out, 4096);
    assert_false(cadence_warn_copies(&set, 15000, &out));
    add_points(&set, "aabbbbccccddddeeeef");
    add_points(&set, "abcdefgh");
    assert_true(cadence_warn_copies(&set, 15000, &out));
    assert_string_equal(buf_text(&out),
                        "the step of 15s seems to be below the scrape interval: each value comes about 4 times in a row, as "
                        "copies that count as samples; take a step of 1m or longer, or a plain selector, which is read "
                        "sample by sample");
    buf_clear(&out);
    add_points(&set, "aaaaaaaa");
    assert_false(cadence_warn_copies(&set, 15000, &out));
    assert_int_equal(out.len, 0);
    buf_finish(&out);
    series_set_finish(&set);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cadence_of__finds_interval_and_gaps),
        cmocka_unit_test(test_cadence_of__takes_histograms_in_and_leaves_markers_out),
        cmocka_unit_test(test_cadence_of__takes_many_samples),
        cmocka_unit_test(test_cadence_interval__is_the_median_of_series_that_have_one),
        cmocka_unit_test(test_cadence_copies__sees_repeated_samples),
        cmocka_unit_test(test_cadence_warn_copies__wants_half_of_the_series),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
