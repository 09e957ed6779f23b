// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/kayenta_score.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *const in_a[] = {"a"}, *const in_b[] = {"b"}, *const in_both[] = {"a", "b"};

#define RESULT(class, groups)                                                                                                              \
    { class, NULL, groups, sizeof(groups) / sizeof *(groups), false, false }

static void check_score(const char *what, struct kayenta_score_input *input, double want, enum kayenta_score_class class,
                        const char *reason) {
    struct arena arena = {0};
    struct kayenta_score got;
    input->pass = 95;
    input->marginal = 75;
    kayenta_score(input, &arena, &got);
    if (fabs(got.score - want) > 0 || got.class != class || strcmp(got.reason, reason) != 0)
        fail_msg("%s: want %.17g %s \"%s\", got %.17g %s \"%s\"", what, want, kayenta_score_class_name(class), reason, got.score,
                 kayenta_score_class_name(got.class), got.reason);
    arena_finish(&arena);
}

static void test_kayenta_score__weights(void **state) {
    (void)state;
    static const struct kayenta_scored mixed[] = {RESULT(KAYENTA_PASS, in_a), RESULT(KAYENTA_PASS, in_a), RESULT(KAYENTA_LOW, in_a),
                                                  RESULT(KAYENTA_HIGH, in_b)};
    static const struct kayenta_scored spread[] = {RESULT(KAYENTA_PASS, in_both), RESULT(KAYENTA_NODATA_FAIL, in_b)};
    static const struct kayenta_weight a75[] = {{"a", 75}}, a80_b80[] = {{"a", 80}, {"b", 80}}, ghost[] = {{"a", 40}, {"ghost", 60}};
    struct kayenta_score_input even = {mixed, 4, NULL, 0, 0, 0}, given = {mixed, 4, a75, 1, 0, 0}, over = {spread, 2, a80_b80, 2, 0, 0};
    struct kayenta_score_input lost = {mixed, 1, ghost, 2, 0, 0};
    check_score("no weights: even shares", &even, 33.33, KAYENTA_SCORE_FAIL, "");
    check_score("the rest goes to groups without a weight", &given, 50, KAYENTA_SCORE_FAIL, "");
    check_score("weights over 100", &over, 120, KAYENTA_SCORE_PASS, "");
    check_score("the weight of a group without metrics is lost", &lost, 40, KAYENTA_SCORE_FAIL, "");
}

static void test_kayenta_score__overrides(void **state) {
    (void)state;
    struct kayenta_scored critical[] = {RESULT(KAYENTA_PASS, in_a), RESULT(KAYENTA_HIGH, in_a), RESULT(KAYENTA_LOW, in_a)};
    static const struct kayenta_scored half[] = {RESULT(KAYENTA_NODATA, in_a), RESULT(KAYENTA_PASS, in_a)};
    static const struct kayenta_scored third[] = {RESULT(KAYENTA_NODATA, in_b), RESULT(KAYENTA_PASS, in_a), RESULT(KAYENTA_PASS, in_a)};
    struct kayenta_score_input input = {critical, 3, NULL, 0, 0, 0};
    critical[1].critical = critical[2].critical = true;
    critical[1].reason = "first";
    critical[2].reason = "second";
    check_score("the first critical one", &input, 0, KAYENTA_SCORE_FAIL, "Canary Failed: first");
    critical[1].muted = true;
    check_score("muted ones do not count", &input, 0, KAYENTA_SCORE_FAIL, "Canary Failed: second");
    critical[2].muted = true;
    check_score("nothing else fails", &input, 100, KAYENTA_SCORE_PASS, "");
    critical[0].muted = true;
    check_score("all muted", &input, 0, KAYENTA_SCORE_FAIL, "");
    struct kayenta_score_input nodata = {half, 2, NULL, 0, 0, 0}, less = {third, 3, NULL, 0, 0, 0};
    check_score("half without data", &nodata, 0, KAYENTA_SCORE_FAIL, "Canary Failed: 50% or more metrics returned NODATA");
    check_score("a group without data counts as passed", &less, 100, KAYENTA_SCORE_PASS, "");
}

static void test_kayenta_score__rounds_half_up_on_the_decimal_form(void **state) {
    (void)state;
    static const struct {
        double value, want;
    } cases[] = {{1.005, 1.01},
                 {2.675, 2.68},
                 {33.333333333333336, 33.33},
                 {99.995, 100},
                 {0, 0},
                 {75, 75},
                 {0.004999999, 0},
                 {0.005, 0.01},
                 {-1.005, -1.01},
                 {1e-9, 0},
                 {1234567.125, 1234567.13},
                 {0.07, 0.07},
                 {66.66666666666667, 66.67}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double got = kayenta_round(cases[i].value);
        if (fabs(got - cases[i].want) > 0) fail_msg("%.17g: want %.17g, got %.17g", cases[i].value, cases[i].want, got);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kayenta_score__weights),
        cmocka_unit_test(test_kayenta_score__overrides),
        cmocka_unit_test(test_kayenta_score__rounds_half_up_on_the_decimal_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
