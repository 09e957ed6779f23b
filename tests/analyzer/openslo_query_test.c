// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "openslo_query.h"

static void test_openslo_query_count__takes_counters_out_of_sums_and_rates(void **state) {
    (void)state;
    static const struct {
        const char *expr, *selector; // NULL: refused
        bool rated;
        int64_t window_ms;
    } cases[] = {
        {"a_total", "a_total", false, 0},
        {" ( sum ( a_total{x=\"y)\"} ) ) ", "a_total{x=\"y)\"}", false, 0},
        {"sum(rate(a_total{x='[5m]'}[5m]))", "a_total{x='[5m]'}", true, 300000},
        {"increase(a_total[$__rate_interval])", "a_total", true, 0},
        {"sum((rate((a_total[1h]))))", "a_total", true, 3600000},
        {"sum by (x) (rate(a[5m]))", NULL, false, 0},
        {"sum(rate(a[5m])) by (x)", NULL, false, 0},
        {"rate(a[5m] offset 1h)", NULL, false, 0},
        {"rate(a[5m:1m])", NULL, false, 0},
        {"rate(sum(a)[5m])", NULL, false, 0},
        {"irate(a[5m])", NULL, false, 0},
        {"a - b", NULL, false, 0},
        {"(a) + (b)", NULL, false, 0},
        {"sum(a) / sum(b)", NULL, false, 0},
        {"sum(", NULL, false, 0},
        {"rate(a[", NULL, false, 0},
        {"sum(a_total{x=\"", NULL, false, 0},
        {"a{x=\"${y}\"}", NULL, false, 0},
        {"", NULL, false, 0},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct openslo_counted got;
        const char *why = NULL;
        bool ok = openslo_query_count(view_of(cases[i].expr), &arena, &got, &why);
        if (ok != (cases[i].selector != NULL)) fail_msg("%s: %s", cases[i].expr, ok ? got.selector : why);
        if (!ok) continue;
        assert_string_equal(got.selector, cases[i].selector);
        assert_int_equal(got.rated, cases[i].rated);
        assert_int_equal(got.window_ms, cases[i].window_ms);
    }
    arena_finish(&arena);
}

static void test_openslo_query_divide__at_the_one_division(void **state) {
    (void)state;
    struct view above, below;
    assert_true(openslo_query_divide(view_of("(sum(a{x=\"/\"}) / sum(b))"), &above, &below));
    assert_true(view_is(above, "sum(a{x=\"/\"})"));
    assert_true(view_is(below, "sum(b)"));
    assert_false(openslo_query_divide(view_of("a / b / c"), &above, &below));
    assert_false(openslo_query_divide(view_of("sum(a / b)"), &above, &below));
}

static void test_openslo_query_quantile__is_of_buckets_by_le(void **state) {
    (void)state;
    struct arena arena = {0};
    struct openslo_counted got;
    const char *why = NULL;
    double quantile;
    assert_true(openslo_query_quantile(view_of("histogram_quantile(0.95, sum(rate(d_bucket{a=\"b\"}[10m])) by (le))"), &arena, &quantile,
                                       &got, &why));
    assert_true(fabs(quantile - 0.95) < 1e-15);
    assert_string_equal(got.selector, "d_bucket{a=\"b\"}");
    assert_int_equal(got.window_ms, 600000);
    assert_false(openslo_query_quantile(view_of("d_bucket"), &arena, &quantile, &got, &why));
    static const char *const refused[] = {
        "histogram_quantile(1.5, sum by (le) (rate(d_bucket[5m])))", "histogram_quantile(0.5, sum by (le, x) (rate(d_bucket[5m])))",
        "histogram_quantile(0.5, sum by (le) (rate(d[5m])))", "histogram_quantile(0.5, d_bucket)", "histogram_quantile(0.5)"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        why = NULL;
        assert_false(openslo_query_quantile(view_of(refused[i]), &arena, &quantile, &got, &why));
        assert_non_null(why);
    }
    arena_finish(&arena);
}

static void test_openslo_query_bucket__of_the_same_histogram(void **state) {
    (void)state;
    static const struct {
        const char *good, *total, *histogram, *bound; // NULL: none
    } cases[] = {
        {"d_bucket{le=\"0.3\"}", "d_count", "d_bucket", "0.3"},
        {"d_bucket{a=\"b\",le=\"1.0\",c=~\"x|y\"}", "d_bucket{a=\"b\",c=~\"x|y\",le=\"+Inf\"}", "d_bucket{a=\"b\",c=~\"x|y\"}", "1.0"},
        {"d_bucket{le=\"0.3\"}", "d_count{a=\"b\"}", NULL, NULL},
        {"d_bucket{le=\"0.3\"}", "e_count", NULL, NULL},
        {"d_bucket{le=~\"0.3\"}", "d_count", NULL, NULL},
        {"d_bucket{le=\"+Inf\"}", "d_count", NULL, NULL},
        {"d_total", "d_count", NULL, NULL},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *histogram = NULL, *bound = NULL;
        bool ok = openslo_query_bucket(cases[i].good, cases[i].total, &arena, &histogram, &bound);
        if (ok != (cases[i].histogram != NULL)) fail_msg("%s", cases[i].good);
        if (!ok) continue;
        assert_string_equal(histogram, cases[i].histogram);
        assert_string_equal(bound, cases[i].bound);
    }
    assert_true(openslo_query_is_up("up{job=\"x\"}", &arena) && openslo_query_is_up("probe_success", &arena));
    assert_false(openslo_query_is_up("level", &arena));
    assert_true(openslo_query_is_buckets("d_bucket", &arena));
    assert_false(openslo_query_is_buckets("d_bucket{le=\"1\"}", &arena));
    arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_openslo_query_count__takes_counters_out_of_sums_and_rates),
        cmocka_unit_test(test_openslo_query_divide__at_the_one_division),
        cmocka_unit_test(test_openslo_query_quantile__is_of_buckets_by_le),
        cmocka_unit_test(test_openslo_query_bucket__of_the_same_histogram),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
