// SPDX-License-Identifier: GPL-3.0-or-later
// Every format but text against golden files. What the files mean to the readers they are for is checked by report_files_test.py.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "documents.h"
#include "exporters/report_format.h"

enum { LIMIT = 1 << 23 };

struct golden {
    const char *format, *suffix; // of the file; elsewhere what is looked for
};

static const char *const documents[] = {"pass", "fail", "marginal", "inconclusive", "error", "evidence", "watch", "hostile"};
static const struct golden goldens[] = {{"ndjson", "ndjson"}, {"markdown", "md"}, {"junit", "xml"}, {"github", "github"},
                                        {"dotenv", "env"},    {"html", "html"},   {"prom", "prom"}};

enum { DOCUMENTS = sizeof documents / sizeof documents[0], GOLDENS = sizeof goldens / sizeof goldens[0] };

static void render(struct buf *out, const json_t *result, const char *format) {
    struct error err = {0};
    struct report_style style = {.width = 80};
    buf_init(out, LIMIT);
    const struct report_format *found = report_format_find(view_of(format));
    if (found == NULL) fail_msg("no format %s", format);
    if (!found->render(out, result, &style, &err)) fail_msg("%s: %s", format, err.text);
}

static void test_report_format__matches_golden_files(void **state) {
    (void)state;
    for (size_t i = 0; i < DOCUMENTS; i++) {
        json_t *result = document_load(documents[i]);
        for (size_t k = 0; k < GOLDENS; k++) {
            struct buf out;
            char file[64];
            render(&out, result, goldens[k].format);
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

// clang-format off
static const char *const hostile[] = {
    "<script>alert('1')</script>", "::error::owned\n::error::owned", "two\r\nlines", "`a` | b [c](d) @team", "--> ]]> </details>", "",
    "漢字 🐤 \xEF\xBF\xBE", "\x1b[2J\xE2\x80\xAE", "%0A%s%n"};
// clang-format on

static void test_report_format__keeps_hostile_texts_in_their_place(void **state) {
    (void)state;
    static const char *const annotations[] = {"::error title=", "::warning title=", "::notice title=", NULL};
    static const char *const variables[] = {"SERIN_", NULL}, *const outputs[] = {"verdict=", "exit_code=", "score=", "run=", NULL};
    static const char *const events[] = {"{\"event\":\"", NULL};
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        json_t *result = document_load("fail");
        struct buf out;
        struct error err = {0};
        document_poison(result, hostile[i]);
        render(&out, result, "github");
        check_lines(buf_text(&out), annotations);
        buf_finish(&out);
        render(&out, result, "dotenv");
        check_lines(buf_text(&out), variables);
        buf_finish(&out);
        render(&out, result, "ndjson");
        check_lines(buf_text(&out), events);
        buf_clear(&out);
        assert_true(report_github_outputs(&out, result, &err));
        check_lines(buf_text(&out), outputs);
        buf_finish(&out);
        render(&out, result, "markdown");
        for (const char *at = buf_text(&out); (at = strstr(at, "<script")) != NULL; at++) assert_int_equal(at[-1], '`'); // a code span
        assert_ptr_equal(strstr(buf_text(&out), "-->"), strchr(buf_text(&out), '\n') - 3);
        buf_finish(&out);
        render(&out, result, "junit");
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
        json_t *result = document_crowd(counts[i]);
        struct buf out;
        render(&out, result, "markdown");
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
    render(&out, result, "junit");
    assert_non_null(strstr(buf_text(&out), "tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\""));
    assert_non_null(strstr(buf_text(&out), "<testcase name=\"verdict\""));
    buf_finish(&out);
    json_object_set_new(result, "verdict", json_string("fail"));
    render(&out, result, "junit");
    assert_non_null(strstr(buf_text(&out), "tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\""));
    buf_finish(&out);
    json_decref(result);
    result = document_load("pass"); // of cases with one name GitLab keeps the first
    json_object_set_new(result, "verdict", json_string("fail"));
    json_object_set_new(json_array_get(json_object_get(result, "metrics"), 0), "name", json_string("verdict"));
    render(&out, result, "junit");
    const char *first = strstr(buf_text(&out), "<testcase name=\"verdict\"");
    assert_non_null(first);
    assert_true(strstr(first, "<failure") < strstr(first, "</testcase>"));
    buf_finish(&out);
    json_decref(result);
}

// Thirty looks at as many metrics as letters.
static void add_looks(json_t *result, const char *letters) {
    json_t *names = json_array(), *looks = json_array();
    for (size_t i = 0; i < strlen(letters); i++) {
        char name[40];
        snprintf(name, sizeof name, "crowd_%zu", i);
        json_array_append_new(names, json_string(name));
    }
    for (int i = 1; i <= 30; i++)
        json_array_append_new(looks, json_pack("{s:i, s:s, s:s, s:s}", "look", i, "at", "2025-01-01T00:30:00Z", "verdict", "inconclusive",
                                               "classes", letters));
    json_object_set_new(result, "looks",
                        json_pack("{s:s, s:{s:o, s:o}}", "text", "look 30 of 30", "history", "metrics", names, "looks", looks));
}

static void test_report_format__html_stays_small_and_harmless(void **state) {
    (void)state;
    json_t *result = document_crowd(40), *queries = json_array();
    const json_t *query = json_array_get(json_object_get(result, "queries"), 0);
    for (size_t i = 0; i < 160; i++) { // four for each metric
        json_t *copy = json_deep_copy(query);
        char name[40];
        snprintf(name, sizeof name, "crowd_%zu", i % 40);
        json_object_set_new(copy, "metric", json_string(name));
        json_array_append_new(queries, copy);
    }
    json_object_set_new(result, "queries", queries);
    add_looks(result, "phline-iphline-iphline-iphline-iphline-i");
    struct buf out;
    render(&out, result, "html");
    assert_in_range(out.len, 100000, 300 << 10);
    assert_non_null(strstr(buf_text(&out), "The last 20 of 30 looks"));
    buf_finish(&out);
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        document_poison(result, hostile[i]);
        render(&out, result, "html");
        assert_null(strstr(buf_text(&out), "<script"));
        buf_finish(&out);
    }
    json_decref(result);
}

static void check_coordinates(const char *html) {
    static const char *const none[] = {"=\"nan", "=\"-nan", "=\"inf", "Mnan", "Lnan", "Hnan", "Vnan", "hnan", "vnan", " nan", "-nan"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) assert_null(strstr(html, none[i]));
}

// Numbers at the ends of what doubles hold must not become coordinates that are none.
static void test_report_format__html_draws_any_numbers(void **state) {
    (void)state;
    static const double values[] = {0, -0.0, 5e-324, 1e308, -1e308, 1e-300, 3};
    for (size_t i = 0; i < 49; i++) {
        json_t *result = document_load("fail"), *metric = json_array_get(json_object_get(result, "metrics"), 0);
        json_t *trend = json_object_get(json_object_get(metric, "trend"), "canary"), *shift = json_object_get(metric, "shift");
        double a = values[i % 7], b = values[i / 7];
        json_array_set_new(trend, 3, json_real(a));
        json_array_set_new(trend, 4, json_null());
        json_array_set_new(trend, 5, json_real(b));
        json_object_set_new(shift, "lower", json_real(a));
        json_object_set_new(shift, "upper", json_real(b));
        json_object_set_new(metric, "tolerance", json_pack("{s:f,s:f,s:f}", "relative", fabs(a), "absolute", fabs(b), "harm", 2 * fabs(b)));
        struct buf out;
        render(&out, result, "html");
        check_coordinates(buf_text(&out));
        buf_finish(&out);
        json_decref(result);
    }
}

static const char objectives[] =
    "[{\"name\":\"avail|ability\",\"target\":99.9,\"allowed\":0.001,\"period\":{\"kind\":\"rolling\",\"length_s\":2592000},"
    "\"gate\":\"closed\",\"reasons\":[\"burning for certain\"],\"budget\":{\"remaining\":0.625,\"remaining_events\":625,"
    "\"remaining_outage_s\":1620,\"elapsed\":null,\"sustainable_burn_rate\":null,\"recent_s\":null,\"recent_burn_rate\":null,"
    "\"exhaustion_s\":\"+Inf\",\"exhaustion_soonest_s\":null,\"exhaustion_latest_s\":null},\"tiers\":[],\"release\":{\"gate\":\"closed\","
    "\"reason\":\"burning for certain\",\"share\":0.385,\"share_lower\":0.25,\"share_upper\":null,\"halt_at\":0.3,\"excess_errors\":null,"
    "\"excess_errors_lower\":null,\"excess_errors_upper\":null,\"p_worse\":null,\"full_exhaustion_s\":null,"
    "\"full_exhaustion_soonest_s\":null,\"full_exhaustion_latest_s\":null,\"least_requests\":2995},\"counts\":[{\"of\":\"service\","
    "\"kind\":\"period\",\"length_s\":2592000,\"state\":\"ok\",\"errors\":375,\"total\":1000000,\"error_ratio\":0.000375,"
    "\"burn_rate\":0.375,\"burn_rate_lower\":null,\"burn_rate_upper\":null},{\"of\":\"canary\",\"kind\":\"window\",\"length_s\":3600,"
    "\"state\":\"ok\",\"errors\":1,\"total\":419,\"error_ratio\":0.002385,\"burn_rate\":2.385,\"burn_rate_lower\":0.2385,"
    "\"burn_rate_upper\":null},{\"of\":\"canary\",\"kind\":\"window\",\"length_s\":300,\"state\":\"no_traffic\",\"errors\":null,"
    "\"total\":0,\"error_ratio\":null,\"burn_rate\":null,\"burn_rate_lower\":null,\"burn_rate_upper\":null}]}]";

static void check_parts(const json_t *result, const struct golden *parts, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct buf out;
        render(&out, result, parts[i].format);
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
    json_object_set_new(result, "objectives", json_loads(objectives, 0, NULL));
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

static const char *const replacements[] = {"null", "1e308", "\"+Inf\"", "[{}]"};

// A document that may be wrong: it is refused with a reason, or rendered without what no reader takes.
static void check_damaged(const json_t *result, const char *format) {
    struct error err = {0};
    struct report_style style = {.width = 80};
    struct buf out;
    buf_init(&out, LIMIT);
    if (!report_format_find(view_of(format))->render(&out, result, &style, &err)) {
        assert_int_not_equal(err.text[0], '\0');
    } else if (strcmp(format, "html") == 0) {
        check_coordinates(buf_text(&out));
    }
    buf_finish(&out);
}

// Puts every replacement in the place of every member below `node`, one at a time; of a list's items the last.
static void damage(const json_t *root, json_t *node) {
    static const char *const formats[] = {"prom", "markdown", "junit", "github"};
    void *at = json_is_object(node) ? json_object_iter(node) : NULL;
    for (; at != NULL; at = json_object_iter_next(node, at)) {
        json_t *kept = json_incref(json_object_iter_value(at));
        for (size_t i = 0; i < sizeof replacements / sizeof replacements[0]; i++) {
            json_object_iter_set_new(node, at, json_loads(replacements[i], JSON_DECODE_ANY, NULL));
            check_damaged(root, formats[i]);
            check_damaged(root, formats[(i + 1) % 4]);
            check_damaged(root, "html");
        }
        json_object_iter_set_new(node, at, kept);
        damage(root, kept);
    }
    if (json_array_size(node) > 0) damage(root, json_array_get(node, json_array_size(node) - 1));
}

static void test_report_format__survives_every_damaged_member(void **state) {
    (void)state;
    json_t *result = document_load("evidence");
    json_object_set_new(result, "objectives", json_loads(objectives, 0, NULL));
    while (json_array_size(json_object_get(result, "metrics")) > 2) json_array_remove(json_object_get(result, "metrics"), 1);
    damage(result, result);
    json_decref(result);
}

// Labels are bounded by the configuration: what names a run must not become one.
static void test_report_format__prom_has_no_run_in_it(void **state) {
    (void)state;
    json_t *result = document_load("evidence");
    struct buf out;
    render(&out, result, "prom");
    assert_null(strstr(buf_text(&out), json_string_value(json_object_get(result, "id"))));
    buf_finish(&out);
    json_decref(result);
    result = document_crowd(1500);
    render(&out, result, "prom");
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
        buf_init(&out, LIMIT);
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
        cmocka_unit_test(test_report_format__html_stays_small_and_harmless),
        cmocka_unit_test(test_report_format__html_draws_any_numbers),
        cmocka_unit_test(test_report_format__shows_objectives_where_there_are_any),
        cmocka_unit_test(test_report_format__says_how_far_a_watch_is),
        cmocka_unit_test(test_report_format__survives_every_damaged_member),
        cmocka_unit_test(test_report_format__prom_has_no_run_in_it),
        cmocka_unit_test(test_report_format__refuses_what_is_no_result),
        cmocka_unit_test(test_report_format__tells_when_it_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
