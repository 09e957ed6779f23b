// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "hand_answers.h"

static void add(struct series *series, int64_t start_ms, const double *values, size_t count) {
    for (size_t k = 0; k < count; k++) series_append(series, start_ms + (int64_t)k * 15000, values[k]);
}

static void check_values(const struct side_samples *column, const double *want, size_t count) {
    assert_int_equal(column->count, count);
    for (size_t k = 0; k < count; k++) {
        if (fabs(column->values[k] - want[k]) > 1e-12) fail_msg("value %zu is %g, wanted %g", k, column->values[k], want[k]);
    }
}

static void test_samples__series_are_pooled_in_label_order(void **state) {
    (void)state;
    struct hand h = {0};
    hand_start(&h, good_config);
    add(hand_series(&h, 1, PART_VALUE, SIDE_CANARY, "pod", "b"), h.plan.start_ms, (double[]){4, 5}, 2);
    add(hand_series(&h, 1, PART_VALUE, SIDE_CANARY, "pod", "a"), h.plan.start_ms, (double[]){1, 2, 3}, 3);
    struct samples s = hand_samples(&h);
    assert_int_equal(s.count, 3); // one a metric, data or not
    assert_int_equal(s.items[1].metric, 1);
    check_values(&s.items[1].sides[SIDE_CANARY], (double[]){1, 2, 3, 4, 5}, 5);
    assert_int_equal(s.items[1].sides[SIDE_BASELINE].count, 0);
    assert_true(fabs(s.items[1].sides[SIDE_CANARY].trend[0] - 3) < 1e-12);
    assert_true(isnan(s.items[1].sides[SIDE_CANARY].trend[TREND_POINTS - 1]));
    hand_finish(&h);
}

static void test_samples__by_splits_and_keeps_a_missing_side_empty(void **state) {
    (void)state;
    struct hand h = {0};
    hand_start(&h, edited_config(&h.r.arena, "    query: 'mem", "    by: zone\n    query: 'mem"));
    add(hand_series(&h, 1, PART_VALUE, SIDE_CANARY, "zone", "z2"), h.plan.start_ms, (double[]){7}, 1);
    add(hand_series(&h, 1, PART_VALUE, SIDE_CANARY, "zone", "z1"), h.plan.start_ms, (double[]){5}, 1);
    add(hand_series(&h, 1, PART_VALUE, SIDE_BASELINE, "zone", "z1"), h.plan.start_ms, (double[]){6, (double)NAN}, 2);
    struct samples s = hand_samples(&h);
    assert_int_equal(s.count, 4);
    assert_string_equal(s.items[1].tags.items[0].value, "z1");
    check_values(&s.items[1].sides[SIDE_CANARY], (double[]){5}, 1);
    assert_int_equal(s.items[1].sides[SIDE_BASELINE].count, 2); // a gap is kept for the judge
    assert_string_equal(s.items[2].tags.items[0].value, "z2");
    assert_int_equal(s.items[2].sides[SIDE_BASELINE].count, 0);
    check_values(&s.items[2].sides[SIDE_CANARY], (double[]){7}, 1);
    hand_finish(&h);
}

static void test_samples__counts_divide_last(void **state) {
    (void)state;
    struct hand h = {0};
    hand_start(&h, good_config);
    // Two counters of one side, one of them reset; no series of errors on the baseline means no errors.
    add(hand_series(&h, 0, PART_TOTAL, SIDE_CANARY, "pod", "a"), h.plan.start_ms, (double[]){100, 110, 130, 130}, 4);
    add(hand_series(&h, 0, PART_TOTAL, SIDE_CANARY, "pod", "b"), h.plan.start_ms, (double[]){50, 80, 10, 10}, 4);
    add(hand_series(&h, 0, PART_BAD, SIDE_CANARY, "pod", "a"), h.plan.start_ms, (double[]){3, 5, 8, 8}, 4);
    add(hand_series(&h, 0, PART_TOTAL, SIDE_BASELINE, "pod", "c"), h.plan.start_ms, (double[]){0, 20, 40}, 3);
    struct samples s = hand_samples(&h);
    const struct side_samples *canary = &s.items[0].sides[SIDE_CANARY], *baseline = &s.items[0].sides[SIDE_BASELINE];
    check_values(canary, (double[]){2.0 / 40, 3.0 / 30}, 2); // the block without traffic is left out
    check_values(baseline, (double[]){0, 0}, 2);
    assert_true(fabs(canary->bad - 5) < 1e-12 && fabs(canary->total - 70) < 1e-12);
    assert_true(fabs(baseline->bad) < 1e-12 && fabs(baseline->total - 40) < 1e-12);
    hand_finish(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples__series_are_pooled_in_label_order),
        cmocka_unit_test(test_samples__by_splits_and_keeps_a_missing_side_empty),
        cmocka_unit_test(test_samples__counts_divide_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
