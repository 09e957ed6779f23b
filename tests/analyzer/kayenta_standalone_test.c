// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/kayenta_standalone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MINUTE INT64_C(60000)

static void test_kayenta_standalone__lifetime(void **state) {
    (void)state;
    struct kayenta_schedule from_end = {.now_ms = 10 * MINUTE, .has_end = true, .end_ms = 15 * MINUTE + 59999};
    struct kayenta_schedule given = {.has_lifetime = true, .lifetime_mins = 7}, neither = {.now_ms = 5};
    struct error err = {0};
    int64_t mins = -1;
    assert_true(kayenta_lifetime(&from_end, &mins, &err));
    assert_int_equal(mins, 5);
    assert_true(kayenta_lifetime(&given, &mins, &err));
    assert_int_equal(mins, 7);
    assert_false(kayenta_lifetime(&neither, &mins, &err));
    assert_int_equal(kayenta_interval(30, 0), 30);
    assert_int_equal(kayenta_interval(30, 31), 30);
    assert_int_equal(kayenta_interval(30, 10), 10);
}

static void test_kayenta_standalone__windows(void **state) {
    (void)state;
    static const struct {
        struct kayenta_schedule schedule;
        int64_t interval, judgement, start, end; // minutes
    } cases[] = {
        {{.now_ms = 100 * MINUTE}, 3, 2, 100, 106},
        {{.now_ms = 100 * MINUTE, .begin_after_mins = 4}, 3, 2, 104, 110},
        {{.now_ms = 100 * MINUTE, .lookback_mins = 5}, 5, 3, 110, 115},
        {{.now_ms = 100 * MINUTE, .has_start = true, .start_ms = 90 * MINUTE, .begin_after_mins = 4}, 3, 1, 94, 97},
        {{.now_ms = 100 * MINUTE,
          .has_start = true,
          .start_ms = 90 * MINUTE,
          .has_end = true,
          .end_ms = 120 * MINUTE,
          .begin_after_mins = 4},
         3,
         1,
         90,
         93},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct kayenta_window got = kayenta_window(&cases[i].schedule, cases[i].interval, cases[i].judgement);
        assert_int_equal(got.start_ms, cases[i].start * MINUTE);
        assert_int_equal(got.end_ms, cases[i].end * MINUTE);
    }
    struct kayenta_window back = kayenta_window_back((struct kayenta_window){90 * MINUTE, 100 * MINUTE}, 30);
    assert_int_equal(back.start_ms, 60 * MINUTE);
    assert_int_equal(back.end_ms, 70 * MINUTE);
}

static void test_kayenta_standalone__last_score_decides(void **state) {
    (void)state;
    static const double marginal = 75, pass = 95;
    static const struct {
        double last;
        const double *marginal, *pass;
        bool passed;
        const char *message;
    } cases[] = {
        {60, &marginal, &pass, false, "Final canary score 60.0 is not above the marginal score threshold."},
        {75, &marginal, &pass, false, "Final canary score 75.0 is not above the marginal score threshold."},
        {85.25, &marginal, &pass, false, "Final canary score 85.25 is below the pass score threshold."},
        {85, &marginal, NULL, true, "Final canary score 85.0 met or exceeded the pass score threshold."},
        {95, &marginal, &pass, true, "Final canary score 95.0 met or exceeded the pass score threshold."},
        {0, NULL, NULL, true, "No score thresholds were specified."},
    };
    struct kayenta_outcome got;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double scores[] = {99, cases[i].last};
        kayenta_aggregate(scores, 2, cases[i].marginal, cases[i].pass, &got);
        assert_int_equal(got.passed, cases[i].passed);
        assert_string_equal(got.message, cases[i].message);
    }
    kayenta_aggregate(NULL, 0, &marginal, &pass, &got);
    assert_false(got.passed);
    assert_string_equal(got.message, "There were no successful canary judgements to aggregate");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kayenta_standalone__lifetime),
        cmocka_unit_test(test_kayenta_standalone__windows),
        cmocka_unit_test(test_kayenta_standalone__last_score_decides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
