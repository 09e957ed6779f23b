// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/look_levels.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "analyzer/series_evidence.h"
#include "noise.h"

#define STEPS ((size_t)60)
#define LOOKS ((size_t)11)
#define ALPHA 0.01

static void make(enum spending_type spending, struct look_level *ret) {
    size_t at[LOOKS];
    for (size_t i = 0; i < LOOKS; i++) at[i] = FIRST_LOOK + 5 * i;
    look_levels(spending, ALPHA, at, LOOKS, STEPS, ret);
}

// A part that shares nothing with what it found at the looks before may only use what each look adds: by Boole's inequality that is alpha
// in all.
static void test_look_levels__leave_fresh_parts_alpha_in_all(void **state) {
    (void)state;
    static const enum spending_type types[] = {SPENDING_OBRIEN_FLEMING, SPENDING_POCOCK};
    for (size_t t = 0; t < 2; t++) {
        struct look_level levels[LOOKS];
        double sum = 0;
        make(types[t], levels);
        for (size_t i = 0; i < LOOKS; i++) {
            assert_true(levels[i].fresh > 0 && levels[i].fresh <= 1);
            sum += levels[i].alpha * levels[i].fresh;
            assert_true(levels[i].spent <= ALPHA * (1 + 1e-12));
        }
        assert_true(levels[LOOKS - 1].fresh < 0.6);
        assert_true(fabs(sum - ALPHA) <= 1e-12);
    }
}

static void test_look_levels__are_whole_at_a_single_look(void **state) {
    (void)state;
    struct look_level level;
    look_levels(SPENDING_OBRIEN_FLEMING, ALPHA, (size_t[]){STEPS}, 1, STEPS, &level);
    assert_true(fabs(level.alpha - ALPHA) <= 1e-12);
    assert_true(fabs(level.fresh - 1) <= 1e-9);
}

static void test_look_levels__bind_the_parts_that_look_elsewhere_at_each_look(void **state) {
    (void)state;
    double baseline[STEPS], canary[STEPS];
    struct noise noise = {7, 0};
    for (size_t i = 0; i < STEPS; i++) {
        baseline[i] = 100 + noise_next(&noise, 0);
        canary[i] = 100 + noise_next(&noise, 0);
    }
    struct evidence_settings settings;
    struct arena arena = {0};
    struct evidence whole, fresh;
    const struct series_columns columns = {.baseline = baseline, .canary = canary, .count = STEPS};
    evidence_settings_default(&settings);
    series_evidence_make(&columns, &settings, &arena, &whole);
    settings.fresh = 0.25;
    series_evidence_make(&columns, &settings, &arena, &fresh);
    arena_finish(&arena);
    assert_int_equal(whole.part_count, fresh.part_count);
    size_t bound = 0;
    for (size_t i = 0; i < whole.part_count; i++) {
        enum evidence_kind kind = whole.parts[i].kind;
        bool moves = kind == EVIDENCE_LATER || kind == EVIDENCE_TREND || kind == EVIDENCE_DISPERSION;
        assert_true(fabs(fresh.parts[i].share - (whole.parts[i].share * (moves ? 0.25 : 1))) <= 1e-15);
        bound += moves;
    }
    assert_int_equal(bound, 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_look_levels__leave_fresh_parts_alpha_in_all),
        cmocka_unit_test(test_look_levels__are_whole_at_a_single_look),
        cmocka_unit_test(test_look_levels__bind_the_parts_that_look_elsewhere_at_each_look),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
