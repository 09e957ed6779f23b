// SPDX-License-Identifier: GPL-3.0-or-later
// What a source is asked, word for word, and what it is not asked.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "played.h"

static const struct query instant = {.expr = "up", .mode = QUERY_INSTANT, .start_ms = 1735689600000, .end_ms = 1735689600137};

static void test_fetch__requests_are_exact(void **state) {
    (void)state;
    static const struct {
        struct query query;
        const char *path, *body;
    } cases[] = {
        {{"sum by (a)(x{b=~\"c+|d&e\"})", QUERY_INSTANT, 0, 1735689600137, 0},
         "/pre/fix/api/v1/query",
         "query=sum%20by%20%28a%29%28x%7Bb%3D~%22c%2B%7Cd%26e%22%7D%29&time=1735689600.137&timeout=19&dedup=true&storeMatch%5B%5D=%7Ba%3D%"
         "22b%22%7D"},
        {{"rate(x[1m])", QUERY_RANGE, 1735689600000, 1735689660000, 15000},
         "/pre/fix/api/v1/query_range",
         "query=rate%28x%5B1m%5D%29&start=1735689600&end=1735689660&step=15&timeout=19&dedup=true&storeMatch%5B%5D=%7Ba%3D%22b%22%7D"},
        {{"x{a=\"b\"} ", QUERY_RAW, 1735689600000, 1735689660000, 0},
         "/pre/fix/api/v1/query",
         "query=x%7Ba%3D%22b%22%7D%5B61s%5D&time=1735689660&timeout=19&dedup=true&storeMatch%5B%5D=%7Ba%3D%22b%22%7D"},
    };
    static const struct source_header params[] = {{"dedup", "true"}, {"storeMatch[]", "{a=\"b\"}"}}, headers[] = {{"X-Custom", "yes"}};
    static const struct fake_answer script[] = {{.body = PLAYED_VECTOR}};
    struct source_settings settings = {
        .params = params, .param_count = 2, .headers = headers, .header_count = 1, .tenant = "team-a", .timeout_ms = 20000};
    struct played p = played_start(script, 1, settings, "/pre/fix//");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct answer a = played_ask(p.source, &cases[i].query, 60000);
        struct fake_request request = fake_server_request(p.server, i);
        assert_string_equal(request.method, "POST");
        assert_string_equal(request.path, cases[i].path);
        assert_string_equal(request.body, cases[i].body);
        has_text(request.head, "Content-Type: application/x-www-form-urlencoded\r\n");
        has_text(request.head, "X-Scope-OrgID: team-a\r\n");
        has_text(request.head, "X-Custom: yes\r\n");
        assert_null(strstr(request.head, "Accept-Encoding"));
        answer_finish(&a);
    }
    played_finish(&p);
}

static void write_secret(char path[], const char *text) {
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static void test_fetch__secrets_come_from_files_read_for_each_run(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.body = PLAYED_VECTOR}};
    char path[] = "/tmp/serin-secret-XXXXXX";
    write_secret(path, "t0ken\n");
    struct played p = played_start(script, 1, (struct source_settings){.bearer_token_file = path}, "");
    struct answer a = played_ask(p.source, &instant, 5000);
    has_text(fake_server_request(p.server, 0).head, "Authorization: Bearer t0ken\r\n");
    answer_finish(&a);
    struct played basic = played_start(script, 1, (struct source_settings){.username = "ann", .password_file = path}, "");
    a = played_ask(basic.source, &instant, 5000);
    has_text(fake_server_request(basic.server, 0).head, "Authorization: Basic YW5uOnQwa2Vu\r\n");
    answer_finish(&a);
    unlink(path);
    a = played_ask(p.source, &instant, 5000);
    assert_int_equal(a.result.outcome, DECODE_HTTP_ERROR);
    has_text(a.result.err.text, "source prod: bearer_token_file: /tmp/serin-secret-");
    assert_int_equal(fake_server_requests(p.server), 1);
    answer_finish(&a);
    played_finish(&p);
    played_finish(&basic);
}

static void test_fetch__what_cannot_be_asked_is_not_sent(void **state) {
    (void)state;
    static const struct {
        struct query query;
        const char *text;
    } cases[] = {
        {{"x @ start()", QUERY_RANGE, 0, 11001000, 1000}, "11002 points are more than the 11,000 a server gives at once"},
        {{"x", QUERY_RANGE, 0, 11000001000, 1000}, "would take 1001 requests"},
        {{"x", QUERY_RANGE, 0, 1000, 0}, "step"},
        {{"x", QUERY_INSTANT, 2, 1, 0}, "ends before it starts"},
        {{"rate(x[5m])", QUERY_RAW, 0, 1000, 0}, "only a plain selector"},
    };
    static const struct fake_answer script[] = {{.body = PLAYED_VECTOR}};
    struct played p = played_start(script, 1, (struct source_settings){0}, "");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct answer a = played_ask(p.source, &cases[i].query, 5000);
        assert_int_equal(a.result.outcome, DECODE_HTTP_ERROR);
        has_text(a.result.err.text, cases[i].text);
        answer_finish(&a);
    }
    assert_int_equal(fake_server_requests(p.server), 0);
    played_finish(&p);
}

static void test_fetch__kinds_get_their_own_parameters(void **state) {
    (void)state;
    static const struct query range = {.expr = "x", .mode = QUERY_RANGE, .start_ms = 0, .end_ms = 15000, .step_ms = 15000};
    static const struct source_header own[] = {{"dedup", "false"}};
    static const struct {
        struct source_settings settings;
        const struct query *query;
        const char *tail;
    } cases[] = {
        {{.kind = SOURCE_MIMIR, .tenant = "a|b"}, &range, "timeout=28.500"},
        {{.kind = SOURCE_VICTORIAMETRICS}, &range, "timeout=28.500&nocache=1&deny_partial_response=1"},
        {{.kind = SOURCE_VICTORIAMETRICS}, &instant, "timeout=28.500&deny_partial_response=1"},
        {{.kind = SOURCE_THANOS}, &instant, "timeout=28.500&dedup=true&partial_response=false&max_source_resolution=0s"},
        {{.kind = SOURCE_THANOS, .params = own, .param_count = 1},
         &range,
         "timeout=28.500&partial_response=false&max_source_resolution=0s&dedup=false"},
    };
    static const struct fake_answer script[] = {{.body = "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct played p = played_start(script, 1, cases[i].settings, "");
        struct answer a = played_ask(p.source, cases[i].query, 60000);
        struct fake_request request = fake_server_request(p.server, 0);
        const char *from = strstr(request.body, "timeout=");
        assert_non_null(from);
        assert_string_equal(from, cases[i].tail);
        answer_finish(&a);
        played_finish(&p);
    }
}

static void test_fetch__settings_are_checked(void **state) {
    (void)state;
    static const struct source_header query[] = {{"query", "x"}}, host[] = {{"host", "x"}}, auth[] = {{"authorization", "x"}};
    static const struct {
        struct source_settings settings;
        const char *text;
    } cases[] = {
        {{.url = NULL}, "url is missing"},
        {{.url = "file:///etc/passwd"}, "http"},
        {{.url = "http://ann:pw@h"}, "password"},
        {{.url = "http://h", .params = query, .param_count = 1}, "params: query"},
        {{.url = "http://h", .headers = host, .header_count = 1}, "headers: host"},
        {{.url = "http://h", .headers = auth, .header_count = 1, .username = "ann"}, "headers: authorization"},
        {{.url = "http://h", .username = "ann", .bearer_token_file = "/x"}, "only one can be used"},
        {{.url = "http://h", .password_file = "/x"}, "needs a username"},
        {{.url = "http://h", .cert_file = "/x"}, "go together"},
        {{.url = "http://h", .timeout_ms = -1}, "negative"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error err = {0};
        assert_null(source_create_prometheus("prod", &cases[i].settings, &err));
        assert_int_equal(err.code, ERROR_CONFIG);
        has_text(err.text, cases[i].text);
        assert_null(strstr(err.text, "ann:pw"));
    }
}

static void test_fetch__server_version_is_asked_once(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.body = PLAYED_VECTOR}};
    struct fake_server *server = fake_server_start(script, 1, "{\"status\":\"success\",\"data\":{\"version\":\"2.42.0+ds\"}}");
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d", fake_server_port(server));
    struct source *source = source_create_prometheus("prod", &(struct source_settings){.url = url}, NULL);
    struct answer a = played_ask(source, &instant, 5000);
    assert_string_equal(source_version(source), "2.42.0+ds");
    answer_finish(&a);
    source_destroy(source);
    fake_server_stop(server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fetch__requests_are_exact),
        cmocka_unit_test(test_fetch__secrets_come_from_files_read_for_each_run),
        cmocka_unit_test(test_fetch__what_cannot_be_asked_is_not_sent),
        cmocka_unit_test(test_fetch__kinds_get_their_own_parameters),
        cmocka_unit_test(test_fetch__settings_are_checked),
        cmocka_unit_test(test_fetch__server_version_is_asked_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
