// SPDX-License-Identifier: GPL-3.0-or-later
#include "spread.h"

#include "evidence_check.h"
#include "noise.h"

#define STEPS ((size_t)60)

static struct spread compare(const double *baseline, const double *canary, size_t count) {
    struct arena arena = {0};
    struct ar1_prior prior = {.rho = 0.4, .weight = 6, .least = -0.1, .only_raises = true};
    double logs[2][STEPS];
    for (size_t i = 0; i < count; i++) {
        logs[0][i] = log(baseline[i]);
        logs[1][i] = log(canary[i]);
    }
    struct spread spread = spread_compare(logs[0], logs[1], count, prior, &arena);
    arena_finish(&arena);
    return spread;
}

static void test_spread__deviations_from_the_neighbours(void **state) {
    (void)state;
    // Steps of e: each value against the median of up to four on either side.
    const double baseline[] = {exp(1), exp(2), exp(4), exp(3)}, canary[] = {1, exp(5), exp(1), exp(9)};
    struct spread spread = compare(baseline, canary, 4);
    // baseline: |1 - 3|, |2 - 3|, |4 - 2|, |3 - 2|; canary: |0 - 5|, |5 - 1|, |1 - 5|, |9 - 1|
    check_near("baseline", spread.baseline, 1.5, 1e-12);
    check_near("canary", spread.canary, 4.5, 1e-12);
    check_near("a12", spread.a12, 1, 1e-12);
    check_near("no error", spread.se, 0, 0); // all placements are the same
}

static void test_spread__a_step_in_the_level_is_no_spread(void **state) {
    (void)state;
    double baseline[STEPS], canary[STEPS];
    struct noise noise = {3, 0};
    for (size_t i = 0; i < STEPS; i++) {
        baseline[i] = exp(0.1 * noise_normal(&noise));
        canary[i] = exp(0.1 * noise_normal(&noise)) * (i < STEPS / 2 ? 1 : 50);
    }
    struct spread spread = compare(baseline, canary, STEPS);
    check_near("ratio", spread.canary / spread.baseline, 1, 0.3);
    assert_true(fabs(spread.a12 - 0.5) < 3 * spread.se);
}

static void test_spread__equal_sides_are_even(void **state) {
    (void)state;
    double values[STEPS];
    struct noise noise = {4, 0};
    for (size_t i = 0; i < STEPS; i++) values[i] = exp(0.1 * noise_normal(&noise));
    check_near("a12", compare(values, values, STEPS).a12, 0.5, 1e-15);
    for (size_t i = 0; i < STEPS; i++) values[i] = 2.385;
    struct spread spread = compare(values, values, STEPS);
    check_near("constant", spread.a12, 0.5, 1e-15);
    check_near("nothing", spread.canary, 0, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spread__deviations_from_the_neighbours),
        cmocka_unit_test(test_spread__a_step_in_the_level_is_no_spread),
        cmocka_unit_test(test_spread__equal_sides_are_even),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
