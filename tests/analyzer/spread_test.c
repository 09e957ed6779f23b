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
    // baseline: -2, -1, 2, 1; canary: -5, 4, -4, 8; their differences stray by 6, the sums too: nothing is shared
    check_near("baseline", spread.baseline, 1.5, 1e-12);
    check_near("canary", spread.canary, 4.5, 1e-12);
    check_near("whole", spread.whole, 4.5, 1e-12);
    assert_true(spread.z > 0);
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
    assert_true(fabs(spread.z) < 3 * spread.se);
}

static void test_spread__what_both_sides_share_cancels(void **state) {
    (void)state;
    double baseline[STEPS], canary[STEPS];
    struct noise noise = {8, 0};
    for (size_t i = 0; i < STEPS; i++) {
        double load = 0.1 * noise_normal(&noise);
        baseline[i] = exp(load + 0.05 * noise_normal(&noise));
        canary[i] = exp(load + 0.15 * noise_normal(&noise));
    }
    struct spread spread = compare(baseline, canary, STEPS);
    assert_true(spread.whole / spread.baseline < 3.2 && spread.canary < spread.whole);
    check_near("ratio", spread.canary / spread.baseline, 2.2, 0.6); // at most halved is what is left of the baseline's
    assert_true(spread.z > 3 * spread.se);
}

static void test_spread__sides_are_even_when_exchanged(void **state) {
    (void)state;
    double values[STEPS], others[STEPS];
    struct noise noise = {4, 0};
    for (size_t i = 0; i < STEPS; i++) {
        values[i] = exp(0.1 * noise_normal(&noise));
        others[i] = exp(0.3 * noise_normal(&noise));
    }
    check_near("the same", compare(values, values, STEPS).z, 0, 0);
    struct spread more = compare(values, others, STEPS), less = compare(others, values, STEPS);
    check_near("z", more.z, -less.z, 1e-12);
    check_near("se", more.se, less.se, 1e-12);
    for (size_t i = 0; i < STEPS; i++) values[i] = 2.385;
    struct spread spread = compare(values, values, STEPS);
    check_near("constant", spread.z, 0, 0);
    check_near("nothing", spread.canary, 0, 0);
    check_near("no error", spread.se, 0, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spread__deviations_from_the_neighbours),
        cmocka_unit_test(test_spread__a_step_in_the_level_is_no_spread),
        cmocka_unit_test(test_spread__what_both_sides_share_cancels),
        cmocka_unit_test(test_spread__sides_are_even_when_exchanged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
