// SPDX-License-Identifier: GPL-3.0-or-later
// The rules of a metric's class one by one; whole samples with known intervals are in fixtures/kayenta.
#include "analyzer/kayenta_metric.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NOT_A_NUMBER ((double)NAN)

struct sample {
    size_t count;
    double values[12];
};

static void judge(const struct sample *x, const struct sample *y, const struct kayenta_settings *settings, struct kayenta_result *ret) {
    struct error err = {0};
    if (!kayenta_classify("m", (struct kayenta_sample){x->values, x->count}, (struct kayenta_sample){y->values, y->count}, settings, ret,
                          &err))
        fail_msg("refused: %s", err.text);
}

static void check_class(const char *what, const struct kayenta_result *got, enum kayenta_class class, const char *reason, bool critical) {
    if (got->class != class || strcmp(got->reason, reason) != 0 || got->critical != critical)
        fail_msg("%s: want %s \"%s\" critical %d, got %s \"%s\" critical %d", what, kayenta_class_name(class), reason, critical,
                 kayenta_class_name(got->class), got->reason, got->critical);
}

static const struct sample none = {0, {0}}, gaps = {2, {NOT_A_NUMBER, NOT_A_NUMBER}}, five = {5, {1, 2.2, 1.1, 2.5, 3}},
                           high = {5, {20, 22, 21, 25, 30}};

static void test_kayenta_metric__missing_data(void **state) {
    (void)state;
    static const struct {
        const struct sample *x, *y;
        bool replace, must_have_data, critical;
        enum kayenta_class class;
        const char *reason;
        bool is_critical;
    } cases[] = {
        {&none, &five, false, false, false, KAYENTA_NODATA, "Missing data for m", false},
        {&five, &none, false, false, true, KAYENTA_NODATA, "Missing data for m", true},
        {&gaps, &five, false, true, false, KAYENTA_NODATA_FAIL, "Missing data for m", false},
        {&none, &five, false, true, true, KAYENTA_NODATA, "Missing data for m", true},
        {&none, &five, true, true, true, KAYENTA_PASS, "", false},
        {&gaps, &gaps, true, false, false, KAYENTA_PASS, "The Canary and Baseline data are identical", false},
        {&gaps, &none, true, false, false, KAYENTA_PASS, "", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct kayenta_settings settings;
        struct kayenta_result got;
        kayenta_settings_default(&settings);
        settings.nan_strategy = cases[i].replace ? KAYENTA_NAN_REPLACE : KAYENTA_NAN_REMOVE;
        settings.must_have_data = cases[i].must_have_data;
        settings.critical = cases[i].critical;
        judge(cases[i].x, cases[i].y, &settings, &got);
        check_class("missing", &got, cases[i].class, cases[i].reason, cases[i].is_critical);
        assert_true(got.has_ratio && got.ratio >= 1 && got.ratio <= 1);
    }
}

static void test_kayenta_metric__direction_and_limits(void **state) {
    (void)state;
    static const struct {
        const char *what;
        const struct sample *x, *y;
        enum kayenta_direction direction;
        bool critical;
        struct kayenta_effect_limits limits;
        enum kayenta_class class;
        const char *reason;
    } cases[] = {
        {"up", &high, &five, KAYENTA_EITHER, false, {1, 1, 1, 1}, KAYENTA_HIGH, "m was classified as High"},
        {"up, decrease only", &high, &five, KAYENTA_DECREASE, true, {1, 1, 1, 1}, KAYENTA_PASS, ""},
        {"down", &five, &high, KAYENTA_DECREASE, false, {1, 1, 1, 1}, KAYENTA_LOW, "m was classified as Low"},
        {"down, increase only", &five, &high, KAYENTA_INCREASE, true, {1, 1, 1, 1}, KAYENTA_PASS, ""},
        {"allowed", &high, &five, KAYENTA_EITHER, false, {12.1, 1, 1, 1}, KAYENTA_PASS, ""},
        {"critical", &high, &five, KAYENTA_EITHER, true, {1, 1, 12, 1}, KAYENTA_HIGH, "The metric m was classified as High (Critical)"},
        {"below the critical limit", &high, &five, KAYENTA_EITHER, true, {1, 1, 12.1, 1}, KAYENTA_HIGH, "m was classified as High"},
        {"allowed gates critical", &high, &five, KAYENTA_EITHER, true, {12.1, 1, 1, 1}, KAYENTA_PASS, ""},
        {"critical drop",
         &five,
         &high,
         KAYENTA_EITHER,
         true,
         {1, 0.5, 1, 0.1},
         KAYENTA_LOW,
         "The metric m was classified as Low (Critical)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct kayenta_settings settings;
        struct kayenta_result got;
        kayenta_settings_default(&settings);
        settings.direction = cases[i].direction;
        settings.critical = cases[i].critical;
        settings.limits = cases[i].limits;
        judge(cases[i].x, cases[i].y, &settings, &got);
        check_class(cases[i].what, &got, cases[i].class, cases[i].reason, strstr(cases[i].reason, "Critical") != NULL);
    }
}

static void test_kayenta_metric__error_is_never_critical(void **state) {
    (void)state;
    struct sample x = {1, {1.2}}, y = {1, {1.2}};
    struct kayenta_settings settings;
    struct kayenta_result got;
    kayenta_settings_default(&settings);
    settings.critical = true;
    y.values[0] = 0;
    x.values[0] = 0;
    judge(&x, &y, &settings, &got);
    check_class("same", &got, KAYENTA_PASS, "The Canary and Baseline data are identical", false);
    y = (struct sample){1, {(double)INFINITY}};
    x = (struct sample){1, {-(double)INFINITY}};
    judge(&x, &y, &settings, &got);
    check_class("no variance", &got, KAYENTA_ERROR, "Metric Classification Failed", false);
    assert_false(got.has_ratio);
}

static void test_kayenta_metric__constant_sides_give_the_same_numbers_each_time(void **state) {
    (void)state;
    struct sample x = {5, {1, 1, 1, 1, 1}}, y = {5, {10, 10, 10, 10, 10}};
    struct kayenta_settings settings;
    struct kayenta_result first, second;
    kayenta_settings_default(&settings);
    judge(&x, &y, &settings, &first);
    judge(&x, &y, &settings, &second);
    check_class("down", &first, KAYENTA_LOW, "m was classified as Low", false);
    assert_true(first.randomised);
    assert_true(fabs(first.ratio - 0.1) < 1e-5 && first.ratio != 0.1);
    assert_memory_equal(&first.lower, &second.lower, sizeof first.lower);
    assert_memory_equal(&first.ratio, &second.ratio, sizeof first.ratio);
    assert_true(first.experiment.std <= 0); // statistics are those before the noise
}

static void test_kayenta_metric__outliers_leave_by_own_fences(void **state) {
    (void)state;
    struct sample x = {12, {10, 11, 12, 10, 11, 12, 10, 11, 12, 11, 11, 900}}, y = {6, {10, 11, 12, 11, 10, 12}};
    struct kayenta_settings settings;
    struct kayenta_result got;
    kayenta_settings_default(&settings);
    settings.remove_outliers = true;
    judge(&x, &y, &settings, &got);
    assert_int_equal(got.experiment.count, 11);
    assert_int_equal(got.control.count, 6);
}

static void test_kayenta_metric__outlier_factor_must_be_positive(void **state) {
    (void)state;
    struct kayenta_settings settings;
    struct kayenta_result got;
    struct error err = {0};
    struct kayenta_sample sample = {five.values, five.count};
    kayenta_settings_default(&settings);
    settings.outlier_factor = 0;
    assert_true(kayenta_classify("m", sample, sample, &settings, &got, &err)); // not looked at when outliers are kept
    settings.remove_outliers = true;
    assert_false(kayenta_classify("m", sample, sample, &settings, &got, &err));
    assert_int_equal(err.code, ERROR_CONFIG);
}

static void test_kayenta_metric__class_names_read_back(void **state) {
    (void)state;
    for (enum kayenta_class class = KAYENTA_PASS; class <= KAYENTA_ERROR; class ++) {
        enum kayenta_class back;
        assert_true(kayenta_class_parse(kayenta_class_name(class), &back));
        assert_int_equal(back, class);
    }
    enum kayenta_class back;
    assert_false(kayenta_class_parse("pass", &back));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kayenta_metric__missing_data),
        cmocka_unit_test(test_kayenta_metric__direction_and_limits),
        cmocka_unit_test(test_kayenta_metric__error_is_never_critical),
        cmocka_unit_test(test_kayenta_metric__constant_sides_give_the_same_numbers_each_time),
        cmocka_unit_test(test_kayenta_metric__outliers_leave_by_own_fences),
        cmocka_unit_test(test_kayenta_metric__outlier_factor_must_be_positive),
        cmocka_unit_test(test_kayenta_metric__class_names_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
