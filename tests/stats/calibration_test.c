// SPDX-License-Identifier: GPL-3.0-or-later
// Whether tests and limits are wrong as often as they say, over many random samples. A right method fails here less than once in
// a million runs.
#include "draws.h"
#include "stats/brunner_munzel.h"
#include "stats/hodges_lehmann.h"
#include "stats/mann_whitney.h"
#include "stats/mann_whitney_null.h"
#include "stats/welch.h"

#define DRAWS 10000

// P(sqrt(n) D > 2.8) is 3e-7 for uniform values (Kolmogorov's limit). The rest of the bar is for the normal and Student
// approximations and for the steps of a discrete statistic, which are under 0.003 at the sizes below.
#define UNIFORM_BAR (2.8 / 100 + 0.004)

// The true shift lies within the exact limits as often as `achieved` says; 5.2 standard deviations are exceeded twice in 1e7 runs.
static void test_calibration__exact_limits_cover_as_often_as_they_say(void **unused) {
    (void)unused;
    struct sample x, y;
    static double scratch[4096];
    double table[10 * 12];
    assert_in_range(hodges_lehmann_scratch(10, 12), 0, sizeof scratch / sizeof *scratch);
    struct hodges_lehmann shift;
    size_t covered = 0;
    mann_whitney_null(10, 12, table);
    for (int i = 0; i < DRAWS; i++) {
        sample_draw(&x, 10, 2.5, 1, 0);
        sample_draw(&y, 12, 0, 1, 0);
        assert_int_equal(hodges_lehmann_exact(x.column, y.column, 0.8, table, scratch, &shift), STATS_OK);
        covered += shift.low <= 2.5 && 2.5 <= shift.high;
    }
    double bar = 5.2 * sqrt(shift.achieved * (1 - shift.achieved) / DRAWS);
    check_double("coverage", (double)covered / DRAWS, shift.achieved, bar);
}

// The largest distance of the p-values' distribution from the uniform one.
static double distance_from_uniform(double *p_values, size_t count) {
    struct column sorted = column_sort(p_values, count, p_values);
    assert_int_equal(sorted.count, count);
    double most = 0;
    for (size_t i = 0; i < count; i++) {
        most = fmax(most, fmax((double)(i + 1) / (double)count - sorted.values[i], sorted.values[i] - (double)i / (double)count));
    }
    return most;
}

static void check_uniform(const char *what, double *p_values, size_t count) {
    double distance = distance_from_uniform(p_values, count);
    if (!(distance < UNIFORM_BAR)) fail_msg("%s: p-values are %.4f away from uniform", what, distance);
}

static void test_calibration__p_values_are_uniform_where_nothing_differs(void **unused) {
    (void)unused;
    struct sample x, y;
    static double rank_sum[DRAWS], ranks[DRAWS], means[DRAWS];
    for (int i = 0; i < DRAWS; i++) {
        sample_draw(&x, 100, 5, 1, 0);
        sample_draw(&y, 120, 5, 1, 0);
        struct mann_whitney test;
        struct brunner_munzel placements;
        assert_int_equal(mann_whitney_test(x.column, y.column, false, &test), STATS_OK);
        assert_int_equal(brunner_munzel(x.column, y.column, &placements), STATS_OK);
        rank_sum[i] = test.p.greater;
        ranks[i] = placements.p_t.less;
    }
    check_uniform("Mann-Whitney", rank_sum, DRAWS);
    check_uniform("Brunner-Munzel", ranks, DRAWS);
    for (int i = 0; i < DRAWS; i++) { // equal means are all that Welch's test supposes
        sample_draw(&x, 30, 5, 1, 0);
        sample_draw(&y, 20, 5, 3, 0);
        struct welch test;
        assert_int_equal(welch(x.values, x.count, y.values, y.count, &test), STATS_OK);
        means[i] = test.p.greater;
    }
    check_uniform("Welch", means, DRAWS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calibration__exact_limits_cover_as_often_as_they_say),
        cmocka_unit_test(test_calibration__p_values_are_uniform_where_nothing_differs),
    };
    draws_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
