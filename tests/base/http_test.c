// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/http.h"
#include "base/timetext.h"
#include "fake_server.h"

struct taken {
    struct buf body;
    struct http_result result;
    struct http_head head;
    int ended;
    size_t stop_after; // not 0
};

static bool take_piece(void *user, const struct http_head *head, const char *data, size_t len) {
    struct taken *t = user;
    assert_int_not_equal(head->status, 0);
    buf_bytes(&t->body, data, len);
    return t->stop_after == 0 || t->body.len < t->stop_after;
}

static void take_end(void *user, const struct http_result *result) {
    struct taken *t = user;
    t->result = *result;
    t->head = *result->head;
    t->ended++;
}

// One request to its end, on a client of its own unless one is given.
static struct taken run_one(struct http_client *client, const struct http_request *request, size_t stop_after) {
    struct taken t = {.stop_after = stop_after};
    struct error err = {0};
    buf_init(&t.body, 1 << 20);
    struct http_client *own = client == NULL ? http_client_create() : NULL;
    struct http_request r = *request;
    r.user = &t;
    r.body_piece = take_piece;
    r.done = take_end;
    if (http_client_start(own != NULL ? own : client, &r, &err)) {
        assert_true(http_client_run(own != NULL ? own : client, mono_now_ms() + 10000));
        assert_int_equal(t.ended, 1);
    } else {
        t.result.err = err;
    }
    http_client_destroy(own);
    return t;
}

static const char *url_of(const struct fake_server *server, const char *path) {
    static char url[256];
    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", fake_server_port(server), path);
    return url;
}

static void test_http__body_head_and_user_agent_arrive(void **state) {
    (void)state;
    static const struct fake_answer script[] = {
        {.status = 418, .headers = "Content-Type: text/x\r\nRetry-After: 9\r\n", .body = "short and stout"}};
    struct fake_server *server = fake_server_start(script, 1, NULL);
    const struct http_header headers[] = {{"X-One", "eins"}, {"X-Empty", ""}};
    struct taken t =
        run_one(NULL, &(struct http_request){.url = url_of(server, "/pot"), .headers = headers, .header_count = 2, .bearer = "t0ken"}, 0);
    struct fake_request request = fake_server_request(server, 0);
    assert_true(t.result.complete);
    assert_int_equal(t.head.status, 418);
    assert_string_equal(t.head.content_type, "text/x");
    assert_string_equal(t.head.retry_after, "9");
    assert_string_equal(buf_text(&t.body), "short and stout");
    assert_int_equal(t.result.bytes, 15);
    assert_string_equal(request.method, "GET");
    assert_non_null(strstr(request.head, "User-Agent: serin/"));
    assert_non_null(strstr(request.head, "X-One: eins\r\n"));
    assert_non_null(strstr(request.head, "X-Empty:\r\n"));
    assert_non_null(strstr(request.head, "Authorization: Bearer t0ken\r\n"));
    buf_finish(&t.body);
    fake_server_stop(server);
}

static void test_http__connections_are_kept(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.body = "x"}};
    struct fake_server *server = fake_server_start(script, 1, NULL);
    struct http_client *client = http_client_create();
    for (int i = 0; i < 5; i++) {
        struct taken t = run_one(client, &(struct http_request){.url = url_of(server, "/"), .body = view_of("a=b")}, 0);
        assert_true(t.result.complete);
        buf_finish(&t.body);
    }
    assert_int_equal(fake_server_requests(server), 5);
    assert_int_equal(fake_server_connections(server), 1);
    assert_string_equal(fake_server_request(server, 4).method, "POST");
    http_client_destroy(client);
    fake_server_stop(server);
}

static void test_http__redirects_stay_on_the_same_server(void **state) {
    (void)state;
    static const struct fake_answer same[] = {{.status = 302, .headers = "Location: /there\r\n", .body = "moved"}, {.body = "here"}};
    struct fake_server *server = fake_server_start(same, 2, NULL);
    struct taken t = run_one(NULL, &(struct http_request){.url = url_of(server, "/x"), .body = view_of("q=1")}, 0);
    assert_true(t.result.complete);
    assert_string_equal(buf_text(&t.body), "here");
    assert_string_equal(fake_server_request(server, 1).path, "/there");
    assert_string_equal(fake_server_request(server, 1).method, "POST");
    assert_string_equal(fake_server_request(server, 1).body, "q=1");
    buf_finish(&t.body);
    fake_server_stop(server);
}

static void test_http__redirect_to_another_server_is_refused(void **state) {
    (void)state;
    static const struct fake_answer good[] = {{.body = "secret?"}};
    struct fake_server *other = fake_server_start(good, 1, NULL);
    char location[400];
    snprintf(location, sizeof location, "Location: %s?token=s3cret\r\n", url_of(other, "/"));
    const struct fake_answer away[] = {{.status = 307, .headers = location, .body = "moved"}};
    struct fake_server *server = fake_server_start(away, 1, NULL);
    struct taken t = run_one(NULL, &(struct http_request){.url = url_of(server, "/x"), .bearer = "t0ken"}, 0);
    assert_false(t.result.complete);
    assert_false(t.result.temporary);
    assert_non_null(strstr(t.result.err.text, "redirect"));
    assert_null(strstr(t.result.err.text, "s3cret"));
    assert_int_equal(fake_server_requests(other), 0);
    buf_finish(&t.body);
    fake_server_stop(server);
    fake_server_stop(other);
}

static void test_http__circles_end(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.status = 308, .headers = "Location: /again\r\n"}};
    struct fake_server *server = fake_server_start(script, 1, NULL);
    struct taken t = run_one(NULL, &(struct http_request){.url = url_of(server, "/x")}, 0);
    assert_false(t.result.complete);
    assert_non_null(strstr(t.result.err.text, "circles"));
    assert_int_equal(fake_server_requests(server), 6);
    buf_finish(&t.body);
    fake_server_stop(server);
}

static void test_http__failures_are_told_apart(void **state) {
    (void)state;
    static const struct {
        struct fake_answer answer;
        struct http_request request;
        bool temporary;
        const char *text;
    } cases[] = {
        {{.close_at_once = true}, {0}, true, "closed the connection without an answer"},
        {{.body = "0123456789", .cut_after = 4}, {0}, false, "cut off after 4 bytes"},
        {{.delay_ms = 3000}, {.timeout_ms = 150}, true, "no answer from"},
        {{.body = "0123456789", .dribble_ms = 60}, {.timeout_ms = 300}, false, "not complete within 0.3 s"},
        {{.body = "0123456789", .dribble_ms = 900}, {.idle_timeout_ms = 200}, false, "stalled after 1 bytes"},
        {{.body = "zzz", .headers = "Content-Encoding: gzip\r\n"}, {0}, false, "not asked for"},
        {{.body = "zzz", .headers = "Content-Encoding: gzip\r\n"}, {.compression = true}, false, "failed"},
        {{.body = "zzz", .headers = "Content-Encoding: gzip\r\n"}, {.encoding = "snappy"}, false, "not asked for"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fake_server *server = fake_server_start(&cases[i].answer, 1, NULL);
        struct http_request request = cases[i].request;
        request.url = url_of(server, "/");
        struct taken t = run_one(NULL, &request, 0);
        assert_false(t.result.complete);
        if (strstr(t.result.err.text, cases[i].text) == NULL) assert_string_equal(t.result.err.text, cases[i].text);
        assert_int_equal(t.result.temporary, cases[i].temporary);
        assert_int_equal(t.result.err.code, ERROR_SOURCE);
        buf_finish(&t.body);
        fake_server_stop(server);
    }
}

static void test_http__an_encoding_of_the_request_is_handed_on(void **state) {
    (void)state;
    static const struct fake_answer answer = {.body = "zzz", .headers = "Content-Encoding: snappy\r\n"};
    struct fake_server *server = fake_server_start(&answer, 1, NULL);
    struct http_request request = {.url = url_of(server, "/"), .encoding = "snappy"};
    struct taken t = run_one(NULL, &request, 0);
    assert_true(t.result.complete);
    assert_string_equal(buf_text(&t.body), "zzz");
    buf_finish(&t.body);
    fake_server_stop(server);
}

static void test_http__refused_connection_is_temporary(void **state) {
    (void)state;
    char url[64], want[128];
    int port = fake_free_port();
    snprintf(url, sizeof url, "http://127.0.0.1:%d/path?token=s3cret", port);
    snprintf(want, sizeof want, "cannot connect to http://127.0.0.1:%d: Connection refused", port);
    struct taken t = run_one(NULL, &(struct http_request){.url = url}, 0);
    assert_string_equal(t.result.err.text, want);
    assert_true(t.result.temporary);
    assert_int_equal(t.head.status, 0);
    buf_finish(&t.body);
}

static void test_http__receiver_may_stop(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.body = "0123456789", .dribble_ms = 20}};
    struct fake_server *server = fake_server_start(script, 1, NULL);
    struct taken t = run_one(NULL, &(struct http_request){.url = url_of(server, "/")}, 3);
    assert_true(t.result.stopped);
    assert_false(t.result.complete);
    assert_false(t.result.temporary);
    assert_string_equal(buf_text(&t.body), "012");
    buf_finish(&t.body);
    fake_server_stop(server);
}

static void test_http__cancel_ends_at_once_without_callbacks(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.delay_ms = 5000}};
    struct fake_server *server = fake_server_start(script, 1, NULL);
    struct http_client *client = http_client_create();
    struct taken t = {0};
    const struct http_request request = {.url = url_of(server, "/"), .user = &t, .done = take_end};
    for (int i = 0; i < 3; i++) assert_true(http_client_start(client, &request, NULL));
    int64_t from = mono_now_ms();
    http_client_wait(client, from + 100);
    assert_int_equal(http_client_active(client), 3);
    http_client_cancel(client);
    assert_int_equal(http_client_active(client), 0);
    assert_in_range((uint64_t)(mono_now_ms() - from), 100, 600);
    assert_int_equal(t.ended, 0);
    http_client_destroy(client);
    fake_server_stop(server);
}

static void test_http__unusable_requests_are_refused(void **state) {
    (void)state;
    static const struct http_header cases[] = {{"X Y", "v"}, {"", "v"}, {"X", "a\r\nY: b"}, {"X\r\nY", "v"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct taken t = run_one(NULL, &(struct http_request){.url = "http://127.0.0.1:1/", .headers = &cases[i], .header_count = 1}, 0);
        assert_int_equal(t.ended, 0);
        assert_int_equal(t.result.err.code, ERROR_CONFIG);
        buf_finish(&t.body);
    }
}

static void test_http__unusable_urls_fail_without_being_told(void **state) {
    (void)state;
    static const char *const cases[] = {"http://secret host/", "http://secret:99999/", "file:///secret", "secret host"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct taken t = run_one(NULL, &(struct http_request){.url = cases[i]}, 0);
        assert_int_equal(t.ended, 1);
        assert_false(t.result.complete);
        assert_false(t.result.temporary);
        assert_null(strstr(t.result.err.text, "secret"));
        buf_finish(&t.body);
    }
}

static void test_http__base_urls_are_checked(void **state) {
    (void)state;
    static const struct {
        const char *url;
        bool ok;
    } cases[] = {
        {"http://h", true},
        {"https://h:9090/a/b/", true},
        {"http://[::1]:9090", true},
        {"ftp://h", false},
        {"file:///etc/passwd", false},
        {"h:9090", false},
        {"", false},
        {"http://", false},
        {"http://u:p@h", false},
        {"http://u@h", false},
        {"http://h/?a=b", false},
        {"http://h/#a", false},
        {"http://h:99999", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error err = {0};
        if (http_url_check(cases[i].url, &err) != cases[i].ok) fail_msg("%s: %s", cases[i].url, err.text);
        if (!cases[i].ok) assert_int_equal(err.code, ERROR_CONFIG);
        assert_null(strstr(err.text, "u:p"));
    }
}

static void test_http__joins_and_encodes(void **state) {
    (void)state;
    static const struct {
        const char *base, *path, *want;
    } cases[] = {{"http://h", "a", "http://h/a"}, {"http://h/", "/a", "http://h/a"}, {"http://h/p//", "a/b", "http://h/p/a/b"}};
    struct buf out;
    buf_init(&out, 1024);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        buf_clear(&out);
        http_url_join(&out, cases[i].base, cases[i].path);
        assert_string_equal(buf_text(&out), cases[i].want);
    }
    buf_clear(&out);
    http_form_field(&out, "match[]", view_of("a b+c&d=e{\"\xc3\xa9\"}~-._/%"));
    http_form_field(&out, "x", (struct view){"\0\n", 2});
    assert_string_equal(buf_text(&out), "match%5B%5D=a%20b%2Bc%26d%3De%7B%22%C3%A9%22%7D~-._%2F%25&x=%00%0A");
    buf_finish(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_http__body_head_and_user_agent_arrive),
        cmocka_unit_test(test_http__connections_are_kept),
        cmocka_unit_test(test_http__redirects_stay_on_the_same_server),
        cmocka_unit_test(test_http__redirect_to_another_server_is_refused),
        cmocka_unit_test(test_http__circles_end),
        cmocka_unit_test(test_http__failures_are_told_apart),
        cmocka_unit_test(test_http__an_encoding_of_the_request_is_handed_on),
        cmocka_unit_test(test_http__refused_connection_is_temporary),
        cmocka_unit_test(test_http__receiver_may_stop),
        cmocka_unit_test(test_http__cancel_ends_at_once_without_callbacks),
        cmocka_unit_test(test_http__unusable_requests_are_refused),
        cmocka_unit_test(test_http__unusable_urls_fail_without_being_told),
        cmocka_unit_test(test_http__base_urls_are_checked),
        cmocka_unit_test(test_http__joins_and_encodes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
