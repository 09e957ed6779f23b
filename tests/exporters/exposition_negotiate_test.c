// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include "exporters/exposition_negotiate.h"

#define TEXT "text/plain; version=0.0.4; charset=utf-8"
#define OM "application/openmetrics-text; version=1.0.0; charset=utf-8"
#define PB "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
#define ASK_PB "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"

static const struct {
    const char *accept, *expected;
} cases[] = {
    {"", TEXT},
    {"*/*", TEXT},
    {"text/*", TEXT},
    {"application/*", OM},
    {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", TEXT},
    {"application/openmetrics-text", OM},
    {"APPLICATION/OpenMetrics-Text; VERSION=1.0.0", OM},
    {"application/openmetrics-text; charset=utf-8; version=\"1.0.0\" ; q=0.2 , text/plain;q=0.1", OM},
    {"application/openmetrics-text;version=0.0.1", TEXT},
    {"application/openmetrics-text;version=9.9.9,text/plain;q=0.1", TEXT},
    {"text/plain;version=1.0.0;escaping=allow-utf-8;q=0.9,application/openmetrics-text;q=0.5", TEXT "; escaping=allow-utf-8"},
    {"text/plain;q=0.5,application/openmetrics-text;version=1.0.0;q=0.5", TEXT},
    {"application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.5", OM},
    {"application/openmetrics-text;q=0.5,*/*;q=0.5", OM},
    {"*/*;q=0.9,application/openmetrics-text;q=0.5", TEXT},
    {"application/openmetrics-text;q=0.9,application/openmetrics-text;version=1.0.0;q=0,text/plain;q=0.1", TEXT},
    {"text/plain;q=0", TEXT}, // nothing else is asked for
    {"text/plain;q=0,*/*;q=0.1", OM},
    {"text/plain;q=0,application/openmetrics-text;q=0,*/*;q=0.1", PB},
    {"application/openmetrics-text;q=0.0004", TEXT},
    {"application/openmetrics-text;q=0.0014,text/plain;q=0.001", OM},
    {ASK_PB, PB},
    {ASK_PB ";q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.4,*/*;q=0.1", PB},
    {"application/vnd.google.protobuf;encoding=delimited;proto=io.prometheus.client.MetricFamily;q=1.0", PB},
    {"application/vnd.google.protobuf", TEXT},
    {"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text", TEXT},
    {"application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,"
     "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
     OM "; escaping=allow-utf-8"}, // Prometheus 3
    {ASK_PB ";escaping=values", PB "; escaping=values"},
    {"text/plain;version=0.0.4;escaping=Dots", TEXT "; escaping=dots"},
    {"text/plain;escaping=underscores", TEXT "; escaping=underscores"},
    {"text/plain;escaping=upside-down", TEXT},
    {"application/json;escaping=dots", TEXT},
    // What no client should send.
    {"application/openmetrics-text;q=abc", TEXT},
    {"application/openmetrics-text;q=", TEXT},
    {"application/openmetrics-text;q", TEXT},
    {"application/openmetrics-text;q=1.5", TEXT},
    {"application/openmetrics-text;q=-1", TEXT},
    {"application/openmetrics-text;q=0.1.2", TEXT},
    {"application/openmetrics-text;q=1e3", TEXT},
    {"application/openmetrics-text version=1.0.0", TEXT},
    {"application/openmetrics-text;version=\"1.0.0", OM},
    {"application/openmetrics-text;x=\"a,b;q=0\\\"\",text/plain;q=0.5", OM},
    {";;;,,,;q=1;=;=\"", TEXT},
    {",,application/openmetrics-text,,", OM},
    {"application/openmetrics-text;;;q=0.5;;", OM},
    {"\"application/openmetrics-text\"", TEXT},
    {"text/plain\r\nX-Evil: 1", TEXT},
};

static void test_exposition_negotiate__reads_what_clients_send(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *found = exposition_negotiate(cases[i].accept).content_type;
        if (strcmp(found, cases[i].expected) != 0) fail_msg("%s\ngives    %s\nexpected %s", cases[i].accept, found, cases[i].expected);
    }
}

static void test_exposition_negotiate__tells_format_and_type_of_one_answer(void **state) {
    (void)state;
    assert_int_equal(exposition_negotiate(NULL).format, EXPOSITION_TEXT);
    assert_int_equal(exposition_negotiate("application/openmetrics-text").format, EXPOSITION_OPENMETRICS);
    assert_int_equal(exposition_negotiate(ASK_PB).format, EXPOSITION_PROTOBUF);
}

static void test_exposition_negotiate__agrees_with_the_reference(void **state) {
    (void)state;
    json_error_t problem;
    json_t *document = json_load_file(SERIN_FIXTURES "/prometheus/negotiation.json", 0, &problem), *item, *text;
    if (document == NULL) fail_msg("%s", problem.text);
    size_t i, k;
    json_array_foreach(json_object_get(document, "cases"), i, item) {
        const char *found = exposition_negotiate(json_string_value(json_object_get(item, "accept"))).content_type;
        bool good = false;
        json_array_foreach(json_object_get(item, "expect_content_type"), k, text) good |= strcmp(json_string_value(text), found) == 0;
        if (!good) fail_msg("%s: %s", json_string_value(json_object_get(item, "why")), found);
    }
    assert_true(i >= 5);
    json_decref(document);
}

static void test_exposition_negotiate__takes_long_headers(void **state) {
    (void)state;
    static char accept[200000];
    memset(accept, 'a', sizeof accept - 1);
    assert_string_equal(exposition_negotiate(accept).content_type, TEXT);
    memset(accept, ';', sizeof accept - 1);
    assert_string_equal(exposition_negotiate(accept).content_type, TEXT);
    memset(accept, ',', sizeof accept - 1);
    memcpy(accept + sizeof accept - 30, "application/openmetrics-text", 28);
    assert_string_equal(exposition_negotiate(accept).content_type, OM);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exposition_negotiate__reads_what_clients_send),
        cmocka_unit_test(test_exposition_negotiate__tells_format_and_type_of_one_answer),
        cmocka_unit_test(test_exposition_negotiate__agrees_with_the_reference),
        cmocka_unit_test(test_exposition_negotiate__takes_long_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
