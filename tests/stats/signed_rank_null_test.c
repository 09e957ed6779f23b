// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: integer counts of subsets over 2^n, divided as fractions.
#include "stats/signed_rank_null.h"

#include <stdlib.h>

#include "check.h"

static double *make_table(size_t n) {
    double *cdf = malloc(signed_rank_null_size(n) * sizeof *cdf);
    assert_non_null(cdf);
    assert_int_equal(signed_rank_null(n, cdf), STATS_OK);
    return cdf;
}

static void test_signed_rank_null__counts_subsets(void **state) {
    (void)state;
    static const struct {
        size_t n, v;
        double want;
    } points[] = {
        {1, 0, 0.5},
        {2, 0, 0.25},
        {2, 1, 0.5},
        {3, 1, 0.25},
        {3, 3, 0.625},
        {4, 0, 0.0625},
        {4, 5, 0.5625},
        {10, 8, 0.0244140625},
        {10, 27, 0.5},
        {50, 0, 8.881784197001252e-16},
        {50, 200, 4.199046937714002e-06},
        {50, 637, 0.5},
        {300, 2000, 2.417923866564739e-57},
        {300, 8000, 6.979920504205807e-25},
        {300, 22575, 0.5001324503873433},
    };
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        double *cdf = make_table(points[i].n);
        check_double("share", cdf[points[i].v], points[i].want, 1e-12 * points[i].want);
        free(cdf);
    }
}

static void test_signed_rank_null__far_tail_is_powers_of_two(void **state) {
    (void)state;
    double *cdf = make_table(990); // subsets with sum up to 2: {}, {1}, {2}
    check_double("none", cdf[0], 0x1p-990, 0);
    check_double("up to one", cdf[1], 0x2p-990, 0);
    check_double("up to two", cdf[2], 0x3p-990, 0);
    free(cdf);
}

static void test_signed_rank_null__sizes_without_a_table_are_invalid(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 2001, SIZE_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        double untouched = 2.385;
        assert_int_equal(signed_rank_null_size(sizes[i]), 0);
        assert_int_equal(signed_rank_null(sizes[i], &untouched), STATS_INVALID);
        check_double("untouched", untouched, 2.385, 0);
    }
    assert_int_equal(signed_rank_null_size(2000), 1000501);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signed_rank_null__counts_subsets),
        cmocka_unit_test(test_signed_rank_null__far_tail_is_powers_of_two),
        cmocka_unit_test(test_signed_rank_null__sizes_without_a_table_are_invalid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
