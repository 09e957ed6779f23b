// SPDX-License-Identifier: GPL-3.0-or-later
#include "trend.h"

#include "evidence_check.h"
#include "noise.h"

#define STEPS ((size_t)80)

static struct trend fit(const double *values, const double *times, size_t count) {
    struct arena arena = {0};
    struct ar1_prior prior = {.rho = 0.4, .weight = 6, .least = -0.1, .only_raises = true};
    struct column sorted = column_sort(values, count, arena_array(&arena, count, sizeof *values));
    struct trend trend = trend_fit(values, sorted, times, prior, &arena);
    arena_finish(&arena);
    return trend;
}

static void test_trend__follows_the_recipe(void **state) {
    (void)state;
    static const double values[] = {0.11, -0.02, 0.08, 0.15, 0.21, 0.14, 0.27, 0.19, 0.33, 0.36, 0.28, 0.41};
    static const double times[] = {0, 1, 2, 4, 5, 6, 7, 8, 10, 11, 12, 14};
    struct trend trend = fit(values, times, 12);
    check_near("slope", trend.slope, 0.343377245508982, 1e-12);
    check_near("se", trend.se, 0.04147661414114968, 1e-11);
    check_near("df", trend.df, 9.762376237623762, 1e-10);
    check_near("end", trend.end, 0.3817719560878243, 1e-12);
}

static void test_trend__error_covers_the_slope(void **state) {
    (void)state;
    double values[STEPS], times[STEPS];
    struct noise noise = {31, 0};
    size_t outside = 0;
    for (int run = 0; run < 200; run++) {
        for (size_t i = 0; i < STEPS; i++) {
            times[i] = (double)i;
            values[i] = 0.5 * (double)i / (double)(STEPS - 1) + 0.1 * noise_next(&noise, 0.6);
        }
        struct trend trend = fit(values, times, STEPS);
        outside += fabs(trend.slope - 0.5) > 2 * trend.se;
    }
    assert_in_range(outside, 1, 20); // 5 per cent, and a little more because rho is estimated
}

static void test_trend__a_line_without_noise(void **state) {
    (void)state;
    double values[STEPS], times[STEPS];
    for (size_t i = 0; i < STEPS; i++) {
        times[i] = (double)i;
        values[i] = 3.25;
    }
    struct trend trend = fit(values, times, STEPS);
    check_near("slope", trend.slope, 0, 0);
    check_near("se", trend.se, 0, 0);
    check_near("end", trend.end, 3.25, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trend__follows_the_recipe),
        cmocka_unit_test(test_trend__error_covers_the_slope),
        cmocka_unit_test(test_trend__a_line_without_noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
