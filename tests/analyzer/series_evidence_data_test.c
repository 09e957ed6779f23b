// SPDX-License-Identifier: GPL-3.0-or-later
// Evidence of series whose data are unlike the usual: constant, zero, negative, missing, apart in time, too few.
#include <math.h>

#include "evidence_check.h"
#include "noise.h"
#include "sides.h"

static void test_series_evidence__constant_series(void **state) {
    (void)state;
    struct sides s;
    for (size_t i = 0; i < SIDES_STEPS; i++) s.baseline[i] = s.canary[i] = 7.25;
    struct evidence e = judge_increase(&s);
    check_verdict(&e, EVIDENCE_PASS, "identical");
    check_near("nothing", e.estimate, 0, 0);
    for (size_t i = 0; i < SIDES_STEPS; i++) s.canary[i] = 7.25 * 1.04;
    e = judge_increase(&s);
    check_verdict(&e, EVIDENCE_PASS, "constant");
    for (size_t i = 0; i < SIDES_STEPS; i++) s.canary[i] = 7.25 * 1.5;
    e = judge_increase(&s);
    check_verdict(&e, EVIDENCE_FAIL, "constant");
    check_near("half more", e.estimate, 0.5, 1e-12);
    e = judge_sides(&s, EVIDENCE_EITHER);
    check_verdict(&e, EVIDENCE_FAIL, "constant");
    e = judge_sides(&s, EVIDENCE_DECREASE);
    check_verdict(&e, EVIDENCE_PASS, "constant");
    struct evidence_settings settings;
    evidence_settings_default(&settings);
    settings.horizon = SIDES_STEPS + 1;
    e = judge_columns(&(struct series_columns){.baseline = s.baseline, .canary = s.canary, .count = SIDES_STEPS}, &settings);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "constant"); // it may begin to vary
}

static void test_series_evidence__zeros(void **state) {
    (void)state;
    struct sides s = {{0}, {0}};
    struct evidence e = judge_increase(&s);
    check_verdict(&e, EVIDENCE_PASS, "identical");
    struct noise noise = {99, 0};
    for (size_t i = 0; i < SIDES_STEPS; i++) s.canary[i] = noise_uniform(&noise) < 0.5 ? 0 : 3;
    e = judge_increase(&s);
    assert_false(e.log_scale);
    check_verdict(&e, EVIDENCE_FAIL, NULL); // something where nothing was
    e = judge_sides(&s, EVIDENCE_DECREASE);
    check_verdict(&e, EVIDENCE_PASS, "");
}

static void test_series_evidence__negative_values_keep_their_order(void **state) {
    (void)state;
    struct sides s = sides_unchanged(80, 0.05, 12);
    for (size_t i = 0; i < SIDES_STEPS; i++) {
        s.baseline[i] = -s.baseline[i];
        s.canary[i] = -1.5 * s.canary[i]; // lower, though farther from zero
    }
    struct evidence e = judge_increase(&s);
    check_verdict(&e, EVIDENCE_PASS, "");
    e = judge_sides(&s, EVIDENCE_DECREASE);
    check_verdict(&e, EVIDENCE_FAIL, "location");
}

static void test_series_evidence__missing_values_drop_their_pair(void **state) {
    (void)state;
    struct sides s = sides_unchanged(80, 0.05, 13);
    struct noise noise = {5, 0};
    size_t pairs = 0;
    for (size_t i = 0; i < SIDES_STEPS; i++) {
        s.canary[i] *= 1.3;
        if (noise_uniform(&noise) < 0.25) s.canary[i] = i % 2 == 0 ? (double)NAN : (double)INFINITY;
        if (noise_uniform(&noise) < 0.1) s.baseline[i] = (double)NAN;
        pairs += isfinite(s.canary[i]) && isfinite(s.baseline[i]);
    }
    struct evidence e = judge_increase(&s);
    check_verdict(&e, EVIDENCE_FAIL, "location");
    assert_int_equal(e.count, pairs);
}

static void test_series_evidence__without_common_steps_order_is_what_is_left(void **state) {
    (void)state;
    struct sides s = sides_unchanged(80, 0.03, 14);
    for (size_t i = 0; i < SIDES_STEPS; i++) {
        if (i % 2 == 0) s.baseline[i] = (double)NAN;
        if (i % 2 == 1) s.canary[i] = (double)NAN;
    }
    struct evidence e = judge_increase(&s);
    assert_int_equal(e.count, SIDES_STEPS / 2);
    check_verdict(&e, EVIDENCE_PASS, "");
    for (size_t i = 0; i < SIDES_STEPS; i++) s.canary[i] *= 1.4;
    e = judge_increase(&s);
    check_verdict(&e, EVIDENCE_FAIL, "location");
}

static void test_series_evidence__too_little_data_has_no_verdict(void **state) {
    (void)state;
    struct sides s = sides_unchanged(80, 0.05, 15), none = s;
    struct evidence_settings settings;
    evidence_settings_default(&settings);
    struct series_columns columns = {.baseline = s.baseline, .canary = s.canary, .count = 7};
    struct evidence e = judge_columns(&columns, &settings);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "too_few");
    columns.count = 0;
    e = judge_columns(&columns, &settings);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "too_few");
    for (size_t i = 0; i < SIDES_STEPS; i++) none.canary[i] = (double)NAN;
    e = judge_increase(&none);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "too_few");
    check_near("no ranks", e.ranks.a12, (double)NAN, 0);
    columns.count = 8;
    e = judge_columns(&columns, &settings);
    assert_string_not_equal(evidence_reason_name(&e), "too_few");
}

static void test_series_evidence__an_old_offset_is_taken_out(void **state) {
    (void)state;
    struct sides before = sides_unchanged(80, 0.03, 16), s = sides_unchanged(80, 0.03, 17);
    struct evidence_settings settings;
    evidence_settings_default(&settings);
    for (size_t i = 0; i < SIDES_STEPS; i++) {
        before.canary[i] *= 1.2;
        s.canary[i] *= 1.2;
    }
    struct series_columns columns = {.baseline = s.baseline, .canary = s.canary, .count = SIDES_STEPS};
    struct evidence e = judge_columns(&columns, &settings);
    check_verdict(&e, EVIDENCE_FAIL, "location");
    columns.baseline_before = before.baseline;
    columns.canary_before = before.canary;
    columns.before_count = SIDES_STEPS;
    e = judge_columns(&columns, &settings);
    check_verdict(&e, EVIDENCE_PASS, "");
    assert_false(has_part(&e, EVIDENCE_MEAN)); // the means know of no offset
    check_near("nothing new", e.estimate, 0, 0.05);
    columns.before_count = 5; // too few to know it
    e = judge_columns(&columns, &settings);
    check_verdict(&e, EVIDENCE_FAIL, "location");
    assert_true(has_part(&e, EVIDENCE_MEAN));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_series_evidence__constant_series),
        cmocka_unit_test(test_series_evidence__zeros),
        cmocka_unit_test(test_series_evidence__negative_values_keep_their_order),
        cmocka_unit_test(test_series_evidence__missing_values_drop_their_pair),
        cmocka_unit_test(test_series_evidence__without_common_steps_order_is_what_is_left),
        cmocka_unit_test(test_series_evidence__too_little_data_has_no_verdict),
        cmocka_unit_test(test_series_evidence__an_old_offset_is_taken_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
