// SPDX-License-Identifier: GPL-3.0-or-later
// Every format but text against golden files. What the files mean to the readers they are for is checked by report_files_test.py.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "documents.h"
#include "exporters/report_format.h"

struct golden {
    const char *format, *suffix; // of the file; elsewhere what is looked for
};

static const char *const documents[] = {"pass", "fail", "marginal", "inconclusive", "error", "evidence", "watch", "hostile"};
static const struct golden goldens[] = {{"ndjson", "ndjson"}, {"markdown", "md"}, {"junit", "xml"}, {"github", "github"},
                                        {"dotenv", "env"},    {"html", "html"},   {"prom", "prom"}};

enum { DOCUMENTS = sizeof documents / sizeof documents[0], GOLDENS = sizeof goldens / sizeof goldens[0] };

static void test_report_format__matches_golden_files(void **state) {
    (void)state;
    for (size_t i = 0; i < DOCUMENTS; i++) {
        json_t *result = document_load(documents[i]);
        for (size_t k = 0; k < GOLDENS; k++) {
            struct buf out;
            char file[64];
            document_render(&out, result, goldens[k].format);
            snprintf(file, sizeof file, "%s.%s", documents[i], goldens[k].suffix);
            document_golden(file, &out);
            buf_finish(&out);
        }
        json_decref(result);
    }
}

static void test_report_format__finds_by_name(void **state) {
    (void)state;
    assert_string_equal(report_format_find(view_of("html=x")) == NULL ? "" : "found", "");
    assert_null(report_format_find(view_of("")));
    assert_null(report_format_find(view_of("jso")));
    assert_string_equal(report_format_find((struct view){"json=file", 4})->name, "json");
}

// Each line is one of ours: no text from outside begins a line.
static void check_lines(const char *text, const char *const *beginnings) {
    for (; *text != '\0'; text += strcspn(text, "\n") + 1) {
        size_t i = 0;
        while (beginnings[i] != NULL && strncmp(text, beginnings[i], strlen(beginnings[i])) != 0) i++;
        if (beginnings[i] == NULL) fail_msg("an unexpected line: %.*s", (int)strcspn(text, "\n"), text);
    }
}

static void test_report_format__keeps_hostile_texts_in_their_place(void **state) {
    (void)state;
    static const char *const annotations[] = {"::error title=", "::warning title=", "::notice title=", NULL};
    static const char *const variables[] = {"SERIN_", NULL}, *const outputs[] = {"verdict=", "exit_code=", "score=", "run=", NULL};
    static const char *const events[] = {"{\"event\":\"", NULL};
    for (size_t i = 0; i < DOCUMENT_HOSTILE; i++) {
        json_t *result = document_load("fail");
        struct buf out;
        struct error err = {0};
        document_poison(result, document_hostile[i]);
        document_render(&out, result, "github");
        check_lines(buf_text(&out), annotations);
        buf_finish(&out);
        document_render(&out, result, "dotenv");
        check_lines(buf_text(&out), variables);
        buf_finish(&out);
        document_render(&out, result, "ndjson");
        check_lines(buf_text(&out), events);
        buf_clear(&out);
        assert_true(report_github_outputs(&out, result, &err));
        check_lines(buf_text(&out), outputs);
        buf_finish(&out);
        document_render(&out, result, "markdown");
        for (const char *at = buf_text(&out); (at = strstr(at, "<script")) != NULL; at++) assert_int_equal(at[-1], '`'); // a code span
        assert_ptr_equal(strstr(buf_text(&out), "-->"), strchr(buf_text(&out), '\n') - 3);
        buf_finish(&out);
        document_render(&out, result, "junit");
        assert_null(strstr(buf_text(&out), "<script"));
        buf_finish(&out);
        json_decref(result);
    }
}

static size_t count_of(const char *text, const char *part) {
    size_t count = 0;
    while ((text = strstr(text, part)) != NULL) count++, text++;
    return count;
}

static void test_report_format__markdown_keeps_to_what_a_comment_takes(void **state) {
    (void)state;
    static const size_t counts[] = {1, 40, 700, 3000};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        json_t *result = document_crowd("fail", counts[i]);
        struct buf out;
        document_render(&out, result, "markdown");
        assert_in_range(out.len, 500, 60000);
        assert_int_equal(strstr(buf_text(&out), "more metrics in the result document") != NULL, counts[i] > 500);
        assert_non_null(strstr(buf_text(&out), "run `7f3a9c01d2e4b6a8` · "));
        assert_int_equal(count_of(buf_text(&out), "<details>"), count_of(buf_text(&out), "</details>"));
        buf_finish(&out);
        json_decref(result);
    }
}

// A failed or broken analysis must not look green because no metric of it is red.
static void test_report_format__junit_never_hides_the_verdict(void **state) {
    (void)state;
    json_t *result = document_load("error");
    struct buf out;
    json_object_set_new(result, "metrics", json_array());
    document_render(&out, result, "junit");
    assert_non_null(strstr(buf_text(&out), "tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\""));
    assert_non_null(strstr(buf_text(&out), "<testcase name=\"verdict\""));
    buf_finish(&out);
    json_object_set_new(result, "verdict", json_string("fail"));
    document_render(&out, result, "junit");
    assert_non_null(strstr(buf_text(&out), "tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\""));
    buf_finish(&out);
    json_decref(result);
    result = document_load("pass"); // of cases with one name GitLab keeps the first
    json_object_set_new(result, "verdict", json_string("fail"));
    json_object_set_new(json_array_get(json_object_get(result, "metrics"), 0), "name", json_string("verdict"));
    document_render(&out, result, "junit");
    const char *first = strstr(buf_text(&out), "<testcase name=\"verdict\"");
    assert_non_null(first);
    assert_true(strstr(first, "<failure") < strstr(first, "</testcase>"));
    buf_finish(&out);
    json_decref(result);
}

static void check_parts(const json_t *result, const struct golden *parts, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct buf out;
        document_render(&out, result, parts[i].format);
        if (strstr(buf_text(&out), parts[i].suffix) == NULL) fail_msg("%s lacks \"%s\"", parts[i].format, parts[i].suffix);
        buf_finish(&out);
    }
}

static void test_report_format__shows_objectives_where_there_are_any(void **state) {
    (void)state;
    static const struct golden parts[] = {
        {"prom", "serin_objective_target_ratio{canary=\"checkout-api\",objective=\"avail|ability\"} 0.999\n"},
        {"prom", "serin_objective_attainment_ratio{canary=\"checkout-api\",objective=\"avail|ability\"} 0.999625\n"},
        {"prom", "serin_objective_budget_remaining_ratio{canary=\"checkout-api\",objective=\"avail|ability\"} 0.625\n"},
        {"prom", "serin_objective_exhaustion_seconds{canary=\"checkout-api\",objective=\"avail|ability\"} +Inf\n"},
        {"prom", "serin_objective_gate{canary=\"checkout-api\",objective=\"avail|ability\",state=\"closed\"} 1\n"},
        {"prom",
         "serin_burn_rate{canary=\"checkout-api\",objective=\"avail|ability\",side=\"canary\",window=\"1h\",bound=\"estimate\"} 2.385\n"},
        {"prom",
         "serin_burn_rate{canary=\"checkout-api\",objective=\"avail|ability\",side=\"canary\",window=\"1h\",bound=\"lower\"} 0.2385\n"},
        {"prom", "serin_release_budget_consumed_ratio{canary=\"checkout-api\",objective=\"avail|ability\",bound=\"lower\"} 0.25\n"},
        {"markdown", "**Budget** `avail|ability`: 62.5% of the budget left, release budget 38.5% used, halt at 30%: gate closed; burning "
                     "for certain\n"},
        {"html",
         "avail|ability</h3><p>62.5% of the budget left, release budget 38.5% used, halt at 30%: gate closed; burning for certain</p>"},
        {"html", "<title>avail|ability: budget used</title>"},
        {"html", ">halt at 30%</text>"},
        {"ndjson", "{\"event\":\"objective\",\"id\":\"7f3a9c01d2e4b6a8\",\"name\":\"avail|ability\""},
    };
    json_t *result = document_load("fail");
    json_object_set_new(result, "objectives", document_load("objectives"));
    check_parts(result, parts, sizeof parts / sizeof parts[0]);
    json_decref(result);
}

static void test_report_format__says_how_far_a_watch_is(void **state) {
    (void)state;
    static const struct golden parts[] = {
        {"text", "\nWATCH  look 3 of 5; 1 skipped <b>\n"},
        {"markdown", "**Watch** look 3 of 5; 1 skipped "},
        {"html", "<dt>Watch</dt><dd>look 3 of 5; 1 skipped &lt;b&gt;</dd>"},
        {"ndjson", "\"looks\":{\"look\":3,\"text\":\"look 3 of 5; 1 skipped <b>\"}}\n"},
    };
    json_t *result = document_load("inconclusive");
    json_object_set_new(result, "looks", json_pack("{s:i,s:s}", "look", 3, "text", "look 3 of 5; 1 skipped <b>"));
    check_parts(result, parts, sizeof parts / sizeof parts[0]);
    json_decref(result);
}

// Labels are bounded by the configuration: what names a run must not become one.
static void test_report_format__prom_has_no_run_in_it(void **state) {
    (void)state;
    json_t *result = document_load("evidence");
    struct buf out;
    document_render(&out, result, "prom");
    assert_null(strstr(buf_text(&out), json_string_value(json_object_get(result, "id"))));
    buf_finish(&out);
    json_decref(result);
    result = document_crowd("fail", 1500);
    document_render(&out, result, "prom");
    assert_non_null(strstr(buf_text(&out), "metric=\"crowd_999\""));
    assert_null(strstr(buf_text(&out), "metric=\"crowd_1000\""));
    buf_finish(&out);
    json_decref(result);
}

static void test_report_format__refuses_what_is_no_result(void **state) {
    (void)state;
    json_t *result = document_load("pass");
    json_object_del(result, "verdict");
    for (const struct report_format *format = report_formats; format->name != NULL; format++) {
        struct buf out;
        struct error err = {0};
        struct report_style style = {.width = 80};
        if (strcmp(format->name, "json") == 0) continue; // it writes what there is
        buf_init(&out, DOCUMENT_BYTES);
        assert_false(format->render(&out, result, &style, &err));
        assert_string_equal(err.text, "result document: verdict is missing");
        buf_finish(&out);
    }
    json_decref(result);
}

static void test_report_format__tells_when_it_does_not_fit(void **state) {
    (void)state;
    json_t *result = document_load("fail");
    for (const struct report_format *format = report_formats; format->name != NULL; format++) {
        struct buf out;
        struct error err = {0};
        struct report_style style = {.width = 80};
        buf_init(&out, 50);
        assert_false(format->render(&out, result, &style, &err));
        assert_int_equal(err.code, ERROR_LIMIT);
        buf_finish(&out);
    }
    json_decref(result);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_report_format__matches_golden_files),
        cmocka_unit_test(test_report_format__finds_by_name),
        cmocka_unit_test(test_report_format__keeps_hostile_texts_in_their_place),
        cmocka_unit_test(test_report_format__markdown_keeps_to_what_a_comment_takes),
        cmocka_unit_test(test_report_format__junit_never_hides_the_verdict),
        cmocka_unit_test(test_report_format__shows_objectives_where_there_are_any),
        cmocka_unit_test(test_report_format__says_how_far_a_watch_is),
        cmocka_unit_test(test_report_format__prom_has_no_run_in_it),
        cmocka_unit_test(test_report_format__refuses_what_is_no_result),
        cmocka_unit_test(test_report_format__tells_when_it_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
