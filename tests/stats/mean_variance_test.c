// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: fractions.
#include "stats/mean_variance.h"

#include "check.h"

#define NONE ((double)NAN)
#define INF ((double)INFINITY)

static void test_mean_variance__any_finite_doubles(void **state) {
    (void)state;
    static const struct {
        const char *what;
        size_t count;
        double values[5];
        struct mean_variance want;
    } cases[] = {
        {"uneven", 5, {20, 22, 21, 25, 30}, {23.6, 16.3, 4.03732584763727, 5}},
        {"with gaps", 4, {NONE, 2.5, NONE, 7.25}, {4.875, 11.28125, 3.358757210636101, 2}},
        {"level far above the spread", 4, {1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16}, {1e9 + 10, 30, 5.477225575051661, 4}},
        {"constant", 3, {0.1, 0.1, 0.1}, {0.1, 0, 0, 3}},
        {"constant and huge", 3, {-1e308, -1e308, -1e308}, {-1e308, 0, 0, 3}},
        {"huge", 3, {1e308, 1.5e308, 1.7e308}, {1.4e308, INF, 3.605551275463989e307, 3}},
        {"huge and apart", 3, {1.5e308, -1.5e308, 0}, {0, INF, 1.5e308, 3}},
        {"tiny", 3, {1e-300, 3e-300, 8e-300}, {4e-300, 0, 3.605551275463989e-300, 3}},
        {"denormal", 2, {4e-323, 8e-323}, {5.9e-323, 0, 2.8e-323, 2}},
        {"huge and tiny", 2, {1e308, 5e-324}, {5e307, INF, 7.071067811865475e307, 2}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mean_variance got, want = cases[i].want;
        assert_int_equal(mean_variance(cases[i].values, cases[i].count, &got), STATS_OK);
        check_double(cases[i].what, got.mean, want.mean, 2e-16 * fabs(want.mean));
        check_double(cases[i].what, mean_of(cases[i].values, cases[i].count), got.mean, 0);
        check_double(cases[i].what, got.variance, want.variance, isinf(want.variance) ? 0 : 1e-15 * want.variance);
        check_double(cases[i].what, got.sd, want.sd, 1e-15 * want.sd);
        assert_int_equal(got.count, want.count);
    }
}

static void test_mean_variance__what_cannot_be_said(void **state) {
    (void)state;
    static const struct {
        size_t count;
        double values[3];
        enum stats_status status;
        double mean;
        size_t numbers;
    } cases[] = {
        {0, {0}, STATS_NODATA, NONE, 0},
        {2, {NONE, NONE}, STATS_NODATA, NONE, 0},
        {3, {2.5, INF, 1.5}, STATS_NONFINITE, NONE, 3},
        {1, {-INF}, STATS_NONFINITE, NONE, 1},
        {2, {NONE, 2.385}, STATS_DEGENERATE, 2.385, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mean_variance got;
        assert_int_equal(mean_variance(cases[i].values, cases[i].count, &got), cases[i].status);
        check_double("mean", got.mean, cases[i].mean, 0);
        check_double("mean alone", mean_of(cases[i].values, cases[i].count), cases[i].mean, 0);
        check_double("variance", got.variance, NONE, 0);
        check_double("sd", got.sd, NONE, 0);
        assert_int_equal(got.count, cases[i].numbers);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mean_variance__any_finite_doubles),
        cmocka_unit_test(test_mean_variance__what_cannot_be_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
