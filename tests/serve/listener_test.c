// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <cmocka.h>

#include "raw_client.h"
#include "small_service.h"

static struct small_service service;

static int set_up(void **state) {
    (void)state;
    small_service_start(&service, NULL);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    small_service_stop(&service);
    return 0;
}

struct answer_case {
    const char *request;
    int status;
    const char *body;   // part of it; NULL: any
    const char *header; // "Name: value", whole line; NULL: any
};

#define HOST "Host: localhost\r\n"
#define BASIC "Authorization: Basic YW5uOmNpLmFiYw==\r\n"
#define JSON_TYPE "Content-Type: application/json\r\n"

static const struct answer_case answer_cases[] = {
    {"GET /open HTTP/1.1\r\n" HOST "\r\n", 200, "open", "X-Content-Type-Options: nosniff"},
    {"GET /open HTTP/1.0\r\n\r\n", 200, "open", NULL},
    {"GET http://localhost:1/open HTTP/1.1\r\n" HOST "\r\n", 200, "open", NULL},
    {"GET http://localhost?x=1 HTTP/1.1\r\n" HOST "\r\n", 404, "no_such_path", NULL},
    {"HEAD /open HTTP/1.1\r\n" HOST "\r\n", 200, "", "Content-Length: 4"},
    {"GET /things/a%2Fb%20c?depth=x+y%26 HTTP/1.1\r\n" HOST "\r\n", 200,
     "{\"id\":\"a/b c\",\"depth\":\"x y&\",\"who\":\"local\",\"role\":\"admin\"}", "ETag: \"a/b c\""},
    {"GET /things/7 HTTP/1.1\r\n" HOST "If-None-Match: W/\"6\", \"7\"\r\n\r\n", 304, "", "Cache-Control: private, no-cache"},
    {"GET /things/7 HTTP/1.1\r\n" HOST "If-None-Match: \"77\"\r\n\r\n", 200, "\"7\"", NULL},
    {"GET /nowhere HTTP/1.1\r\n" HOST "\r\n", 404, "\"code\":\"no_such_path\"", "Cache-Control: no-store"},
    {"GET /open HTTP/1.1\r\n" HOST "\r\n", 200, "open", "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'"},
    {"GET /things/7/ HTTP/1.1\r\n" HOST "\r\n", 404, "no_such_path", NULL},
    {"GET /things// HTTP/1.1\r\n" HOST "\r\n", 404, "no_such_path", NULL},
    {"GET /things HTTP/1.1\r\n" HOST "\r\n", 405, "\"code\":\"wrong_method\"", "Allow: POST, OPTIONS"},
    {"PATCH /things/7 HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\n{}", 405, "wrong_method", "Allow: GET, HEAD, DELETE, OPTIONS"},
    {"OPTIONS /things/7 HTTP/1.1\r\n" HOST "\r\n", 204, "", "Allow: GET, HEAD, DELETE, OPTIONS"},
    {"DELETE /things/7 HTTP/1.1\r\n" HOST "\r\n", 204, "", NULL},
    {"GET /things/7?dept=1 HTTP/1.1\r\n" HOST "\r\n", 400, "did you mean depth?", NULL},
    {"GET /things/7?depth=1&depth=2 HTTP/1.1\r\n" HOST "\r\n", 400, "\"code\":\"bad_request\"", NULL},
    {"GET /things/7?depth=%f HTTP/1.1\r\n" HOST "\r\n", 400, "bad_request", NULL},
    {"GET /things/%ff HTTP/1.1\r\n" HOST "\r\n", 400, "bad_request", NULL},
    {"GET /things/%00 HTTP/1.1\r\n" HOST "\r\n", 400, "bad_request", NULL},
    {"GET /wait HTTP/1.1\r\n" HOST "\r\n", 400, "missing_parameter", NULL},
    {"GET /open HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421, "wrong_host", NULL},
    {"GET http://evil.example/open HTTP/1.1\r\n" HOST "\r\n", 421, "wrong_host", NULL},
    {"GET /open HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n", 200, "open", NULL},
    {"GET /open HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 200, "open", NULL},
    {"GET /open HTTP/1.1\r\nHost: [::1\r\n\r\n", 421, NULL, NULL},
    {"POST /note HTTP/1.1\r\n" HOST "Origin: http://evil.example\r\nContent-Length: 0\r\n\r\n", 403, "cross_origin", NULL},
    {"POST /note HTTP/1.1\r\n" HOST "Origin: null\r\nContent-Length: 0\r\n\r\n", 403, "cross_origin", NULL},
    {"POST /note HTTP/1.1\r\n" HOST "Origin: http://localhost\r\nContent-Length: 0\r\n\r\n", 200, "", NULL},
    // What a browser remembers as Basic: links are followed, all else must come from our own pages or from what is no browser.
    {"GET /open HTTP/1.1\r\n" HOST BASIC "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n\r\n", 200, "open", NULL},
    {"GET /open HTTP/1.1\r\n" HOST BASIC "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n\r\n", 403, "cross_origin", NULL},
    {"GET /open HTTP/1.1\r\n" HOST BASIC "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\n\r\n", 200, "open", NULL},
    {"GET /open HTTP/1.1\r\n" HOST "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n\r\n", 200, "open", NULL},
    {"POST /note HTTP/1.1\r\n" HOST BASIC "Sec-Fetch-Site: same-site\r\nSec-Fetch-Mode: navigate\r\n\r\n", 403, "cross_origin", NULL},
    {"POST /note HTTP/1.1\r\n" HOST BASIC "Sec-Fetch-Site: none\r\nContent-Length: 0\r\n\r\n", 200, "", NULL},
    {"POST /note HTTP/1.1\r\n" HOST BASIC "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi", 403, "cross_origin", NULL},
    {"POST /any HTTP/1.1\r\n" HOST BASIC "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 0\r\n\r\n", 403, "cross_origin",
     NULL},
    {"POST /note HTTP/1.1\r\n" HOST BASIC "Origin: http://localhost\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi", 200, "hi",
     NULL},
    {"POST /note HTTP/1.1\r\n" HOST BASIC "Content-Type: text/markdown\r\nContent-Length: 2\r\n\r\nhi", 200, "hi", NULL},
    {"POST /note HTTP/1.1\r\n" HOST BASIC "\r\n", 200, "", NULL},
    {"POST /things HTTP/1.1\r\n" HOST JSON_TYPE "Content-Length: 7\r\n\r\n{\"a\":1}", 202, "{\"keys\":1}", NULL},
    {"POST /things HTTP/1.1\r\n" HOST JSON_TYPE "Transfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n", 202,
     "{\"keys\":1}", NULL},
    {"POST /things HTTP/1.1\r\n" HOST "content-type: Application/JSON; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}", 202, NULL, NULL},
    {"POST /things HTTP/1.1\r\n" HOST JSON_TYPE "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}", 202, NULL, NULL},
    {"POST /things HTTP/1.1\r\n" HOST "\r\n", 411, "no_length", NULL},
    {"POST /things HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\n{}", 415, "application/json", NULL},
    {"POST /things HTTP/1.1\r\n" HOST "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}", 415, "wrong_type", NULL},
    {"POST /things HTTP/1.1\r\n" HOST JSON_TYPE "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", 415, "not compressed", NULL},
    {"POST /things HTTP/1.1\r\n" HOST JSON_TYPE "Content-Length: 8\r\n\r\n{\"a\":1,}", 400, "line 1 column 8", NULL},
    {"POST /things HTTP/1.1\r\n" HOST JSON_TYPE "Content-Length: 13\r\n\r\n{\"a\":1,\"a\":2}", 400, "bad_json", NULL},
    {"POST /things HTTP/1.1\r\n" HOST JSON_TYPE "Content-Length: 3\r\n\r\n\"\xff\"", 400, "bad_json", NULL},
    // Where the request ends is in doubt, so the connection ends.
    {"POST /things HTTP/1.1\r\n" HOST JSON_TYPE "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "bad_request",
     "Connection: close"},
    {"POST /things HTTP/1.1\r\n" HOST JSON_TYPE "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400, NULL, "Connection: close"},
    {"POST /things HTTP/1.1\r\n" HOST JSON_TYPE "Content-Length: +2\r\n\r\n{}", 400, NULL, "Connection: close"},
    {"POST /things HTTP/1.1\r\n" HOST JSON_TYPE "Transfer-Encoding: gzip\r\n\r\n", 400, NULL, "Connection: close"},
    {"POST /things HTTP/1.1\r\n" HOST JSON_TYPE "Content-Length : 2\r\n\r\n{}", 400, "bad_request", "Connection: close"},
    {"GET /open HTTP/1.1\r\n" HOST "X Y: 2\r\n\r\n", 400, "bad_request", "Connection: close"},
    {"POST /note HTTP/1.1\r\n" HOST "Content-Type: text/markdown\r\nContent-Length: 2\r\n\r\nhi", 200, "hi", NULL},
    {"POST /note HTTP/1.1\r\n" HOST "\r\n", 200, "", NULL},
    {"POST /any?x=1 HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nhi", 200, "hi", NULL},
    {"DELETE /things/7 HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nhi", 413, "takes no body", NULL},
    {"POST /things HTTP/1.1\r\n" HOST JSON_TYPE "Content-Length: 4000000000\r\n\r\n", 413, "body_too_large", NULL},
    {"POST /things HTTP/1.1\r\n" HOST JSON_TYPE "Expect: 100-continue\r\nContent-Length: 1001\r\n\r\n", 413, "body_too_large", NULL},
    {"GET /odd HTTP/1.1\r\n" HOST "\r\n", 500, "internal", NULL},
    {"GET /odd?what=late HTTP/1.1\r\n" HOST "\r\n", 200, "late", NULL},
    {"GET /odd?what=twice HTTP/1.1\r\n" HOST "\r\n", 200, "timeout", NULL},
    {"GET /wait?ms=30 HTTP/1.1\r\n" HOST "\r\n", 200, "timeout", NULL},
    {"nonsense\r\n\r\n", 0, NULL, NULL},
    {"GET /open HTTP/1.1\r\n\r\n", 400, NULL, NULL},
};

static void test_listener__answers(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof answer_cases / sizeof answer_cases[0]; i++) {
        const struct answer_case *c = &answer_cases[i];
        struct raw_answer answer = raw_ask(service.port, c->request);
        if (answer.status != c->status || (c->body != NULL && strstr(answer.body, c->body) == NULL) ||
            (c->header != NULL && strstr(answer.head, c->header) == NULL))
            fail_msg("%s\nwas answered\n%s%s", c->request, answer.head, answer.body);
        if (answer.status >= 400 && c->body != NULL) assert_non_null(strstr(answer.body, "\"hint\":"));
    }
}

// A request whose length counts: `head`, then `fill` bytes of x, then `tail`.
static struct raw_answer ask_long(const char *head, size_t fill, const char *tail) {
    size_t len = strlen(head) + fill + strlen(tail);
    char *text = malloc(len + 1);
    memcpy(text, head, strlen(head));
    memset(text + strlen(head), 'x', fill);
    memcpy(text + strlen(head) + fill, tail, strlen(tail) + 1);
    struct raw_answer answer = raw_ask(service.port, text);
    free(text);
    return answer;
}

static void test_listener__bounds(void **state) {
    (void)state;
    struct raw_answer answer = ask_long("GET /things/", 4000, " HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(answer.status, 200);
    answer = ask_long("GET /things/", 4097, " HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(answer.status, 414);
    assert_non_null(strstr(answer.body, "uri_too_long"));
    answer = ask_long("GET /open HTTP/1.1\r\n" HOST "X: ", 9000, "\r\n\r\n");
    assert_int_equal(answer.status, 431);
    assert_non_null(strstr(answer.body, "headers_too_large"));
    answer = ask_long("GET /open HTTP/1.1\r\n" HOST "X: ", 40000, "\r\n\r\n");
    assert_int_equal(answer.status, 431); // the library's own
    answer = ask_long("POST /things HTTP/1.1\r\n" HOST JSON_TYPE "Content-Length: 100000\r\n\r\n", 100000, "");
    assert_int_equal(answer.status, 413);
    answer = ask_long("POST /things HTTP/1.1\r\n" HOST JSON_TYPE "Transfer-Encoding: chunked\r\n\r\n10000\r\n", 0x10000, "\r\n0\r\n\r\n");
    assert_int_equal(answer.status, 413);
    assert_non_null(strstr(answer.body, "more than the 1000 bytes"));
}

static void test_listener__goes_on_after_a_refusal_and_answers_in_order(void **state) {
    (void)state;
    static const char text[] = "GET /things/1 HTTP/1.1\r\n" HOST "\r\n"
                               "POST /things HTTP/1.1\r\n" HOST JSON_TYPE "Content-Length: 2000\r\n\r\n";
    static const char next[] = "GET /wait?ms=20 HTTP/1.1\r\n" HOST "\r\nGET /things/2 HTTP/1.1\r\n" HOST "\r\n";
    char fill[2000];
    struct raw_client client;
    memset(fill, ' ', sizeof fill);
    raw_open(&client, service.port);
    raw_send(&client, text, strlen(text));
    raw_send(&client, fill, sizeof fill);
    raw_send(&client, next, strlen(next));
    assert_int_equal(raw_receive(&client, false).status, 200);
    assert_int_equal(raw_receive(&client, false).status, 413);
    assert_non_null(strstr(raw_receive(&client, false).body, "timeout"));
    assert_non_null(strstr(raw_receive(&client, false).body, "\"id\":\"2\""));
    raw_close(&client);
}

static void test_listener__shares_pages(void **state) {
    (void)state;
    char value[128];
    struct raw_answer answer = raw_ask(service.port, "GET /page HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(answer.body_len, 20000);
    assert_non_null(strstr(raw_header(&answer, "Content-Security-Policy", value, sizeof value), "script-src 'self'"));
    assert_string_equal(raw_header(&answer, "X-Frame-Options", value, sizeof value), "DENY");
    assert_string_equal(raw_header(&answer, "Referrer-Policy", value, sizeof value), "no-referrer");
    answer = raw_ask(service.port, "HEAD /page HTTP/1.1\r\n" HOST "\r\n");
    assert_string_equal(raw_header(&answer, "Content-Length", value, sizeof value), "20000");
    small_service_stop(&service);
    assert_int_equal(atomic_load(&service.pages_released), 2);
    small_service_start(&service, NULL);
}

static void test_listener__counts(void **state) {
    (void)state;
    static const char twice[] = "GET /nowhere HTTP/1.1\r\n" HOST "\r\nGET /nowhere HTTP/1.1\r\n" HOST "\r\n";
    struct listener_counts counts;
    struct route_counts route_counts;
    const struct route *route;
    small_service_stop(&service);
    small_service_start(&service, NULL);
    raw_ask(service.port, "GET /open HTTP/1.1\r\n" HOST "\r\n");
    raw_ask(service.port, "GET /open?x HTTP/1.1\r\n" HOST "\r\n");
    struct raw_client client;
    raw_open(&client, service.port); // answered after the others have ended
    raw_send(&client, twice, strlen(twice));
    raw_receive(&client, false);
    raw_receive(&client, false);
    listener_counts(service.listener, &counts);
    assert_int_equal(counts.connections_total, 3);
    assert_int_equal(counts.refused[REFUSED_MALFORMED], 3);
    listener_route_counts(service.listener, 0, &route, &route_counts);
    assert_string_equal(route->operation, "getOpen");
    assert_int_equal(route_counts.by_class[2], 1);
    assert_int_equal(route_counts.by_class[4], 1);
    listener_route_counts(service.listener, listener_route_count(service.listener), &route, &route_counts);
    assert_null(route);
    assert_true(route_counts.by_class[4] >= 1);
    raw_close(&client);
}

static const char ask_huge[] = "GET /odd?what=huge HTTP/1.1\r\n" HOST "\r\n";

// Asks for what is too large to be sent before it is read; gives the status.
static int begin_huge(struct raw_client *client) {
    char line[16] = "";
    raw_open(client, service.port);
    raw_send(client, ask_huge, strlen(ask_huge));
    assert_int_equal(recv(client->fd, line, 12, MSG_WAITALL), 12);
    return atoi(line + 9);
}

static void test_listener__holds_a_bounded_amount_for_those_who_do_not_read(void **state) {
    (void)state;
    static struct raw_client clients[3], last;
    for (size_t i = 0; i < 3; i++) assert_int_equal(begin_huge(&clients[i]), 200); // 60 MiB
    struct raw_answer refused = raw_ask(service.port, ask_huge);
    assert_int_equal(refused.status, 503);
    assert_non_null(strstr(refused.body, "\"code\":\"busy\""));
    assert_non_null(strstr(refused.head, "Retry-After: 1\r\n"));
    assert_int_equal(raw_ask(service.port, "GET /open HTTP/1.1\r\n" HOST "\r\n").status, 200);
    raw_close(&clients[0]);
    int status = 503;
    for (int tries = 0; status == 503 && tries < 1000; tries++) { // until it is seen that the client has gone
        status = begin_huge(&last);
        raw_close(&last);
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    }
    assert_int_equal(status, 200);
    for (size_t i = 1; i < 3; i++) raw_close(&clients[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_listener__answers),
        cmocka_unit_test(test_listener__bounds),
        cmocka_unit_test(test_listener__goes_on_after_a_refusal_and_answers_in_order),
        cmocka_unit_test(test_listener__shares_pages),
        cmocka_unit_test(test_listener__holds_a_bounded_amount_for_those_who_do_not_read),
        cmocka_unit_test(test_listener__counts),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
