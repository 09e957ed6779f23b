// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: sums of exact binomial terms; from a thousand million events on the incomplete beta with 60 digits.
#include "stats/poisson_test.h"

#include "check.h"

static void test_poisson_test__p_values(void **state) {
    (void)state;
    static const struct {
        uint64_t x, y;
        double tx, ty, ratio, two_sided, less, greater, mid;
    } cases[] = {
        {1, 2, 500, 9500, 1, 0.142625, 0.99275, 0.142625, 0.0749375},
        {0, 0, 1000, 9000, 1, 1.0, 1.0, 1.0, 0.5},
        {32, 170, 10000, 90000, 1.5, 0.545757842209392342, 0.771455066316560274, 0.291697471464231808, 0.260121202573835767},
        {12, 40, 100, 900, 1.25, 0.0301200766365518944, 0.9916777280314026, 0.020614932634678678, 0.0144686023016380388},
        {5, 5, 1, 1, 1, 1.0, 0.623046875, 0.623046875, 0.5},
        {5, 5, 1e308, 1e308, 1, 1.0, 0.623046875, 0.623046875, 0.5},
        {5, 5, 1e-310, 1e-310, 1, 1.0, 0.623046875, 0.623046875, 0.5},
        {0, 7, 1.0, 3.0, 1, 0.20404052734375, 0.13348388671875, 1.0, 0.933258056640625},
        {9, 0, 0.25, 3.5, 2, 7.45058059692382813e-9, 1.0, 7.45058059692382813e-9, 3.72529029846191406e-9},
        {58, 47, 0.001, 7.5, 0.3, 1.47168634618147934e-225, 1.0, 1.47168634618147934e-225, 7.35866620268848612e-226},
        {400, 3000, 200000.0, 1800000.0, 1.1, 0.104317262241025099, 0.950588932368010245, 0.0551582605809766535, 0.0522846641064832044},
        {500000000, 500010000, 1, 1, 1, 0.751854834885060999, 0.375927417442530499, 0.624096583228430501, 0.624084582892950001},
        {1000000, 1000000000, 1, 1000, 1, 1, 0.500265961519495626, 0.5001331801489413, 0.499933609314722837},
        {1037000, 1000000000, 1, 1000, 1, 9.02713402079336518e-296, 1.0, 4.60187381559929713e-296, 4.51971680221224056e-296},
        {3, 1000000000, 1e-09, 1, 1, 0.0803013973473037884, 0.981011843062532947, 0.0803013973473037884, 0.0496447771423854207},
        {3, 5, 1e300, 1e-300, 1, 0, 0, 1, 1}, // all events are expected in x: five in y cannot be
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct poisson_test got;
        struct poisson_count x = {cases[i].x, cases[i].tx}, y = {cases[i].y, cases[i].ty};
        assert_int_equal(poisson_test(x, y, cases[i].ratio, 0.05, &got), STATS_OK);
        check_double("two-sided", got.p.two_sided, cases[i].two_sided, 1e-12 * cases[i].two_sided);
        check_double("less", got.p.less, cases[i].less, 1e-12 * cases[i].less);
        check_double("greater", got.p.greater, cases[i].greater, 1e-12 * cases[i].greater);
        check_double("mid p", got.mid_p_greater, cases[i].mid, 1e-12 * cases[i].mid);
    }
}

static void test_poisson_test__interval_of_the_rate_ratio(void **state) {
    (void)state;
    static const double inf = (double)INFINITY;
    const struct {
        uint64_t x, y;
        double tx, ty, alpha, ratio, low, high;
    } cases[] = {
        {1, 2, 500, 9500, 0.05, 9.5, 0.16102462663311907, 182.486067809734405},
        {32, 170, 10000, 90000, 0.05, 1.6941176470588235, 1.12316661593017054, 2.48271642870436015},
        {9, 0, 0.25, 3.5, 0.01, inf, 17.4640190854925881, inf},
        {0, 7, 1.0, 3.0, 0.01, 0, 0, 3.39498934960152496},
        {0, 0, 1.0, 3.0, 0.01, (double)NAN, 0, inf},
        {1000000, 1000000000, 1, 1000, 0.05, 1, 0.998040005496689483, 1.00196289458108271},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct poisson_test got;
        struct poisson_count x = {cases[i].x, cases[i].tx}, y = {cases[i].y, cases[i].ty};
        assert_int_equal(poisson_test(x, y, 1.25, cases[i].alpha, &got), STATS_OK);
        check_double("ratio", got.rate_ratio, cases[i].ratio, 1e-15 * cases[i].ratio);
        check_double("low", got.low, cases[i].low, 1e-11 * cases[i].low);
        check_double("high", got.high, cases[i].high, 1e-11 * cases[i].high);
    }
}

static void test_poisson_test__statuses(void **state) {
    (void)state;
    static const double inf = (double)INFINITY, nan_ = (double)NAN;
    const struct {
        double tx, ty, ratio, alpha;
        enum stats_status want;
    } cases[] = {
        {0, 1, 1, 0.05, STATS_NODATA},      {1, 0, 1, 0.05, STATS_NODATA},   {0, 0, 1, 0.05, STATS_NODATA},
        {nan_, 1, 1, 0.05, STATS_NODATA},   {inf, 0, 1, 0.05, STATS_NODATA}, {inf, 1, 1, 0.05, STATS_NONFINITE},
        {1, inf, 1, 0.05, STATS_NONFINITE}, {-1, 1, 1, 0.05, STATS_INVALID}, {1, -1, 1, 0.05, STATS_INVALID},
        {0, 1, -1, 0.05, STATS_INVALID},    {1, 1, 0, 0.05, STATS_INVALID},  {1, 1, nan_, 0.05, STATS_INVALID},
        {1, 1, inf, 0.05, STATS_INVALID},   {1, 1, 1, 0, STATS_INVALID},     {1, 1, 1, 1, STATS_INVALID},
        {1, 1, 1, nan_, STATS_INVALID},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct poisson_test got;
        struct poisson_count x = {3, cases[i].tx}, y = {5, cases[i].ty};
        assert_int_equal(poisson_test(x, y, cases[i].ratio, cases[i].alpha, &got), cases[i].want);
        check_double("p", got.p.greater, nan_, 0);
        check_double("low", got.low, nan_, 0);
    }
    struct poisson_test got;
    assert_int_equal(poisson_test((struct poisson_count){1, 1}, (struct poisson_count){UINT64_MAX, 1}, 1, 0.05, &got), STATS_INVALID);
    assert_int_equal(poisson_test((struct poisson_count){UINT64_MAX, 1}, (struct poisson_count){1, 1}, 1, 0.05, &got), STATS_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_poisson_test__p_values),
        cmocka_unit_test(test_poisson_test__interval_of_the_rate_ratio),
        cmocka_unit_test(test_poisson_test__statuses),
    };
    return cmocka_run_group_tests(tests, check_setup, NULL);
}
