// SPDX-License-Identifier: GPL-3.0-or-later
// What receivers are sent of a run, in all forms: bodies of webhooks and series.
#include "run_digest.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "documents.h"
#include "exporters/remote_write_encode.h"
#include "run_series.h"
#include "webhook_body.h"

#define NOW INT64_C(1772361360000)

static json_t *body_of(const json_t *result, enum webhook_format format) {
    struct run_digest digest;
    struct error err = {0};
    struct buf body;
    buf_init(&body, (size_t)1 << 20);
    if (!run_digest_init(&digest, result, "https://ci.example/7", NOW, &err)) fail_msg("%s", err.text);
    assert_true(webhook_body(&body, &digest, &(struct publish_target){.format = format}, &err));
    json_t *read = json_loads(buf_text(&body), 0, NULL);
    assert_non_null(read);
    buf_finish(&body);
    run_digest_finish(&digest);
    return read;
}

static const char *text(const json_t *object, const char *key) {
    const char *found = json_string_value(json_object_get(object, key));
    return found != NULL ? found : "";
}

static void test_webhook_body__is_an_event_with_all_metrics(void **state) {
    (void)state;
    json_t *result = document_load("fail"), *event = body_of(result, WEBHOOK_STANDARD);
    const json_t *data = json_object_get(event, "data"), *metrics = json_object_get(data, "metrics");
    assert_string_equal(text(event, "type"), "serin.verdict.finished");
    assert_string_equal(text(event, "timestamp"), "2026-03-01T10:36:00Z");
    assert_string_equal(text(data, "verdict"), "fail");
    assert_string_equal(text(data, "run_id"), text(result, "id"));
    assert_string_equal(text(data, "link"), "https://ci.example/7");
    assert_int_equal(json_integer_value(json_object_get(data, "exit_code")), 1);
    assert_int_equal(json_array_size(metrics), json_array_size(json_object_get(result, "metrics")));
    assert_string_not_equal(text(json_array_get(metrics, 0), "classification"), "pass"); // what speaks against it comes first
    json_decref(event);
    json_decref(result);
}

// Why, where, since when, how sure, and what to read next.
static void test_webhook_body__says_what_a_person_asks_first(void **state) {
    static const struct {
        const char *key;
        json_type type;
    } members[] = {{"verdict", JSON_STRING}, {"reasons", JSON_ARRAY}, {"confidence", JSON_REAL}, {"scopes", JSON_ARRAY},
                   {"where", JSON_ARRAY},    {"metrics", JSON_ARRAY}, {"window", JSON_OBJECT},   {"link", JSON_STRING},
                   {"runbook", JSON_STRING}, {"owner", JSON_STRING}};
    static const char *const of_metric[] = {"change", "change_low", "change_high", "p"};
    (void)state;
    json_t *result = document_load("evidence"), *event = body_of(result, WEBHOOK_STANDARD);
    const json_t *data = json_object_get(event, "data"), *scope = json_array_get(json_object_get(data, "scopes"), 0);
    const json_t *metric = json_array_get(json_object_get(data, "metrics"), 0);
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        assert_int_equal(json_typeof(json_object_get(data, members[i].key)), members[i].type);
    for (size_t i = 0; i < 4; i++) assert_true(json_is_number(json_object_get(metric, of_metric[i])));
    assert_true(json_array_size(json_object_get(data, "reasons")) > 0);
    assert_string_not_equal(text(json_object_get(scope, "canary"), "source"), "");
    assert_true(json_object_size(json_object_get(json_object_get(scope, "canary"), "labels")) > 0);
    assert_string_not_equal(text(metric, "since"), "");
    json_decref(event);
    json_decref(result);
}

static void test_webhook_body__is_bounded(void **state) {
    (void)state;
    json_t *result = document_crowd("fail", 1000), *event = body_of(result, WEBHOOK_STANDARD);
    const json_t *data = json_object_get(event, "data");
    assert_int_equal(json_array_size(json_object_get(data, "metrics")), DIGEST_METRICS);
    assert_int_equal(json_integer_value(json_object_get(data, "metrics_omitted")), 1000 - DIGEST_METRICS);
    json_decref(event);
    json_decref(result);
}

static void test_webhook_body__is_a_structured_cloudevent(void **state) {
    (void)state;
    json_t *result = document_load("pass");
    json_object_set_new(result, "canary", json_string("check out/ü"));
    json_t *event = body_of(result, WEBHOOK_CLOUDEVENTS), *again = body_of(result, WEBHOOK_CLOUDEVENTS);
    assert_string_equal(text(event, "specversion"), "1.0");
    assert_string_equal(text(event, "source"), "/serin/check%20out%2F%C3%BC");
    assert_string_equal(text(event, "subject"), "check out/ü");
    assert_string_equal(text(event, "datacontenttype"), "application/json");
    assert_string_equal(text(json_object_get(event, "data"), "verdict"), "pass");
    assert_int_equal(strlen(text(event, "id")), 64);
    assert_string_equal(text(event, "id"), text(again, "id"));
    json_object_set_new(result, "score", json_real(1.5));
    json_t *other = body_of(result, WEBHOOK_CLOUDEVENTS);
    assert_string_not_equal(text(event, "id"), text(other, "id"));
    json_decref(event);
    json_decref(again);
    json_decref(other);
    json_decref(result);
}

static void test_webhook_body__escapes_what_slack_would_read(void **state) {
    (void)state;
    json_t *result = document_load("fail");
    document_poison(result, "<!channel> & <http://evil.example|click>");
    json_object_set_new(result, "canary", json_string("a<!here>&b"));
    json_t *message = body_of(result, WEBHOOK_SLACK);
    const char *line = text(message, "text");
    assert_int_equal(strncmp(line, "a&lt;!here&gt;&amp;b: fail, ", 28), 0);
    assert_null(strchr(line, '<'));
    assert_null(strchr(line, '>'));
    assert_true(strlen(line) < 40000); // Slack cuts longer ones
    assert_int_equal(json_object_size(message), 1);
    json_decref(message);
    json_decref(result);
}

// Texts from servers may hold anything; every form stays one document and is told in bounds.
static void test_webhook_body__takes_hostile_texts(void **state) {
    static const enum webhook_format formats[] = {WEBHOOK_STANDARD, WEBHOOK_CLOUDEVENTS,  WEBHOOK_CLOUDEVENTS_BINARY,
                                                  WEBHOOK_CDEVENTS, WEBHOOK_CDEVENTS_0_4, WEBHOOK_SLACK};
    (void)state;
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        json_t *result = document_load("hostile"), *event = body_of(result, formats[i]);
        char *line = json_dumps(event, JSON_COMPACT);
        assert_non_null(line);
        assert_null(strchr(line, 0x1b));
        assert_null(strstr(line, "u001"));
        assert_true(strlen(line) < 100000);
        free(line);
        json_decref(event);
        json_decref(result);
    }
}

static const char *header(const struct http_header *headers, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(headers[i].name, name) == 0) return headers[i].value;
    }
    return "";
}

static void test_webhook_headers__carry_binary_cloudevents(void **state) {
    (void)state;
    struct run_digest digest;
    struct error err = {0};
    struct http_header headers[WEBHOOK_HEADERS];
    json_t *result = document_load("fail");
    json_object_set_new(result, "canary", json_string("Prüfung 95% \"eu\""));
    if (!run_digest_init(&digest, result, NULL, NOW, &err)) fail_msg("%s", err.text);
    size_t count = webhook_headers(&digest, WEBHOOK_CLOUDEVENTS_BINARY, headers);
    assert_string_equal(header(headers, count, "Content-Type"), "application/json");
    assert_string_equal(header(headers, count, "ce-specversion"), "1.0");
    assert_string_equal(header(headers, count, "ce-id"), digest.id);
    assert_string_equal(header(headers, count, "ce-type"), "serin.verdict.finished");
    assert_string_equal(header(headers, count, "ce-subject"), "Pr%C3%BCfung%2095%25%20%22eu%22");
    assert_string_equal(header(headers, count, "ce-source"), "/serin/Pr%25C3%25BCfung%252095%2525%2520%2522eu%2522");
    assert_string_equal(header(headers, count, "ce-time"), "2026-03-01T10:36:00Z");
    assert_string_equal(header(headers, count, "ce-datacontenttype"), ""); // it is the content type
    assert_int_equal(webhook_headers(&digest, WEBHOOK_CLOUDEVENTS, headers), 1);
    assert_string_equal(headers[0].value, "application/cloudevents+json");
    count = webhook_headers(&digest, WEBHOOK_CDEVENTS_0_4, headers);
    assert_string_equal(header(headers, count, "ce-type"), "dev.cdevents.testsuiterun.finished.0.2.0");
    assert_string_equal(header(headers, count, "ce-subject"), digest.report.id);
    run_digest_finish(&digest);
    json_t *data = body_of(result, WEBHOOK_CLOUDEVENTS_BINARY);
    assert_string_equal(text(data, "verdict"), "fail");
    json_decref(data);
    json_decref(result);
}

static void test_webhook_header_encode__is_that_of_cloudevents(void **state) {
    static const char *const cases[][2] = {
        {"checkout", "checkout"},
        {"checkout eu 1", "checkout%20eu%201"},
        {"95%", "95%25"},
        {"Prüfung", "Pr%C3%BCfung"},
        {"https://serin.test/runs/42?a=b", "https://serin.test/runs/42?a=b"},
        {"a\"b\r\nX: 1\x7f", "a%22b%0D%0AX:%201%7F"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf out;
        buf_init(&out, 1000);
        webhook_header_encode(&out, view_of(cases[i][0]));
        assert_string_equal(buf_text(&out), cases[i][1]);
        buf_finish(&out);
    }
}

// Objects are closed: no member beyond those of the schemas.
static void assert_members(const json_t *object, const char *members) {
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value) {
        if (strstr(members, key) == NULL) fail_msg("%s is none of %s", key, members);
    }
}

static void test_webhook_body__is_a_cdevent_in_the_words_of_its_version(void **state) {
    static const struct {
        const char *document, *version4, *version5;
    } cases[] = {{"pass", "pass", "success"},
                 {"fail", "fail", "failure"},
                 {"error", "error", "error"},
                 {"inconclusive", "cancel", "cancel"},
                 {"marginal", "cancel", "cancel"}};
    (void)state;
    for (size_t i = 0; i < 2 * sizeof cases / sizeof cases[0]; i++) {
        bool version4 = i % 2 == 1;
        json_t *result = document_load(cases[i / 2].document);
        json_t *event = body_of(result, version4 ? WEBHOOK_CDEVENTS_0_4 : WEBHOOK_CDEVENTS);
        const json_t *context = json_object_get(event, "context"), *subject = json_object_get(event, "subject");
        const json_t *content = json_object_get(subject, "content");
        assert_members(event, "context subject customData customDataContentType");
        assert_members(context, version4 ? "version id source type timestamp" : "specversion id source type timestamp");
        assert_members(subject, version4 ? "id source type content" : "id source content");
        assert_members(content, "environment testSuite outcome severity reason");
        assert_string_equal(text(context, version4 ? "version" : "specversion"), version4 ? "0.4.1" : "0.5.1");
        assert_string_equal(text(content, "outcome"), version4 ? cases[i / 2].version4 : cases[i / 2].version5);
        assert_string_equal(text(subject, "type"), version4 ? "testSuiteRun" : "");
        assert_string_equal(text(subject, "id"), text(result, "id"));
        assert_string_equal(text(context, "source"), "/serin/checkout-api");
        assert_string_equal(text(json_object_get(content, "environment"), "id"), "prod");
        assert_string_equal(text(json_object_get(content, "testSuite"), "id"), "checkout-api");
        assert_string_equal(text(content, "severity"), strcmp(cases[i / 2].document, "fail") == 0 ? "high" : "");
        assert_string_equal(text(json_object_get(event, "customData"), "verdict"), text(result, "verdict"));
        json_decref(event);
        json_decref(result);
    }
}

static void test_webhook_body__fills_in_a_template(void **state) {
    static struct publish_part parts[] = {{"<!here> ", 0},
                                          {NULL, PUBLISH_CANARY},
                                          {" is ${canary} ", 0},
                                          {NULL, PUBLISH_VERDICT},
                                          {" at ", 0},
                                          {NULL, PUBLISH_END},
                                          {", score ", 0},
                                          {NULL, PUBLISH_SCORE},
                                          {", exit ", 0},
                                          {NULL, PUBLISH_EXIT_CODE},
                                          {" | ", 0},
                                          {NULL, PUBLISH_LINK},
                                          {NULL, PUBLISH_RUN_ID},
                                          {"\n", 0},
                                          {NULL, PUBLISH_METRICS}};
    const struct publish_target target = {
        .format = WEBHOOK_SLACK, .template_parts = parts, .template_count = sizeof parts / sizeof parts[0]};
    (void)state;
    struct run_digest digest;
    struct error err = {0};
    struct buf body;
    json_t *result = document_load("fail");
    json_object_set_new(result, "canary", json_string("a<!here>${verdict}"));
    buf_init(&body, (size_t)1 << 20);
    if (!run_digest_init(&digest, result, "https://ci.example/7", NOW, &err)) fail_msg("%s", err.text);
    assert_true(webhook_body(&body, &digest, &target, &err));
    json_t *message = json_loads(buf_text(&body), 0, NULL);
    char start[300];
    snprintf(start, sizeof start, "<!here> a&lt;!here&gt;${verdict} is ${canary} fail at %s, score %g, exit 1 | https://ci.example/7%s\n• ",
             run_digest_time(&digest, digest.report.end_ms), digest.report.score.value, digest.report.id);
    assert_int_equal(strncmp(text(message, "text"), start, strlen(start)), 0);
    json_decref(message);
    run_digest_finish(&digest);
    buf_finish(&body);
    json_decref(result);
}

static void series_of(const char *document, const struct name_values *labels, struct series_set *set) {
    json_t *result = document_load(document);
    struct run_digest digest;
    struct error err = {0};
    if (!run_digest_init(&digest, result, NULL, NOW, &err)) fail_msg("%s", err.text);
    series_set_init(set);
    run_series(&digest, labels, set);
    for (size_t i = 0; i < set->count; i++) assert_int_equal(set->items[i].time_ms[0], digest.report.end_ms);
    run_digest_finish(&digest);
    json_decref(result);
}

static void test_run_series__holds_the_gauges_at_the_end_of_the_window(void **state) {
    static const char *const documents[] = {"pass", "fail", "evidence", "error", "inconclusive", "marginal", "hostile"};
    static struct name_value items[] = {{.name = "cluster", .value = "eu"}, {.name = "canary", .value = "own labels win"}};
    const struct name_values labels = {items, 2};
    (void)state;
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++) {
        struct series_set set;
        struct buf body;
        struct error err = {0};
        size_t verdicts = 0, sum = 0;
        series_of(documents[i], &labels, &set);
        for (size_t k = 0; k < set.count; k++) {
            const struct label *name = labels_get(&set.items[k].labels, "__name__"), *canary = labels_get(&set.items[k].labels, "canary");
            assert_true(view_is(labels_get(&set.items[k].labels, "cluster")->value, "eu"));
            assert_true(canary == NULL || !view_is(canary->value, "own labels win") || view_is(name->value, "serin_build_info"));
            assert_true(name->value.len < 6 || memcmp(name->value.ptr + name->value.len - 6, "_total", 6) != 0);
            if (!view_is(name->value, "serin_verdict")) continue;
            verdicts++;
            sum += set.items[k].value[0] > 0;
        }
        assert_true(series_set_distinct(&set));
        assert_int_equal(verdicts, 5);
        assert_int_equal(sum, 1);
        buf_init(&body, (size_t)1 << 20);
        if (!remote_write_encode(set.items, set.count, &body, &err)) fail_msg("%s: %s", documents[i], err.text);
        buf_finish(&body);
        series_set_finish(&set);
    }
}

// The canary is gone, or its next result has other series.
static void test_run_series__marks_series_that_end(void **state) {
    static const struct name_values none = {NULL, 0};
    (void)state;
    struct run_digest digest;
    struct series_set set, next;
    struct error err = {0};
    json_t *result = document_load("fail"), *fewer = document_load("fail");
    json_array_remove(json_object_get(fewer, "metrics"), 0);
    if (!run_digest_init(&digest, result, NULL, NOW, &err)) fail_msg("%s", err.text);
    series_set_init(&set);
    run_series(&digest, &none, &set);
    size_t all = set.count;
    run_series_ended(&digest, &none, digest.report.end_ms + 1, &set);
    assert_int_equal(set.count, all); // nothing has ended
    series_set_finish(&set);

    series_set_init(&set);
    run_series_ended(&digest, &none, digest.report.end_ms, &set);
    assert_int_equal(set.count, 0); // a marker would be out of order
    run_series_ended(&digest, &none, digest.report.end_ms + 1, &set);
    assert_int_equal(set.count, all);
    for (size_t i = 0; i < set.count; i++) {
        assert_true(series_is_stale(&set.items[i].value[0]));
        assert_int_equal(set.items[i].time_ms[0], digest.report.end_ms + 1);
    }
    series_set_finish(&set);

    struct run_digest later;
    if (!run_digest_init(&later, fewer, NULL, NOW, &err)) fail_msg("%s", err.text);
    series_set_init(&next);
    run_series(&later, &none, &next);
    size_t live = next.count;
    run_series_ended(&digest, &none, digest.report.end_ms + 1, &next);
    assert_int_equal(next.count, all);
    assert_true(live < all);
    assert_true(series_set_distinct(&next));
    for (size_t i = 0; i < next.count; i++) assert_int_equal(series_is_stale(&next.items[i].value[0]), i >= live);
    series_set_finish(&next);
    run_digest_finish(&later);
    run_digest_finish(&digest);
    json_decref(result);
    json_decref(fewer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_webhook_body__is_an_event_with_all_metrics),
        cmocka_unit_test(test_webhook_body__says_what_a_person_asks_first),
        cmocka_unit_test(test_webhook_body__is_bounded),
        cmocka_unit_test(test_webhook_body__is_a_structured_cloudevent),
        cmocka_unit_test(test_webhook_body__escapes_what_slack_would_read),
        cmocka_unit_test(test_webhook_body__takes_hostile_texts),
        cmocka_unit_test(test_webhook_headers__carry_binary_cloudevents),
        cmocka_unit_test(test_webhook_header_encode__is_that_of_cloudevents),
        cmocka_unit_test(test_webhook_body__is_a_cdevent_in_the_words_of_its_version),
        cmocka_unit_test(test_webhook_body__fills_in_a_template),
        cmocka_unit_test(test_run_series__holds_the_gauges_at_the_end_of_the_window),
        cmocka_unit_test(test_run_series__marks_series_that_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
