// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "documents.h"
#include "exporters/live.h"
#include "exposition.h"
#include "made_engine.h"

#define NOW_MS INT64_C(1735689600000)

static void take(struct live *live, json_t *document, const char *canary, int64_t now_ms) {
    struct error err = {0};
    if (canary != NULL) json_object_set_new(document, "canary", json_string(canary));
    if (!live_result(live, document, now_ms, &err)) fail_msg("%s", err.text);
    json_decref(document);
}

// How often the text is on the page.
static size_t count(struct live *live, enum exposition_format format, int64_t now_ms, const char *text) {
    const struct live_page *page = live_page(live, format, now_ms);
    size_t found = 0;
    for (size_t i = 0; i + strlen(text) <= page->len; i++) found += memcmp(page->data + i, text, strlen(text)) == 0;
    live_page_unref(page);
    return found;
}

static void assert_count(struct live *live, int64_t now_ms, const char *text, size_t expected) {
    size_t found = count(live, EXPOSITION_TEXT, now_ms, text);
    if (found != expected) fail_msg("%s: %zu times, expected %zu", text, found, expected);
}

static void test_live__shows_the_last_result_of_each_canary(void **state) {
    (void)state;
    struct live *live = live_create(NULL);
    take(live, document_load("fail"), "b", NOW_MS);
    take(live, document_load("fail"), "a", NOW_MS);
    take(live, document_load("pass"), "a", NOW_MS + 1);
    assert_count(live, NOW_MS + 2, "serin_verdict{canary=\"a\",verdict=\"pass\"} 1\n", 1);
    assert_count(live, NOW_MS + 2, "serin_verdict{canary=\"a\",verdict=\"fail\"} 0\n", 1);
    assert_count(live, NOW_MS + 2, "serin_verdict{canary=\"b\",verdict=\"fail\"} 1\n", 1);
    assert_count(live, NOW_MS + 2, "# TYPE serin_verdict gauge\n", 1);
    assert_count(live, NOW_MS + 2, "serin_verdict{canary=\"a\",verdict=\"pass\"} 1\nserin_verdict{canary=\"a\",verdict=\"marginal\"}", 1);
    assert_count(live, NOW_MS + 2, "serin_source_queries_total", 0); // what one run counts is none of the service's counters
    live_forget(live, "b");
    live_forget(live, "none");
    assert_count(live, NOW_MS + 2, "canary=\"b\"", 0);
    live_destroy(live);
}

static void test_live__series_leave_after_their_retention(void **state) {
    (void)state;
    struct live *live = live_create(&(struct live_options){.retention_ms = 60000});
    take(live, document_load("fail"), "old", NOW_MS);
    take(live, document_load("fail"), "new", NOW_MS + 30000);
    assert_count(live, NOW_MS + 59999, "serin_score{canary=\"old\"}", 1);
    assert_count(live, NOW_MS + 60000, "canary=\"old\"", 0);
    assert_count(live, NOW_MS + 60000, "serin_score{canary=\"new\"}", 1);
    assert_count(live, NOW_MS + 90000, "serin_score", 0);
    assert_count(live, NOW_MS + 90000, "serin_exported_series 0\n", 1);
    live_destroy(live);
}

static void test_live__bounds_series_and_canaries_and_counts_what_is_dropped(void **state) {
    (void)state;
    struct live *live = live_create(&(struct live_options){.most_canaries = 2, .most_series = 10});
    take(live, document_load("fail"), "a", NOW_MS);
    take(live, document_load("fail"), "b", NOW_MS);
    take(live, document_load("fail"), "c", NOW_MS);
    assert_count(live, NOW_MS, "canary=\"a\"", 10);
    assert_count(live, NOW_MS, "canary=\"c\"", 0);
    assert_count(live, NOW_MS, "serin_exported_series 20\n", 1);
    assert_count(live, NOW_MS, "serin_exported_series_dropped_total{reason=\"canaries\"} 10\n", 1);
    assert_count(live, NOW_MS, "serin_exported_series_dropped_total{reason=\"series\"} 0\n", 0);
    take(live, document_load("fail"), "a", NOW_MS); // one that is there already has its place
    assert_count(live, NOW_MS, "canary=\"a\"", 10);
    live_destroy(live);
}

static void test_live__bounds_labels(void **state) {
    (void)state;
    char name[1000];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    struct live *live = live_create(NULL);
    take(live, document_load("fail"), name, NOW_MS);
    name[500] = 'y'; // the same label: a page must not have a series twice
    take(live, document_load("fail"), name, NOW_MS);
    assert_count(live, NOW_MS, "serin_score{", 1);
    live_forget(live, name);
    assert_count(live, NOW_MS, "serin_score{", 0);
    struct live_count hostile[] = {{.first = "a\nb\"\\", .second = "\xff\xfe", .count = 7},
                                   {.first = "a\nb\"\\", .second = "\xff\xfe", .count = 9}};
    live_engine_set(live, &(struct live_engine){.http_requests = {hostile, 2}});
    assert_count(live, NOW_MS, "serin_http_requests_total{route=\"", 1);
    assert_count(live, NOW_MS, "\"} 16\n", 1);
    live_destroy(live);
}

static void test_live__refuses_what_is_no_result(void **state) {
    (void)state;
    struct live *live = live_create(NULL);
    struct error err = {0};
    json_t *document = json_object();
    take(live, document_load("pass"), "a", NOW_MS);
    assert_false(live_result(live, document, NOW_MS, &err));
    assert_string_not_equal(err.text, "");
    assert_count(live, NOW_MS, "serin_score{canary=\"a\"}", 1);
    json_decref(document);
    live_destroy(live);
}

static void test_live__exports_what_the_service_counts(void **state) {
    (void)state;
    struct live *live = live_create(NULL);
    struct made_engine made;
    live_engine_set(live, made_engine(&made, 3));
    assert_count(live, NOW_MS, "serin_build_info{version=\"2.385\"} 1\n", 1);
    assert_count(live, NOW_MS, "serin_gate_open{canary=\"checkout\"} 1\n", 1);
    assert_count(live, NOW_MS, "serin_analyses_total{canary=\"checkout\",verdict=\"fail\"} 17\n", 1);
    assert_count(live, NOW_MS, "serin_looks_total 1234\n", 1);
    assert_count(live, NOW_MS, "serin_source_queries_total{source=\"source-2\"} 1002\n", 1);
    assert_count(live, NOW_MS, "serin_query_duration_seconds_bucket{source=\"source-0\",le=\"0.025\"} 3\n", 1);
    assert_count(live, NOW_MS, "serin_query_duration_seconds_bucket{source=\"source-0\",le=\"+Inf\"} 4\n", 1);
    assert_count(live, NOW_MS, "serin_query_duration_seconds_count{source=\"source-0\"} 4\n", 1);
    assert_count(live, NOW_MS, "serin_query_duration_seconds_sum{source=\"source-0\"} 45.045\n", 1);
    assert_count(live, NOW_MS, "serin_deliveries_total{target=\"publish.webhooks[0]\",outcome=\"delivered\"} 5\n", 1);
    assert_count(live, NOW_MS, "process_start_time_seconds 1735689600.5\n", 1);
    assert_count(live, NOW_MS, "process_open_fds 12\n", 1);
    assert_count(live, NOW_MS, "process_max_fds", 0); // not known
    live_engine_set(live, &(struct live_engine){.looks = 1235});
    assert_count(live, NOW_MS, "serin_looks_total 1235\n", 1);
    assert_count(live, NOW_MS, "source=", 0);
    live_destroy(live);
}

static void test_live__analysis_ids_are_exemplars_of_openmetrics(void **state) {
    (void)state;
    struct live *live = live_create(NULL);
    struct made_engine made;
    take(live, document_load("fail"), NULL, NOW_MS);
    live_engine_set(live, made_engine(&made, 1));
    const char *line =
        "serin_analyses_total{canary=\"checkout\",verdict=\"fail\"} 17 # {analysis_id=\"7f3a9c01d2e4b6a8\"} 1.0 1735689540\n";
    assert_int_equal(count(live, EXPOSITION_OPENMETRICS, NOW_MS, line), 1);
    assert_int_equal(count(live, EXPOSITION_OPENMETRICS, NOW_MS, "7f3a9c01d2e4b6a8"), 1);
    assert_int_equal(count(live, EXPOSITION_TEXT, NOW_MS, "7f3a9c01d2e4b6a8"), 0);
    assert_int_equal(count(live, EXPOSITION_PROTOBUF, NOW_MS, "7f3a9c01d2e4b6a8"), 0);
    assert_int_equal(count(live, EXPOSITION_OPENMETRICS, NOW_MS, "# TYPE serin_analyses counter\n# HELP serin_analyses Analyses"), 1);
    assert_int_equal(count(live, EXPOSITION_OPENMETRICS, NOW_MS, "# UNIT serin_query_duration_seconds seconds\n"), 1);
    assert_int_equal(count(live, EXPOSITION_OPENMETRICS, NOW_MS, "# UNIT process_cpu_seconds seconds\n"), 1);
    const struct live_page *page = live_page(live, EXPOSITION_OPENMETRICS, NOW_MS);
    assert_memory_equal(page->data + page->len - 7, "\n# EOF\n", 7);
    live_page_unref(page);
    live_destroy(live);
}

static void test_live__pages_are_made_again_only_when_something_changed(void **state) {
    (void)state;
    struct live *live = live_create(&(struct live_options){.retention_ms = 60000});
    take(live, document_load("fail"), "a", NOW_MS);
    const struct live_page *first = live_page(live, EXPOSITION_TEXT, NOW_MS), *second = live_page(live, EXPOSITION_TEXT, NOW_MS + 59999);
    assert_ptr_equal(first, second);
    live_page_unref(second);
    char *copy = malloc(first->len);
    memcpy(copy, first->data, first->len);
    live_engine_set(live, &(struct live_engine){.looks = 1});
    second = live_page(live, EXPOSITION_TEXT, NOW_MS);
    assert_ptr_not_equal(first, second);
    live_destroy(live);
    assert_memory_equal(first->data, copy, first->len); // what was taken stays as it was
    live_page_unref(first);
    live_page_unref(second);
    free(copy);
}

// Every family of a delimited page, with its samples as "family n".
static void test_live__protobuf_holds_what_the_text_holds(void **state) {
    (void)state;
    struct live *live = live_create(NULL);
    struct made_engine made;
    take(live, document_load("fail"), "a", NOW_MS);
    live_engine_set(live, made_engine(&made, 2));
    const struct live_page *page = live_page(live, EXPOSITION_PROTOBUF, NOW_MS);
    size_t families = 0, at = 0;
    while (at < page->len) {
        size_t len = 0, shift = 0;
        unsigned char byte;
        do {
            byte = (unsigned char)page->data[at++];
            len |= (size_t)(byte & 0x7f) << shift;
            shift += 7;
        } while ((byte & 0x80) != 0);
        assert_true(len > 0 && len <= page->len - at);
        assert_int_equal(page->data[at], 0x0a); // the name comes first
        at += len;
        families++;
    }
    assert_int_equal(families, count(live, EXPOSITION_TEXT, NOW_MS, "# TYPE "));
    live_page_unref(page);
    live_destroy(live);
}

static void test_exposition__texts_need_no_escapes_and_names_no_utf8(void **state) {
    (void)state;
    for (size_t i = 0; i < EXPORTED_COUNT; i++) {
        const struct exported_metric_row *row = &exported_metrics[i];
        assert_null(strpbrk(row->help, "\\\"\n"));
        assert_int_equal(strspn(row->name, "abcdefghijklmnopqrstuvwxyz0123456789_"), strlen(row->name));
        for (size_t k = 0; k < EXPORTED_LABELS && row->labels[k] != NULL; k++)
            assert_int_equal(strspn(row->labels[k], "abcdefghijklmnopqrstuvwxyz_"), strlen(row->labels[k]));
    }
}

enum { ROUNDS = 200 };

static void *scrape(void *user) {
    for (int i = 0; i < ROUNDS; i++) {
        const struct live_page *page = live_page(user, (enum exposition_format)(i % EXPOSITION_FORMATS), NOW_MS);
        if (page->len == 0) abort();
        live_page_unref(page);
    }
    return NULL;
}

static void test_live__is_read_while_it_changes(void **state) {
    (void)state;
    struct live *live = live_create(NULL);
    struct made_engine made;
    json_t *document = document_load("fail");
    pthread_t threads[2];
    for (size_t i = 0; i < 2; i++) assert_int_equal(pthread_create(&threads[i], NULL, scrape, live), 0);
    for (int i = 0; i < ROUNDS; i++) {
        live_engine_set(live, made_engine(&made, 2));
        if (i % 10 == 0) assert_true(live_result(live, document, NOW_MS, NULL));
    }
    for (size_t i = 0; i < 2; i++) pthread_join(threads[i], NULL);
    json_decref(document);
    live_destroy(live);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_live__shows_the_last_result_of_each_canary),
        cmocka_unit_test(test_live__series_leave_after_their_retention),
        cmocka_unit_test(test_live__bounds_series_and_canaries_and_counts_what_is_dropped),
        cmocka_unit_test(test_live__bounds_labels),
        cmocka_unit_test(test_live__refuses_what_is_no_result),
        cmocka_unit_test(test_live__exports_what_the_service_counts),
        cmocka_unit_test(test_live__analysis_ids_are_exemplars_of_openmetrics),
        cmocka_unit_test(test_live__pages_are_made_again_only_when_something_changed),
        cmocka_unit_test(test_live__protobuf_holds_what_the_text_holds),
        cmocka_unit_test(test_exposition__texts_need_no_escapes_and_names_no_utf8),
        cmocka_unit_test(test_live__is_read_while_it_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
