// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyzer/history.h"
#include "made_history.h"

#define HOUR_MS INT64_C(3600000)
#define METRICS                                                                                                                            \
    "  - {name: latency, query: 'latency{${scope}}', pre: {length: 10m}}\n"                                                                \
    "  - {name: share, query: 'sum(rate(hits{${scope}}[${window}]))'}\n"                                                                   \
    "  - {name: errors, counts: {bad: 'bad{${scope}}', total: 'all{${scope}}'}}\n"                                                         \
    "objectives:\n"                                                                                                                        \
    "  - {name: availability, target: 99.9%, period: 30d, counts: {bad: 'bad', total: 'all'}}\n"

static void test_history__asks_for_the_whole_time_once(void **state) {
    (void)state;
    struct made_history made;
    struct plan first;
    struct error err = {0};
    made_start(&made, METRICS, 6 * HOUR_MS, false);
    const struct history *h = &made.history;
    assert_true(plan_build(&made.r.config, h->from_ms + HOUR_MS / 2, &made.r.arena, &first, &err));
    assert_int_equal(first.query_count, h->plan.query_count);
    assert_true(first.objectives != NULL && h->plan.objectives == NULL); // budgets are of periods, not of windows
    for (size_t q = 0; q < first.query_count; q++) { // from the first window's begin to the last one's end, by the same expression
        const struct query *whole = &h->plan.queries[q].query, *one = &first.queries[q].query;
        assert_int_equal(whole->start_ms, one->start_ms);
        assert_int_equal(whole->end_ms, one->end_ms + 6 * HOUR_MS - HOUR_MS / 2);
        assert_string_equal(whole->expr, one->expr);
    }
    made_finish(&made);
}

static void test_history__cuts_what_a_source_would_have_answered(void **state) {
    (void)state;
    struct series_set set;
    series_set_init(&set);
    series_set_add(&set);
    series_set_add(&set);
    for (int64_t k = 0; k < 10; k++) series_append(&set.items[0], 1000 * k, (double)k);
    series_append(&set.items[1], 2000, 7);
    for (int64_t k = 0; k < 4; k++) series_append_histogram(&set.items[1], &(struct histogram){.time_ms = 1000 * k, .count = (double)k});
    struct answer whole = {.http_status = 200, .set = set}, cut;
    static const bool second[] = {false, true};
    static const struct {
        struct history_slice slice;
        size_t series, samples, histograms;
        int64_t first_ms;
    } cases[] = {
        {{3000, 5000, 0, NULL}, 2, 3, 1, 3000}, // both borders are in
        {{3001, 4999, 0, NULL}, 1, 1, 0, 4000},   {{-9, 99999, 0, NULL}, 2, 10, 4, 0},  {{3000, 5000, 7000, NULL}, 2, 3, 1, 10000},
        {{2000, 2000, 0, second}, 1, 1, 1, 2000}, {{9001, 99999, 0, NULL}, 0, 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena arena = {0};
        size_t histograms = 0;
        history_cut(&whole, &cases[i].slice, &arena, &cut);
        for (size_t k = 0; k < cut.set.count; k++) histograms += cut.set.items[k].histogram_count;
        if (cut.set.count != cases[i].series || histograms != cases[i].histograms ||
            (cut.set.count > 0 && (cut.set.items[0].count != cases[i].samples || cut.set.items[0].time_ms[0] != cases[i].first_ms)))
            fail_msg("case %zu: %zu series, %zu histograms", i, cut.set.count, histograms);
        arena_finish(&arena);
    }
    assert_true(history_has(&set.items[0], 8500, 9000) && !history_has(&set.items[0], 8500, 8999));
    assert_true(history_has(&set.items[1], 2500, 3000) && !history_has(&set.items[1], 3001, 9000));
    series_set_finish(&set);
}

static void test_history__must_hold_a_window(void **state) {
    (void)state;
    struct made_history made;
    struct history h;
    struct error err = {0};
    made_start(&made, METRICS, HOUR_MS, false);
    assert_true(history_plan(&made.r.config, MADE_END_MS - HOUR_MS / 2, MADE_END_MS, &made.r.arena, &h, &err));
    assert_false(history_plan(&made.r.config, MADE_END_MS - HOUR_MS / 2 + 1, MADE_END_MS, &made.r.arena, &h, &err));
    assert_int_equal(err.code, ERROR_USAGE);
    made_finish(&made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_history__asks_for_the_whole_time_once),
        cmocka_unit_test(test_history__cuts_what_a_source_would_have_answered),
        cmocka_unit_test(test_history__must_hold_a_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
