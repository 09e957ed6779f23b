// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: exact rational U and variance, tails of the normal distribution with 60 digits.
#include "stats/mann_whitney.h"

#include <stdlib.h>

#include "check.h"
#include "stats/errors.h"

#define MOST 8
#define INF ((double)INFINITY)
#define NAN_ ((double)NAN)

struct expected {
    double u, ties, a12, delta;
    struct p_values p;
};

static void check_near(const char *what, double got, double want, double relative) {
    check_double(what, got, want, relative * fabs(want));
}

static void check_test(const char *what, const struct mann_whitney *got, const struct expected *want, double relative) {
    check_near(what, got->u, want->u, 1e-15);
    check_near(what, got->ties, want->ties, 1e-14);
    check_near(what, got->a12, want->a12, 1e-15);
    check_near(what, got->delta, want->delta, relative);
    check_near(what, got->p.two_sided, want->p.two_sided, relative);
    check_near(what, got->p.less, want->p.less, relative);
    check_near(what, got->p.greater, want->p.greater, relative);
}

static enum stats_status test_of(const double *x, size_t m, const double *y, size_t n, bool continuity, struct mann_whitney *ret) {
    double room_x[MOST], room_y[MOST];
    return mann_whitney_test(column_sort(x, m, room_x), column_sort(y, n, room_y), continuity, ret);
}

static void test_mann_whitney__reference_values(void **state) {
    (void)state;
    static const struct {
        const char *what;
        size_t m, n;
        double x[MOST], y[MOST];
        bool continuity;
        struct expected want;
    } cases[] = {
        {"plain",
         5,
         4,
         {2.385, 7.1, 3.3, 8.25, 0.5},
         {1.25, 2.25, 9.5, 0.75},
         false,
         {12, 0, 0.6, 0.2, {0.624206114766406, 0.687896942616797, 0.312103057383203}}},
        {"corrected",
         5,
         4,
         {2.385, 7.1, 3.3, 8.25, 0.5},
         {1.25, 2.25, 9.5, 0.75},
         true,
         {12, 0, 0.6, 0.2, {0.7133031738784575, 0.7298543126962901, 0.35665158693922877}}},
        {"ties share midranks",
         6,
         5,
         {1, 2, 2, 3, 5, 5},
         {2, 3, 3, 4, 5},
         false,
         {12, 72, 0.4, -0.2, {0.5732301332745356, 0.2866150666372678, 0.7133849333627322}}},
        {"ties, corrected",
         6,
         5,
         {1, 2, 2, 3, 5, 5},
         {2, 3, 3, 4, 5},
         true,
         {12, 72, 0.4, -0.2, {0.6387714134450757, 0.31938570672253785, 0.744468746654682}}},
        {"one a side", 1, 1, {7.5}, {3.25}, false, {1, 0, 1, 1, {0.3173105078629141, 0.8413447460685429, 0.15865525393145705}}},
        {"one a side, corrected", 1, 1, {7.5}, {3.25}, true, {1, 0, 1, 1, {1, 0.9772498680518208, 0.5}}},
        {"equal infinities tie",
         3,
         2,
         {3, INF, 1},
         {INF, -INF},
         false,
         {3.5, 6, 0.5833333333333334, 0.16666666666666666, {0.7670968684102772, 0.6164515657948614, 0.3835484342051386}}},
        {"missing values do not count",
         5,
         4,
         {NAN_, 3, INF, 1, NAN_},
         {INF, NAN_, -INF, NAN_},
         true,
         {3.5, 6, 0.5833333333333334, 0.16666666666666666, {1, 0.7231915040171099, 0.5}}},
        {"zeros of both signs tie",
         2,
         2,
         {-0.0, 1},
         {0.0, 2},
         false,
         {1.5, 6, 0.375, -0.25, {0.6830913983096087, 0.34154569915480435, 0.6584543008451957}}},
        {"huge and denormal values",
         4,
         4,
         {1e308, 1e307, 3e307, 5e-324},
         {1e-310, 2e-310, 3e-310, 1.7e308},
         false,
         {9, 0, 0.5625, 0.125, {0.7728299926844475, 0.6135850036577763, 0.38641499634222373}}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mann_whitney got;
        assert_int_equal(test_of(cases[i].x, cases[i].m, cases[i].y, cases[i].n, cases[i].continuity, &got), STATS_OK);
        check_test(cases[i].what, &got, &cases[i].want, 1e-13);
    }
}

static void test_mann_whitney__tails_stay_exact_down_to_1e_300(void **state) {
    (void)state;
    static const struct {
        size_t size; // of both sides, one wholly above the other
        bool x_above, continuity;
        struct expected want;
    } cases[] = {
        {60, true, false, {3600, 0, 1, 1, {3.46854436393147e-21, 1, 1.734272181965735e-21}}},
        {60, false, true, {0, 0, 0, -1, {3.5565709749848076e-21, 1.7782854874924038e-21, 1}}},
        {400, true, false, {160000, 0, 1, 1, {2.4362761245483528e-132, 1, 1.2181380622741764e-132}}},
        {400, false, true, {0, 0, 0, -1, {2.4454330676475733e-132, 1.2227165338237866e-132, 1}}},
        {900, true, false, {810000, 0, 1, 1, {2.2416469559135706e-295, 1, 1.1208234779567853e-295}}},
        {900, false, true, {0, 0, 0, -1, {2.2453868370762706e-295, 1.1226934185381353e-295, 1}}},
    };
    static double low[900], high[900];
    for (size_t i = 0; i < 900; i++) {
        low[i] = (double)i / 7 - 200;
        high[i] = (double)i + 1;
    }
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct column lower = {low, cases[i].size}, upper = {high, cases[i].size};
        struct mann_whitney got;
        assert_int_equal(mann_whitney_test(cases[i].x_above ? upper : lower, cases[i].x_above ? lower : upper, cases[i].continuity, &got),
                         STATS_OK);
        check_test("separated", &got, &cases[i].want, 2e-13);
    }
}

static void test_mann_whitney__u_is_exact_for_a_million_a_side(void **state) {
    (void)state;
    size_t size = 1000000;
    double *x = calloc(size, sizeof *x), *y = calloc(size, sizeof *y);
    assert_non_null(x);
    assert_non_null(y);
    for (size_t i = 0; i < size; i++) {
        x[i] = (double)(2 * i);
        y[i] = (double)(2 * i + 1);
    }
    static const struct expected interleaved = {
        499999500000, 0, 0.4999995, -1e-06, {0.9990227954647963, 0.49951139773239817, 0.5004886022676018}};
    struct column a = {x, size}, b = {y, size};
    struct mann_whitney got;
    assert_int_equal(mann_whitney_test(a, b, false, &got), STATS_OK);
    check_test("interleaved", &got, &interleaved, 1e-13);
    y[size - 1] = x[size - 1]; // one tie: half a pair more
    assert_int_equal(mann_whitney_test(a, b, false, &got), STATS_OK);
    check_double("one tie", got.u, 499999500000.5, 0);
    check_double("one tie", got.ties, 6, 0);
    free(x);
    free(y);
}

static void test_mann_whitney__what_has_no_answer(void **state) {
    (void)state;
    const double missing[] = {NAN_, NAN_}, same[] = {7.5, 7.5, 7.5}, infinite[] = {INF};
    const struct expected nothing = {NAN_, NAN_, NAN_, NAN_, {NAN_, NAN_, NAN_}}, tied = {3, 120, 0.5, 0, {1, 1, 1}};
    struct mann_whitney got;
    assert_int_equal(test_of(missing, 0, same, 3, true, &got), STATS_NODATA);
    check_test("x empty", &got, &nothing, 0);
    assert_int_equal(test_of(same, 3, missing, 2, true, &got), STATS_NODATA);
    check_test("y missing", &got, &nothing, 0);
    assert_int_equal(test_of(same, 3, same, 2, false, &got), STATS_DEGENERATE);
    check_test("all tied", &got, &tied, 0);
    assert_int_equal(test_of(infinite, 1, infinite, 1, true, &got), STATS_DEGENERATE);
    check_double("infinities tied", got.a12, 0.5, 0);
}

static void test_mann_whitney__histogram_reference_values(void **state) {
    (void)state;
    static const struct {
        const char *what;
        size_t buckets;
        double x[MOST], y[MOST];
        bool continuity;
        struct expected want;
    } cases[] = {
        {"plain",
         8,
         {21, 11, 29, 13, 3, 4, 12, 7},
         {26, 5, 30, 5, 4, 6, 22, 2},
         false,
         {4979, 360306, 0.4979, -0.0042, {0.9581245298676365, 0.47906226493381826, 0.5209377350661817}}},
        {"corrected",
         8,
         {21, 11, 29, 13, 3, 4, 12, 7},
         {26, 5, 30, 5, 4, 6, 22, 2},
         true,
         {4979, 360306, 0.4979, -0.0042, {0.9591206813645288, 0.4795603406822644, 0.5214357781204735}}},
        {"fractions",
         3,
         {0.25, 1.5, 2.75},
         {4.5, 0.125, 0},
         true,
         {20.125, 123.134765625, 0.9669669669669669, 0.933933933933934, {0.016125170656723257, 0.9961741851475443, 0.008062585328361628}}},
        {"nearly all in one bucket",
         3,
         {1e9, 1, 0},
         {1e9 - 3, 1, 1},
         false,
         {4.999999995e+17, 7.999999964e+27, 0.4999999995, -1.000000004e-09, {0.5637028598960462, 0.2818514299480231, 0.718148570051977}}},
        {"billions",
         4,
         {3e8, 1e9, 5e8, 7},
         {300100000, 999950000, 499980000, 12345},
         false,
         {1.6201100126002532e+18,
          9.215448034200869e+27,
          0.5000221895396656,
          4.43790793311743e-05,
          {0.0100470140737608, 0.9949764929631196, 0.0050235070368804}}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mann_whitney got;
        assert_int_equal(mann_whitney_histogram(cases[i].x, cases[i].y, cases[i].buckets, cases[i].continuity, &got), STATS_OK);
        check_test(cases[i].what, &got, &cases[i].want, 1e-10);
    }
}

static void test_mann_whitney__histogram_agrees_with_its_values_one_by_one(void **state) {
    (void)state;
    const double x[] = {3, 0, 2, 1}, y[] = {1, 2, 2, 0};
    const double x_values[] = {10, 10, 10, 30, 30, 40}, y_values[] = {10, 20, 20, 30, 30};
    for (int continuity = 0; continuity < 2; continuity++) {
        struct mann_whitney one, other;
        assert_int_equal(mann_whitney_histogram(x, y, 4, continuity != 0, &one), STATS_OK);
        assert_int_equal(test_of(x_values, 6, y_values, 5, continuity != 0, &other), STATS_OK);
        const struct expected want = {other.u, other.ties, other.a12, other.delta, other.p};
        check_test("expanded", &one, &want, 1e-14);
    }
}

static void test_mann_whitney__histogram_statuses(void **state) {
    (void)state;
    static const struct {
        const char *what;
        double x[2], y[2];
        enum stats_status want;
        double a12, p;
    } cases[] = {
        {"negative before empty", {-1, 1}, {0, 0}, STATS_INVALID, NAN_, NAN_},
        {"minus infinity is negative", {-INF, 1}, {2, 1}, STATS_INVALID, NAN_, NAN_},
        {"beyond all counts", {1e101, 1}, {2, 1}, STATS_INVALID, NAN_, NAN_},
        {"empty before nonfinite", {INF, 1}, {0, 0}, STATS_NODATA, NAN_, NAN_},
        {"empty", {0, 0}, {3, 1}, STATS_NODATA, NAN_, NAN_},
        {"infinite", {3, 1}, {3, INF}, STATS_NONFINITE, NAN_, NAN_},
        {"not a number", {NAN_, 1}, {3, 1}, STATS_NONFINITE, NAN_, NAN_},
        {"one bucket", {0, 2.5}, {0, 4.5}, STATS_DEGENERATE, 0.5, 1},
        {"less than one event", {0.125, 0.25}, {0.25, 0.125}, STATS_DEGENERATE, 2.0 / 3, NAN_},
        {"two are enough", {0, 1}, {1, 0}, STATS_OK, 1, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mann_whitney got;
        enum stats_status status = mann_whitney_histogram(cases[i].x, cases[i].y, 2, true, &got);
        if (status != cases[i].want) fail_msg("%s: %s", cases[i].what, stats_status_text(status));
        check_near(cases[i].what, got.a12, cases[i].a12, 1e-15);
        check_double(cases[i].what, got.p.two_sided, cases[i].p, 0);
    }
    struct mann_whitney none;
    assert_int_equal(mann_whitney_histogram(NULL, NULL, 0, true, &none), STATS_NODATA);
}

int main(void) {
    stats_errors_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mann_whitney__reference_values),
        cmocka_unit_test(test_mann_whitney__tails_stay_exact_down_to_1e_300),
        cmocka_unit_test(test_mann_whitney__u_is_exact_for_a_million_a_side),
        cmocka_unit_test(test_mann_whitney__what_has_no_answer),
        cmocka_unit_test(test_mann_whitney__histogram_reference_values),
        cmocka_unit_test(test_mann_whitney__histogram_agrees_with_its_values_one_by_one),
        cmocka_unit_test(test_mann_whitney__histogram_statuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
