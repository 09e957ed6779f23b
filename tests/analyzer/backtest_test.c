// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "analyzer/backtest.h"
#include "base/timetext.h"
#include "made_history.h"

#define HOUR_MS INT64_C(3600000)
#define FROM_MS (MADE_END_MS - 12 * HOUR_MS)
#define METRICS                                                                                                                            \
    "  - {name: latency, unit: s, query: 'latency{${scope}}', tolerance: 10%}\n"                                                           \
    "  - {name: memory, query: 'memory{${scope}}', tolerance: 20%}\n"

// Slower from 14:10 to 15:00 on the canary.
static void make(struct made_history *made, double factor) {
    struct made_gauge calm = {.level = 0.2, .sd = 0.05, .rho = 0.3}, bad = calm;
    bad.bad_from_ms = FROM_MS + 2 * HOUR_MS + 600000;
    bad.bad_to_ms = FROM_MS + 3 * HOUR_MS;
    bad.factor = factor;
    made_start(made, METRICS, 12 * HOUR_MS, false);
    made_gauge(made, 0, SIDE_BASELINE, "a", calm);
    made_gauge(made, 0, SIDE_CANARY, "b", bad);
    made_gauge(made, 1, SIDE_BASELINE, "a", calm);
    made_gauge(made, 1, SIDE_CANARY, "b", calm);
}

static json_t *backtest(struct made_history *made, const int64_t *starts, size_t count, bool looks) {
    struct error err = {0};
    struct backtest_options options = {.starts_ms = starts, .count = count, .looks = looks};
    json_t *document = backtest_run(&made->history, &options, &err);
    if (document == NULL) fail_msg("%s", err.text);
    return document;
}

static const char *text_of(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

static int64_t time_of(const json_t *object, const char *key) {
    int64_t ms = 0;
    const char *text = text_of(object, key);
    if (!time_parse(view_of(text), &ms)) fail_msg("%s: no time: %s", key, text);
    return ms;
}

static void test_backtest__finds_the_change_where_it_is(void **state) {
    (void)state;
    struct made_history made;
    struct error err = {0};
    const int64_t *starts;
    size_t count;
    make(&made, 1.4);
    assert_true(backtest_every(&made.r.config, FROM_MS, MADE_END_MS, 0, &made.r.arena, &starts, &count, &err));
    assert_int_equal(count, 24);
    json_t *document = backtest(&made, starts, count, false);
    for (size_t i = 0; i < count; i++) {
        const json_t *w = json_array_get(json_object_get(document, "windows"), i);
        bool bad = i == 4 || i == 5;
        if ((strcmp(text_of(w, "verdict"), "fail") == 0) != bad) fail_msg("window %zu: %s", i, text_of(w, "verdict"));
        if (bad) assert_string_equal(text_of(w, "metric"), "latency");
        assert_string_equal(text_of(w, "outcome"), bad                                          ? "detected"
                                                   : strcmp(text_of(w, "verdict"), "pass") == 0 ? "missed"
                                                                                                : "inconclusive");
    }
    const json_t *first = json_array_get(json_object_get(document, "windows"), 4);
    int64_t late_ms = time_of(first, "since") - (FROM_MS + 2 * HOUR_MS + 600000);
    if (late_ms < -120000 || late_ms > 120000) fail_msg("since %s", text_of(first, "since"));
    assert_int_equal(time_of(first, "detected"), FROM_MS + 2 * HOUR_MS + HOUR_MS / 2);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(document, "verdicts"), "fail")), 2);
    json_decref(document);
    made_finish(&made);
}

static void test_backtest__says_what_a_window_that_missed_it_sees(void **state) {
    (void)state;
    struct made_history made;
    int64_t start_ms = FROM_MS + 2 * HOUR_MS + HOUR_MS / 2;
    make(&made, 1.02); // below what is tolerated
    json_t *document = backtest(&made, &start_ms, 1, false);
    const json_t *w = json_array_get(json_object_get(document, "windows"), 0);
    assert_string_equal(text_of(w, "outcome"), "missed");
    if (strstr(text_of(w, "reason"), "nothing found; memory shows changes above ") == NULL) fail_msg("%s", text_of(w, "reason"));
    assert_true(json_is_null(json_object_get(w, "metric")) && json_is_null(json_object_get(w, "detected")));
    json_decref(document);
    made_finish(&made);
}

static void test_backtest__with_looks_fails_early(void **state) {
    (void)state;
    struct made_history made;
    const int64_t starts[] = {FROM_MS + 2 * HOUR_MS + 600000, FROM_MS + 5 * HOUR_MS};
    make(&made, 1.6);
    json_t *document = backtest(&made, starts, 2, true);
    const json_t *bad = json_array_get(json_object_get(document, "windows"), 0);
    const json_t *good = json_array_get(json_object_get(document, "windows"), 1);
    assert_string_equal(text_of(bad, "verdict"), "fail");
    assert_true(time_of(bad, "detected") < time_of(bad, "end"));
    const json_t *looks = json_object_get(bad, "looks");
    assert_int_equal(json_integer_value(json_object_get(looks, "planned")), 6);
    assert_true(json_real_value(json_object_get(looks, "alpha")) < 0.01);
    assert_string_equal(text_of(good, "verdict"), "pass");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(good, "looks"), "last")), 6);
    json_decref(document);
    made_finish(&made);
}

static void test_backtest__refuses_what_is_not_there(void **state) {
    (void)state;
    struct made_history made;
    struct error err = {0};
    const int64_t *starts, outside = MADE_END_MS - 600000;
    size_t count;
    make(&made, 1);
    struct backtest_options options = {.starts_ms = &outside, .count = 1};
    assert_null(backtest_run(&made.history, &options, &err));
    assert_int_equal(err.code, ERROR_USAGE);
    assert_false(backtest_every(&made.r.config, FROM_MS, FROM_MS + 60000, 0, &made.r.arena, &starts, &count, &err));
    assert_false(backtest_every(&made.r.config, 0, MADE_END_MS, 1000, &made.r.arena, &starts, &count, &err));
    made.answers[0].result.outcome = DECODE_API_ERROR;
    error_set(&made.answers[0].result.err, ERROR_API, "query timed out");
    assert_false(history_check(&made.history, &err));
    assert_non_null(strstr(err.text, "query timed out"));
    made.answers[0].result.outcome = DECODE_OK;
    made_finish(&made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_backtest__finds_the_change_where_it_is),
        cmocka_unit_test(test_backtest__says_what_a_window_that_missed_it_sees),
        cmocka_unit_test(test_backtest__with_looks_fails_early),
        cmocka_unit_test(test_backtest__refuses_what_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
