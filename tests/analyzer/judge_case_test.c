// SPDX-License-Identifier: GPL-3.0-or-later
#include "judge_case.h"

#include <string.h>

#include "base/buf.h"

#include "evidence_check.h"

static bool read_text(const char *text, struct arena *arena, struct judge_case *ret, struct error *err) {
    struct evidence_settings settings;
    evidence_settings_default(&settings);
    return judge_case_read(view_of(text), &settings, arena, ret, err);
}

static struct judge_case good(const char *text, struct arena *arena) {
    struct judge_case c = {0};
    struct error err = {0};
    if (!read_text(text, arena, &c, &err)) fail_msg("%s: %s", text, err.text);
    return c;
}

static void bad(const char *text, enum error_code code, const char *word) {
    struct judge_case c;
    struct arena arena = {0};
    struct error err = {0};
    assert_false(read_text(text, &arena, &c, &err));
    arena_finish(&arena);
    assert_int_equal(err.code, code);
    if (strstr(err.text, word) == NULL) fail_msg("%s is not in: %s", word, err.text);
}

#define HEAD "{\"id\":\"a\",\"tolerance\":0.1,\"direction\":\"decrease\",\"type\":"

static void test_judge_case__series(void **state) {
    (void)state;
    struct arena arena = {0};
    struct judge_case c =
        good(HEAD "\"gauge\",\"baseline\":[1,null,3],\"canary\":[4.5],\"baseline_pre\":[7],\"canary_pre\":[8,9]}", &arena);
    assert_string_equal(c.id, "a");
    assert_int_equal(c.type, JUDGE_CASE_SERIES);
    assert_int_equal(c.settings.direction, EVIDENCE_DECREASE);
    check_near("tolerance", c.settings.tolerance, 0.1, 0);
    check_near("alpha", c.settings.alpha, 0.01, 0);
    assert_int_equal(c.steps, 3);
    assert_true(c.data.series.baseline[0] == 1 && isnan(c.data.series.baseline[1]) && c.data.series.baseline[2] == 3);
    assert_true(c.data.series.canary[0] == 4.5 && isnan(c.data.series.canary[1]) && isnan(c.data.series.canary[2]));
    assert_int_equal(c.data.series.before_count, 2);
    assert_true(isnan(c.data.series.baseline_before[1]) && c.data.series.canary_before[1] == 9);
    arena_finish(&arena);
}

static void test_judge_case__counts(void **state) {
    (void)state;
    struct arena arena = {0};
    struct judge_case c = good(HEAD "\"ratio\",\"abs_tolerance\":0.002,\"harm\":0.5,\"baseline\":[1,2],\"canary\":[3],"
                                    "\"baseline_total\":[10,20],\"canary_total\":[30,40]}",
                               &arena);
    assert_int_equal(c.type, JUDGE_CASE_COUNTS);
    assert_int_equal(c.data.counts.count, 2);
    check_near("absolute", c.settings.absolute, 0.002, 0);
    check_near("harm", c.settings.harm, 0.5, 0);
    assert_true(c.data.counts.baseline.total[1] == 20 && c.data.counts.canary.bad[0] == 3 && isnan(c.data.counts.canary.bad[1]));
    arena_finish(&arena);
}

static void test_judge_case__histogram(void **state) {
    (void)state;
    struct arena arena = {0};
    const char *text = HEAD "\"histogram\",\"le\":[0.1,1,\"+Inf\"],\"baseline_hist\":[[1,2,3],null],\"canary_hist\":[[4,5,6]]}";
    struct judge_case c = good(text, &arena);
    assert_int_equal(c.type, JUDGE_CASE_HISTOGRAM);
    assert_int_equal(c.data.histogram.buckets, 3);
    assert_int_equal(c.data.histogram.count, 2);
    check_near("bound", c.data.histogram.bounds[1], 1, 0);
    assert_true(c.data.histogram.baseline[2] == 3 && isnan(c.data.histogram.baseline[3]) && c.data.histogram.canary[2] == 6);
    c = good(HEAD "\"histogram\",\"le\":[0.1,1],\"baseline_hist\":[],\"canary_hist\":[]}", &arena);
    assert_int_equal(c.data.histogram.buckets, 3);
    arena_finish(&arena);
}

static void test_judge_case__what_is_left_out_has_defaults(void **state) {
    (void)state;
    struct arena arena = {0};
    struct judge_case c = good("{\"id\":\"a\",\"baseline\":[0],\"canary\":[1]}", &arena);
    assert_int_equal(c.type, JUDGE_CASE_SERIES);
    assert_int_equal(c.settings.direction, EVIDENCE_INCREASE);
    check_near("tolerance", c.settings.tolerance, 0.05, 0);
    c = good("{\"id\":\"a\",\"baseline\":[0],\"canary\":[1],\"baseline_total\":[9],\"canary_total\":[8]}", &arena);
    assert_int_equal(c.type, JUDGE_CASE_COUNTS);
    check_near("tolerance of ratios", c.settings.tolerance, 0.25, 0);
    c = good("{\"id\":\"a\",\"le\":[1],\"baseline_hist\":[],\"canary_hist\":[]}", &arena);
    assert_int_equal(c.type, JUDGE_CASE_HISTOGRAM);
    check_near("tolerance of histograms", c.settings.tolerance, 0.05, 0);
    arena_finish(&arena);
    bad("{\"id\":\"a\",\"direction\":3,\"baseline\":[0],\"canary\":[1]}", ERROR_DATA, "direction");
    bad("{\"id\":\"a\",\"type\":null,\"baseline\":[0],\"canary\":[1]}", ERROR_DATA, "type");
}

static void test_judge_case__what_is_wrong_is_named(void **state) {
    (void)state;
    bad("", ERROR_DATA, "not JSON");
    bad("[]", ERROR_DATA, "object");
    bad("{\"id\":\"a\",\"id\":\"b\"}", ERROR_DATA, "duplicate");
    bad(HEAD "\"gauge\",\"baseline\":[1]}", ERROR_DATA, "canary");
    bad(HEAD "\"gauge\",\"baseline\":[1],\"canary\":[true]}", ERROR_DATA, "canary[0]");
    bad(HEAD "\"gauge\",\"baseline\":[1],\"canary\":[1],\"canary_pre\":[1]}", ERROR_DATA, "baseline_pre");
    bad(HEAD "\"ratio\",\"baseline\":[1],\"canary\":[1],\"baseline_total\":[1,2],\"canary_total\":[1]}", ERROR_DATA, "totals");
    bad(HEAD "\"histogram\",\"le\":[],\"baseline_hist\":[],\"canary_hist\":[]}", ERROR_DATA, "le");
    bad(HEAD "\"histogram\",\"le\":[2,1],\"baseline_hist\":[],\"canary_hist\":[]}", ERROR_DATA, "le");
    bad(HEAD "\"histogram\",\"le\":[null],\"baseline_hist\":[],\"canary_hist\":[]}", ERROR_DATA, "le");
    bad(HEAD "\"histogram\",\"le\":[1],\"baseline_hist\":[3],\"canary_hist\":[]}", ERROR_DATA, "baseline_hist[0]");
    bad("{\"id\":\"a\",\"tolerance\":1.5,\"direction\":\"decrease\",\"type\":\"gauge\",\"baseline\":[],\"canary\":[]}", ERROR_CONFIG,
        "below 1");
}

static void test_judge_case__input_is_bounded(void **state) {
    (void)state;
    struct buf text;
    buf_init(&text, (size_t)8 << 20);
    buf_str(&text, HEAD "\"gauge\",\"canary\":[],\"baseline\":[0");
    for (size_t i = 0; i < 100000; i++) buf_str(&text, ",0");
    buf_str(&text, "]}");
    bad(buf_text(&text), ERROR_LIMIT, "100000");
    buf_clear(&text);
    buf_str(&text, HEAD "\"histogram\",\"canary_hist\":[],\"le\":[0");
    for (size_t i = 1; i < 1000; i++) buf_printf(&text, ",%zu", i);
    buf_str(&text, "],\"baseline_hist\":[null");
    for (size_t i = 0; i < 10000; i++) buf_str(&text, ",null");
    buf_str(&text, "]}");
    bad(buf_text(&text), ERROR_LIMIT, "10000000");
    buf_finish(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_judge_case__series),
        cmocka_unit_test(test_judge_case__counts),
        cmocka_unit_test(test_judge_case__histogram),
        cmocka_unit_test(test_judge_case__what_is_wrong_is_named),
        cmocka_unit_test(test_judge_case__what_is_left_out_has_defaults),
        cmocka_unit_test(test_judge_case__input_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
