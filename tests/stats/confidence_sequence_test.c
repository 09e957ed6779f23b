// SPDX-License-Identifier: GPL-3.0-or-later
// Radii of the confidence sequence. Wanted values: the definition in decimal arithmetic with 50 digits.
#include "stats/confidence_sequence.h"

#include "check.h"

static void test_confidence_sequence__radii(void **state) {
    (void)state;
    static const struct {
        double n, sigma, rho2, alpha, two_sided, one_sided;
    } cases[] = {
        {100, 1, 0.1, 0.05, 0.30378110214259524, 0.27872431105625806},
        {37.5, 2.385, 0.0123, 0.01, 2.1466824535940612, 1.9894322101840785},
        {1e9, 0.5, 1e-3, 1e-12, 0.00013141311090162833, 0.00013008778489923681},
        {1, 3.5, 1e-6, 0.2, 6279.4331381001612, 5540.1021805409191},
        {2.5, 1e150, 40, 1e-300, 2.3664554405916045e+151, 2.3652718074434239e+151},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct confidence_sequence got;
        assert_int_equal(confidence_sequence_radius(cases[i].n, cases[i].sigma, cases[i].rho2, cases[i].alpha, &got), STATS_OK);
        check_double("two-sided", got.radius_two_sided, cases[i].two_sided, 1e-14 * cases[i].two_sided);
        check_double("one-sided", got.radius_one_sided, cases[i].one_sided, 1e-14 * cases[i].one_sided);
    }
}

static void test_confidence_sequence__statuses(void **state) {
    (void)state;
    const double inf = (double)INFINITY, nan = (double)NAN;
    const struct {
        double n, sigma, rho2, alpha;
        enum stats_status status;
        double radius;
    } cases[] = {
        {0, 1, 0.1, 0.05, STATS_NODATA, inf},      {10, 0, 0.1, 0.05, STATS_DEGENERATE, 0}, {10, inf, 0.1, 0.05, STATS_NONFINITE, nan},
        {inf, 1, 0.1, 0.05, STATS_NONFINITE, nan}, {10, -1, 0.1, 0.05, STATS_INVALID, nan}, {10, 1, 0, 0.05, STATS_INVALID, nan},
        {10, 1, 0.1, 0, STATS_INVALID, nan},       {10, 1, 0.1, 1, STATS_INVALID, nan},     {-1, 1, 0.1, 0.05, STATS_INVALID, nan},
        {10, nan, 0.1, 0.05, STATS_INVALID, nan},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct confidence_sequence got;
        assert_int_equal(confidence_sequence_radius(cases[i].n, cases[i].sigma, cases[i].rho2, cases[i].alpha, &got), cases[i].status);
        check_double("two-sided", got.radius_two_sided, cases[i].radius, 0);
        check_double("one-sided", got.radius_one_sided, cases[i].radius, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_confidence_sequence__radii),
        cmocka_unit_test(test_confidence_sequence__statuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
