// SPDX-License-Identifier: GPL-3.0-or-later
// Values that the baseline never has: when they fail a canary, and when the baseline is too short to say so.
#include <math.h>

#include "evidence_check.h"
#include "sides.h"

static void test_series_evidence__values_that_the_baseline_never_has(void **state) {
    (void)state;
    const double none[20] = {0}, rates[] = {0, 0.048, 0, 0.18, 0.089, 0, 0.098, 0.035, 0, 0};
    struct evidence_settings settings;
    evidence_settings_default(&settings);
    struct series_columns columns = {.baseline = none, .canary = rates, .count = 10};
    struct evidence e = judge_columns(&columns, &settings);
    check_verdict(&e, EVIDENCE_FAIL, "appearance");
    check_near("p", e.p, 0.0044582463414711298, 1e-15);
    assert_int_equal(e.onset, 1);
    settings.direction = EVIDENCE_EITHER; // a decrease cannot be seen and takes nothing of alpha
    e = judge_columns(&columns, &settings);
    check_verdict(&e, EVIDENCE_FAIL, "appearance");
    check_near("p either way", e.p, 0.0044582463414711298, 1e-15);
    settings.direction = EVIDENCE_INCREASE;
    settings.absolute = 0.1; // more than the whole mean with its error
    e = judge_columns(&columns, &settings);
    check_verdict(&e, EVIDENCE_PASS, "");
    settings.absolute = 0;
    settings.direction = EVIDENCE_DECREASE;
    e = judge_columns(&columns, &settings);
    check_verdict(&e, EVIDENCE_PASS, "");

    double rare[20] = {0}, run[20] = {0};
    settings.direction = EVIDENCE_INCREASE;
    rare[3] = rare[11] = 1;
    e = judge_columns(&(struct series_columns){.baseline = none, .canary = rare, .count = 20}, &settings);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "appearance");
    for (size_t i = 14; i < 18; i++) run[i] = 2;
    e = judge_columns(&(struct series_columns){.baseline = none, .canary = run, .count = 20}, &settings);
    check_verdict(&e, EVIDENCE_FAIL, "burst");
    assert_int_equal(e.onset, 14);
}

// A canary of `active` steps with a value after `quiet` ones, against a baseline of `silent` zeros.
static struct evidence judge_short(size_t silent, size_t quiet, size_t active, const struct evidence_settings *settings) {
    double baseline[20], canary[20];
    for (size_t i = 0; i < 20; i++) {
        baseline[i] = i < silent ? 0 : (double)NAN;
        canary[i] = i < quiet ? 0 : i < quiet + active ? (double)(1 + i % 2) : (double)NAN;
    }
    return judge_columns(&(struct series_columns){.baseline = baseline, .canary = canary, .count = 20}, settings);
}

static void test_series_evidence__values_that_a_short_baseline_never_has(void **state) {
    (void)state;
    static const struct {
        size_t silent, quiet, active;
        double p;
        bool fails;
    } cases[] = {
        {6, 3, 3, 10.0 / 1001, true},
        {6, 4, 2, 1, false}, // p is 1 where two may be chance
        {5, 0, 5, 1.0 / 2772, true},
        {4, 1, 3, 0.0095238095238095247, true},
        {5, 2, 3, 1.0 / 99, false},
        {20, 4, 2, 1, false},
        {20, 3, 3, 0.0003256003256003256, true},
        {6, 20, 0, 1, false},
        {3, 0, 6, 1, false},
        {6, 0, 3, 1, false}, // fewer than four on a side
    };
    struct evidence_settings settings;
    evidence_settings_default(&settings);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int either = 0; either < 2; either++) {
            settings.direction = either ? EVIDENCE_EITHER : EVIDENCE_INCREASE;
            struct evidence e = judge_short(cases[i].silent, cases[i].quiet, cases[i].active, &settings);
            check_near("p", e.p, cases[i].p, 1e-15);
            check_verdict(&e, cases[i].fails ? EVIDENCE_FAIL : EVIDENCE_INCONCLUSIVE, cases[i].fails ? "appearance" : "too_few");
            if (!cases[i].fails) continue;
            assert_int_equal(e.onset, cases[i].quiet);
            struct evidence_sightings seen = find_part(&e, EVIDENCE_APPEARANCE).seen;
            assert_true(seen.predictive && seen.active == cases[i].active && seen.steps == cases[i].quiet + cases[i].active);
            assert_int_equal(seen.silent, cases[i].silent);
        }
    }
}

static void test_series_evidence__a_short_baseline_has_its_limits(void **state) {
    (void)state;
    struct evidence_settings settings, own;
    evidence_settings_default(&settings);
    own = settings;
    own.alpha = 0.009; // as one of several looks
    struct evidence e = judge_short(6, 3, 3, &own);
    assert_int_equal(e.status, EVIDENCE_INCONCLUSIVE);
    check_near("p at another level", e.p, 10.0 / 1001, 1e-15);
    own = settings;
    own.absolute = 0.9; // the mean is 5 / 6
    e = judge_short(6, 3, 3, &own);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "too_few");
    own = settings;
    own.direction = EVIDENCE_DECREASE;
    e = judge_short(6, 3, 3, &own);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "too_few");
    own = settings;
    own.least = 9; // asked to wait for more
    e = judge_short(6, 3, 3, &own);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "too_few");
    own.least = 4; // fewer than usual: a fail stays one
    e = judge_short(6, 3, 3, &own);
    check_verdict(&e, EVIDENCE_FAIL, "appearance");
    const double some[] = {0, 0, 0, 0.5, 0, 0}, below[] = {0, 1, 1, 1, -1, 0}, none[] = {0, 0, 0, 0, 0, 0}, more[] = {0, 1, 1, 1, 0, 0};
    e = judge_columns(&(struct series_columns){.baseline = some, .canary = more, .count = 6}, &settings);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "too_few");
    e = judge_columns(&(struct series_columns){.baseline = none, .canary = below, .count = 6}, &settings);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "too_few");
}

static void test_series_evidence__a_burst_above_a_baseline_that_never_moves(void **state) {
    (void)state;
    const double steady[10] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, most[10] = {100, 100, 100, 100, 100, 100, 100, 1, 1, 1};
    const double brief[10] = {1, 1, 1, 100, 100, 1, 1, 1, 1, 1}, slight[10] = {1, 1, 1.4, 1.4, 1.4, 1.4, 1, 1, 1, 1};
    struct evidence_settings settings;
    evidence_settings_default(&settings);
    struct evidence e = judge_columns(&(struct series_columns){.baseline = steady, .canary = most, .count = 10}, &settings);
    check_verdict(&e, EVIDENCE_FAIL, "burst"); // though it is most of the window
    assert_int_equal(e.onset, 0);
    e = judge_columns(&(struct series_columns){.baseline = most, .canary = steady, .count = 10}, &settings);
    assert_int_not_equal(e.status, EVIDENCE_FAIL);
    e = judge_columns(&(struct series_columns){.baseline = steady, .canary = brief, .count = 10}, &settings);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, NULL);
    e = judge_columns(&(struct series_columns){.baseline = steady, .canary = slight, .count = 10}, &settings);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, NULL);
    settings.direction = EVIDENCE_DECREASE;
    e = judge_columns(&(struct series_columns){.baseline = steady, .canary = most, .count = 10}, &settings);
    assert_int_not_equal(e.status, EVIDENCE_FAIL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_series_evidence__values_that_the_baseline_never_has),
        cmocka_unit_test(test_series_evidence__values_that_a_short_baseline_never_has),
        cmocka_unit_test(test_series_evidence__a_short_baseline_has_its_limits),
        cmocka_unit_test(test_series_evidence__a_burst_above_a_baseline_that_never_moves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
