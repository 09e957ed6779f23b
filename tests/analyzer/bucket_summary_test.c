// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "bucket_summary.h"

static void check(double found, double wanted) {
    if (isnan(wanted) ? !isnan(found) : !(fabs(found - wanted) < 1e-12)) fail_msg("%.17g, wanted %.17g", found, wanted);
}

static void test_bucket_summary__interpolates_in_buckets(void **state) {
    (void)state;
    static const double bounds[] = {0.1, 0.5}, counts[] = {40, 50, 10};
    struct bucket_counts c = {bounds, counts, 3};
    check(bucket_total(&c), 100);
    check(bucket_mean(&c), (40 * 0.05 + 50 * 0.3 + 10 * 0.5) / 100);
    check(bucket_quantile(&c, 0.2), 0.05);
    check(bucket_quantile(&c, 0.4), 0.1);
    check(bucket_quantile(&c, 0.65), 0.3);
    check(bucket_quantile(&c, 0.99), 0.5); // of the open bucket no more is known
}

static void test_bucket_summary__negative_bounds_have_no_width_below(void **state) {
    (void)state;
    static const double bounds[] = {-2, 3}, counts[] = {1, 1, 0};
    struct bucket_counts c = {bounds, counts, 3};
    check(bucket_mean(&c), (-2 + 0.5) / 2);
    check(bucket_quantile(&c, 0.25), -2);
}

static void test_bucket_summary__nothing_is_known_of_no_requests(void **state) {
    (void)state;
    static const double bounds[] = {1}, counts[] = {0, 0};
    struct bucket_counts c = {bounds, counts, 2};
    check(bucket_total(&c), 0);
    check(bucket_mean(&c), (double)NAN);
    check(bucket_quantile(&c, 0.5), (double)NAN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bucket_summary__interpolates_in_buckets),
        cmocka_unit_test(test_bucket_summary__negative_bounds_have_no_width_below),
        cmocka_unit_test(test_bucket_summary__nothing_is_known_of_no_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
