// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/fences.h"

#include "check.h"

static const double sorted[] = {21, 21, 23, 23, 24, 25, 29, 50};

static void test_fences__quartiles_and_factor(void **state) {
    (void)state;
    struct fences fences = fences_quartile(sorted, 8, 1.5, false);
    check_double("low", fences.low, 22.5 - 1.5 * 3.5, 0);
    check_double("high", fences.high, 26 + 1.5 * 3.5, 0);
    assert_true(fences_outside(fences, 50));
    assert_false(fences_outside(fences, 29));
    assert_false(fences_outside(fences, fences.high)); // on the fence is inside
}

static void test_fences__guard_reaches_to_the_outer_percentiles(void **state) {
    (void)state;
    struct fences fences = fences_quartile(sorted, 8, 0.1, true);
    check_double("low", fences.low, 21, 1e-12);
    check_double("high", fences.high, 29 + 0.93 * 21, 1e-12); // 99th percentile: position 7.93
    assert_true(fences_outside(fences, 50));
}

static void test_fences__nothing_lies_outside_without_values(void **state) {
    (void)state;
    struct fences fences = fences_quartile(sorted, 0, 3, true);
    assert_false(fences_outside(fences, 1e300));
    assert_false(fences_outside(fences, -1e300));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fences__quartiles_and_factor),
        cmocka_unit_test(test_fences__guard_reaches_to_the_outer_percentiles),
        cmocka_unit_test(test_fences__nothing_lies_outside_without_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
