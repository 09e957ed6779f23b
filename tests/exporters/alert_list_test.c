// SPDX-License-Identifier: GPL-3.0-or-later
#include "alert_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/timetext.h"
#include "documents.h"

static const struct publish_target plain = {.kind = PUBLISH_ALERTMANAGER, .resend_ms = 60000};

static json_t *alerts_of(const char *document, const struct publish_target *target, int64_t now_ms, size_t *ret_omitted) {
    json_t *result = document_load(document);
    struct run_digest digest;
    struct error err = {0};
    if (!run_digest_init(&digest, result, "https://ci.example/7", now_ms, &err)) fail_msg("%s", err.text);
    json_t *alerts = alert_list(&digest, target, ret_omitted);
    run_digest_finish(&digest);
    json_decref(result);
    return alerts;
}

static const char *text_of(const json_t *alert, const char *part, const char *key) {
    const json_t *object = part != NULL ? json_object_get(alert, part) : alert;
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

static int64_t time_of(const json_t *alert, const char *key) {
    int64_t ms = 0;
    assert_true(time_parse(view_of(text_of(alert, NULL, key)), &ms));
    return ms;
}

#define NOW INT64_C(1772361360000) // after the window of every document

static size_t count_firing(const json_t *alerts, const char *name) {
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(alerts); i++) {
        const json_t *alert = json_array_get(alerts, i);
        count += time_of(alert, "endsAt") > NOW && strcmp(text_of(alert, "labels", "alertname"), name) == 0;
        assert_true(time_of(alert, "startsAt") <= time_of(alert, "endsAt"));
        assert_true(time_of(alert, "endsAt") == NOW || time_of(alert, "endsAt") == NOW + 240000);
        assert_string_equal(text_of(alert, NULL, "generatorURL"), "https://ci.example/7");
        assert_string_not_equal(text_of(alert, "annotations", "run_id"), "");
    }
    return count;
}

static void test_alert_list__fires_and_resolves_by_the_verdict(void **state) {
    static const struct {
        const char *document;
        size_t failed, undecided;
        bool metrics;
    } cases[] = {
        {"pass", 0, 0, false}, {"fail", 1, 0, true}, {"marginal", 0, 0, false}, {"inconclusive", 0, 1, false}, {"error", 0, 1, false}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t omitted;
        json_t *alerts = alerts_of(cases[i].document, &plain, NOW, &omitted);
        assert_int_equal(count_firing(alerts, "CanaryFailed"), cases[i].failed);
        assert_int_equal(count_firing(alerts, "CanaryUndecided"), cases[i].undecided);
        assert_int_equal(count_firing(alerts, "CanaryMetricFailed") > 0, cases[i].metrics);
        json_decref(alerts);
    }
}

// A failure must not be resolved by an analysis that could not be carried out.
static void test_alert_list__leaves_failures_alone_without_a_verdict(void **state) {
    static const char *const documents[] = {"inconclusive", "error"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        size_t omitted;
        json_t *alerts = alerts_of(documents[i], &plain, NOW, &omitted);
        for (size_t k = 0; k < json_array_size(alerts); k++)
            assert_string_equal(text_of(json_array_get(alerts, k), "labels", "alertname"), "CanaryUndecided");
        json_decref(alerts);
    }
}

// What identifies an alert is the same whether it fires or is resolved: a pass must take away what a fail has raised.
static void test_alert_list__identifies_alerts_without_any_number(void **state) {
    (void)state;
    size_t omitted;
    json_t *fail = alerts_of("fail", &plain, NOW, &omitted);
    for (size_t i = 0; i < json_array_size(fail); i++) {
        const json_t *labels = json_object_get(json_array_get(fail, i), "labels");
        static const char *const known[] = {"alertname", "canary", "metric", "tags", "failure_type", "severity", "owner"};
        size_t found = 0;
        for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) found += json_object_get(labels, known[k]) != NULL;
        assert_int_equal(json_object_size(labels), found);
        const char *severity = json_string_value(json_object_get(labels, "severity"));
        assert_true(strcmp(severity, "page") == 0 || strcmp(severity, "ticket") == 0);
    }
    json_decref(fail);
}

static void test_alert_list__tells_label_combinations_apart(void **state) {
    (void)state;
    size_t omitted, tagged = 0;
    json_t *alerts = alerts_of("evidence", &plain, NOW, &omitted);
    for (size_t i = 0; i < json_array_size(alerts); i++) {
        const json_t *alert = json_array_get(alerts, i);
        tagged +=
            strcmp(text_of(alert, "labels", "tags"), "handler=/pay") == 0 && strcmp(text_of(alert, "labels", "metric"), "error_ratio") == 0;
        for (size_t k = 0; k < i; k++)
            assert_false(json_equal(json_object_get(alert, "labels"), json_object_get(json_array_get(alerts, k), "labels")));
    }
    assert_int_equal(tagged, 1);
    json_decref(alerts);
}

static void test_alert_list__takes_labels_of_the_config(void **state) {
    static struct name_value items[] = {
        {.name = "severity", .value = "info"}, {.name = "cluster", .value = "eu-1"}, {.name = "owner", .value = ""}};
    const struct publish_target target = {.resend_ms = 60000, .labels = {items, 3}};
    (void)state;
    size_t omitted;
    json_t *alerts = alerts_of("fail", &target, NOW, &omitted);
    const json_t *first = json_array_get(alerts, 0);
    assert_string_equal(text_of(first, "labels", "severity"), "info");
    assert_string_equal(text_of(first, "labels", "cluster"), "eu-1");
    assert_null(json_object_get(json_object_get(first, "labels"), "owner"));
    json_decref(alerts);
}

static void test_alert_list__says_what_to_group_by(void **state) {
    static const char *const documents[] = {"fail", "error"}, *const types[] = {"regression", "no_verdict"};
    const struct publish_target target = {.resend_ms = 60000, .group = "release-1.2"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        size_t omitted;
        json_t *alerts = alerts_of(documents[i], &target, NOW, &omitted);
        const json_t *first = json_array_get(alerts, 0);
        assert_string_equal(text_of(first, "labels", "group"), "release-1.2");
        assert_string_equal(text_of(first, "labels", "failure_type"), types[i]);
        assert_int_equal(time_of(first, "startsAt"), NOW); // a group that waits for its alerts waits for all of them
        json_decref(alerts);
    }
}

static void test_alert_list__never_starts_an_alert_after_its_end(void **state) {
    (void)state;
    size_t omitted;
    json_t *alerts = alerts_of("pass", &plain, 1000, &omitted); // the clock is far behind the window
    const json_t *first = json_array_get(alerts, 0);
    assert_int_equal(time_of(first, "startsAt"), 1000);
    assert_int_equal(time_of(first, "endsAt"), 1000);
    json_decref(alerts);
}

static void test_alert_list__is_bounded_with_failures_first(void **state) {
    (void)state;
    json_t *result = document_crowd("fail", 1000);
    struct run_digest digest;
    struct error err = {0};
    size_t omitted;
    if (!run_digest_init(&digest, result, NULL, NOW, &err)) fail_msg("%s", err.text);
    json_t *alerts = alert_list(&digest, &plain, &omitted);
    assert_int_equal(json_array_size(alerts), ALERT_LIST_MOST);
    assert_int_equal(omitted, 1000 - (ALERT_LIST_MOST - 2));
    assert_null(json_object_get(json_array_get(alerts, 0), "generatorURL")); // an empty one would be refused
    struct buf body;
    buf_init(&body, (size_t)8 << 20);
    assert_true(alert_list_body(&body, alerts, 0, json_array_size(alerts), &err));
    json_t *read = json_loads(buf_text(&body), 0, NULL);
    assert_true(json_equal(read, alerts));
    json_decref(read);
    buf_finish(&body);
    json_decref(alerts);
    run_digest_finish(&digest);
    json_decref(result);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alert_list__fires_and_resolves_by_the_verdict),
        cmocka_unit_test(test_alert_list__leaves_failures_alone_without_a_verdict),
        cmocka_unit_test(test_alert_list__identifies_alerts_without_any_number),
        cmocka_unit_test(test_alert_list__tells_label_combinations_apart),
        cmocka_unit_test(test_alert_list__takes_labels_of_the_config),
        cmocka_unit_test(test_alert_list__says_what_to_group_by),
        cmocka_unit_test(test_alert_list__never_starts_an_alert_after_its_end),
        cmocka_unit_test(test_alert_list__is_bounded_with_failures_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
