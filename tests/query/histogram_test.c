// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <float.h>
#include <math.h>

#include "query/histogram.h"

// As Prometheus prints them.
static void test_histogram_border__is_that_of_prometheus_to_the_bit(void **state) {
    (void)state;
    static const struct {
        int schema;
        int32_t index;
        double border;
    } cases[] = {
        {0, 0, 1},
        {0, 3, 8},
        {0, -2, 0.25},
        {1, 1, 1.414213562373095},
        {2, 3, 1.6817928305074288},
        {3, 7, 1.8340080864093422},
        {5, -31, 0.5109485743270583},
        {8, 255, 1.9945921121709396},
        {8, -1, 0.9972960560854698},
        {7, 1, 1.0054299011128027},
        {-1, 1, 4},
        {-4, -1, 1.0 / 65536},
        {0, 1023, 0x1p1023},
        {0, 1024, DBL_MAX},
        {0, 1025, (double)INFINITY},
        {-4, 64, DBL_MAX},
        {-4, 65, (double)INFINITY},
        {8, INT32_MAX, (double)INFINITY},
        {-4, INT32_MIN, 0},
        {-4, INT32_MAX, (double)INFINITY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct native_buckets native = {.schema = cases[i].schema};
        double border = histogram_border(&native, cases[i].index);
        if (border != cases[i].border) fail_msg("case %zu: %.17g, wanted %.17g", i, border, cases[i].border);
    }
}

static void test_histogram_set_borders__lists_negative_zero_positive(void **state) {
    (void)state;
    struct index_bucket positive[] = {{-1, 6}, {0, 1}, {2, 2}}, negative[] = {{1, 3}, {3, 4}};
    const struct native_buckets native = {.schema = 0,
                                          .zero_threshold = 0.3,
                                          .zero_count = 5,
                                          .positive = positive,
                                          .positive_count = 3,
                                          .negative = negative,
                                          .negative_count = 2};
    struct histogram h = {.native = &native};
    struct arena arena = {0};
    histogram_set_borders(&h, &arena);
    static const struct bucket want[] = {{1, -8, -4, 4}, {1, -2, -1, 3}, {3, -0.3, 0.3, 5}, {0, 0.3, 0.5, 6}, {0, 0.5, 1, 1}, {0, 2, 4, 2}};
    assert_int_equal(h.bucket_count, 6);
    for (size_t i = 0; i < 6; i++) {
        const struct bucket *b = &h.buckets[i];
        if (b->rule != want[i].rule || b->left != want[i].left || b->right != want[i].right || b->count != want[i].count) {
            fail_msg("bucket %zu: %d %g %g %g", i, b->rule, b->left, b->right, b->count);
        }
    }
    arena_finish(&arena);
}

static void test_histogram_set_borders__takes_custom_ones(void **state) {
    (void)state;
    static const double custom[] = {0.5, 2.385};
    struct index_bucket positive[] = {{0, 1}, {1, 2}, {2, 3}};
    const struct native_buckets native = {
        .schema = HISTOGRAM_CUSTOM, .positive = positive, .positive_count = 3, .custom = custom, .custom_count = 2};
    struct histogram h = {.native = &native};
    struct arena arena = {0};
    histogram_set_borders(&h, &arena);
    assert_int_equal(h.bucket_count, 3);
    assert_true(h.buckets[0].left == -(double)INFINITY && h.buckets[0].right == 0.5);
    assert_true(h.buckets[1].left == 0.5 && h.buckets[1].right == 2.385);
    assert_true(h.buckets[2].left == 2.385 && h.buckets[2].right == (double)INFINITY);
    arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_histogram_border__is_that_of_prometheus_to_the_bit),
        cmocka_unit_test(test_histogram_set_borders__lists_negative_zero_positive),
        cmocka_unit_test(test_histogram_set_borders__takes_custom_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
