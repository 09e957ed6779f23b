// SPDX-License-Identifier: GPL-3.0-or-later
// What requests to a source say about who asks, and to whom they say it.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "fake_server.h"
#include "query/source.h"

#define VECTOR "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}"
#define TOKEN(text) "{\"access_token\":\"" text "\",\"token_type\":\"Bearer\",\"expires_in\":3600}"

static const struct query query = {.expr = "up", .mode = QUERY_INSTANT, .end_ms = 1735689600000};
static const struct fake_answer good[] = {{.body = VECTOR}};

struct scene {
    struct fake_server *server, *other; // `other` may be NULL
    struct source *source;
    char url[64], other_url[64], secret[40];
};

static void write_secret(struct scene *s, const char *text) {
    assert_true(file_write(s->secret, view_of(text), NULL));
}

static void scene_other(struct scene *s, const struct fake_answer *script, size_t count) {
    *s = (struct scene){.other = fake_server_start(script, count, NULL)};
    snprintf(s->other_url, sizeof s->other_url, "http://127.0.0.1:%d/other", fake_server_port(s->other));
}

static void scene_server(struct scene *s, const struct fake_answer *script, size_t count) {
    s->server = fake_server_start(script, count, NULL);
    snprintf(s->url, sizeof s->url, "http://127.0.0.1:%d", fake_server_port(s->server));
    strcpy(s->secret, "/tmp/serin-secret-XXXXXX");
    int fd = mkstemp(s->secret);
    assert_true(fd >= 0);
    close(fd);
    write_secret(s, "s3cret\n");
}

static void scene_source(struct scene *s, struct source_settings settings) {
    struct error err = {0};
    if (settings.url == NULL) settings.url = s->url;
    s->source = source_create_prometheus("prod", &settings, &err);
    if (s->source == NULL) fail_msg("%s", err.text);
}

static void scene_finish(struct scene *s) {
    source_destroy(s->source);
    fake_server_stop(s->server);
    if (s->other != NULL) fake_server_stop(s->other);
    unlink(s->secret);
}

struct outcome {
    size_t ok;
    struct error last; // of those that failed
};

static struct outcome ask(struct scene *s, size_t count, const struct fetch_options *options) {
    struct fetch_job *jobs = mem_zero(count, sizeof *jobs);
    struct outcome outcome = {0};
    for (size_t i = 0; i < count; i++) jobs[i] = (struct fetch_job){.source = s->source, .query = query};
    assert_true(fetch_run(jobs, count, options, NULL));
    for (size_t i = 0; i < count; i++) {
        if (jobs[i].answer.result.outcome == DECODE_OK) {
            outcome.ok++;
        } else {
            outcome.last = jobs[i].answer.result.err;
        }
        answer_finish(&jobs[i].answer);
    }
    free(jobs);
    return outcome;
}

static void has(const char *text, const char *part) {
    if (strstr(text, part) == NULL) fail_msg("\"%s\" is not in \"%s\"", part, text);
}

static void test_credentials__nothing_reaches_another_server(void **state) {
    (void)state;
    static const int statuses[] = {301, 302, 303, 307, 308};
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        struct scene s;
        char location[128];
        struct fake_answer away[] = {{.status = statuses[i], .headers = location, .body = "moved"}};
        scene_other(&s, good, 1);
        snprintf(location, sizeof location, "Location: %s\r\n", s.other_url);
        scene_server(&s, away, 1);
        const struct source_header headers[] = {{"X-Custom", "mine"}}, files[] = {{"X-Key", s.secret}};
        scene_source(&s, (struct source_settings){.bearer_token_file = s.secret,
                                                  .tenant = "team-a",
                                                  .headers = headers,
                                                  .header_count = 1,
                                                  .header_files = files,
                                                  .header_file_count = 1});
        struct outcome outcome = ask(&s, 1, NULL);
        assert_int_equal(outcome.ok, 0);
        has(outcome.last.text, "redirect to http://127.0.0.1:");
        has(fake_server_request(s.server, 0).head, "X-Key: s3cret\r\n");
        has(fake_server_request(s.server, 0).head, "X-Scope-OrgID: team-a\r\n");
        assert_int_equal(fake_server_connections(s.other), 0);
        scene_finish(&s);
    }
}

static void test_credentials__same_server_keeps_everything(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.status = 307, .headers = "Location: /prefix/api/v1/query\r\n"}, {.body = VECTOR}};
    struct scene s = {0};
    scene_server(&s, script, 2);
    const struct source_header files[] = {{"X-Key", s.secret}};
    scene_source(
        &s, (struct source_settings){.bearer_token_file = s.secret, .tenant = "team-a", .header_files = files, .header_file_count = 1});
    assert_int_equal(ask(&s, 1, NULL).ok, 1);
    struct fake_request second = fake_server_request(s.server, 1);
    assert_string_equal(second.path, "/prefix/api/v1/query");
    assert_string_equal(second.method, "POST");
    has(second.body, "query=up&");
    has(second.head, "Authorization: Bearer s3cret\r\n");
    has(second.head, "X-Key: s3cret\r\n");
    has(second.head, "X-Scope-OrgID: team-a\r\n");
    scene_finish(&s);
}

struct rotation {
    struct scene *scene;
    const char *text;
};

static void rotate(void *user, size_t done, size_t total) {
    struct rotation *r = user;
    if (done == 1 && total == 3) write_secret(r->scene, r->text);
}

static void test_credentials__files_are_read_again_when_they_changed(void **state) {
    (void)state;
    struct scene s = {0};
    scene_server(&s, good, 1);
    const struct source_header files[] = {{"X-Key", s.secret}};
    scene_source(&s, (struct source_settings){
                         .username = "ann", .password_file = s.secret, .header_files = files, .header_file_count = 1, .concurrency = 1});
    struct rotation rotation = {&s, "n3wone\n"}; // as long as the old one
    assert_int_equal(ask(&s, 3, &(struct fetch_options){.progress = rotate, .user = &rotation}).ok, 3);
    has(fake_server_request(s.server, 0).head, "Authorization: Basic YW5uOnMzY3JldA==\r\n");
    has(fake_server_request(s.server, 0).head, "X-Key: s3cret\r\n");
    for (size_t i = 1; i < 3; i++) {
        has(fake_server_request(s.server, i).head, "Authorization: Basic YW5uOm4zd29uZQ==\r\n");
        has(fake_server_request(s.server, i).head, "X-Key: n3wone\r\n");
    }
    rotation.text = "two\nlines";
    struct outcome outcome = ask(&s, 3, &(struct fetch_options){.progress = rotate, .user = &rotation});
    assert_int_equal(outcome.ok, 1);
    has(outcome.last.text, "holds more than one line");
    assert_null(strstr(outcome.last.text, "two"));
    scene_finish(&s);
}

static void test_credentials__one_token_serves_all(void **state) {
    (void)state;
    static const struct fake_answer tokens[] = {{.body = TOKEN("first"), .delay_ms = 50}, {.body = TOKEN("second")}};
    struct scene s;
    scene_other(&s, tokens, 2);
    scene_server(&s, good, 1);
    scene_source(&s, (struct source_settings){.tenant = "team-a",
                                              .oauth2 = {.token_url = s.other_url, .client_id = "serin", .client_secret_file = s.secret}});
    assert_int_equal(ask(&s, 20, NULL).ok, 20);
    assert_int_equal(ask(&s, 1, NULL).ok, 1); // the next run has it still
    assert_int_equal(fake_server_requests(s.other), 1);
    assert_int_equal(fake_server_requests(s.server), 21);
    for (size_t i = 0; i < 21; i++) has(fake_server_request(s.server, i).head, "Authorization: Bearer first\r\n");
    struct fake_request asked = fake_server_request(s.other, 0);
    assert_string_equal(asked.method, "POST");
    assert_string_equal(asked.path, "/other");
    assert_string_equal(asked.body, "grant_type=client_credentials");
    has(asked.head, "Authorization: Basic c2VyaW46czNjcmV0\r\n");
    has(asked.head, "Content-Type: application/x-www-form-urlencoded\r\n");
    assert_null(strstr(asked.head, "X-Scope-OrgID"));
    scene_finish(&s);
}

static void test_credentials__refused_token_is_renewed_once(void **state) {
    (void)state;
    static const struct fake_answer tokens[] = {{.body = TOKEN("first")}, {.body = TOKEN("second")}},
                                    once[] = {{.status = 401, .body = "no"}, {.body = VECTOR}}, always[] = {{.status = 401, .body = "no"}};
    for (size_t i = 0; i < 2; i++) {
        struct scene s;
        scene_other(&s, tokens, 2);
        scene_server(&s, i == 0 ? once : always, i == 0 ? 2 : 1);
        scene_source(&s,
                     (struct source_settings){.oauth2 = {.token_url = s.other_url, .client_id = "serin", .client_secret_file = s.secret}});
        struct outcome outcome = ask(&s, 1, NULL);
        assert_int_equal(outcome.ok, i == 0);
        if (i == 1) has(outcome.last.text, "HTTP status 401");
        assert_int_equal(fake_server_requests(s.server), 2);
        assert_int_equal(fake_server_requests(s.other), 2);
        has(fake_server_request(s.server, 1).head, "Authorization: Bearer second\r\n");
        scene_finish(&s);
    }
}

static void test_credentials__without_a_token_nothing_is_asked(void **state) {
    (void)state;
    static const struct fake_answer refuses[] = {{.status = 401, .body = "{\"error\":\"invalid_client\"}"}},
                                    flaky[] = {{.status = 503}, {.close_at_once = true}, {.body = TOKEN("late")}};
    struct scene s;
    scene_other(&s, refuses, 1);
    scene_server(&s, good, 1);
    scene_source(&s, (struct source_settings){.oauth2 = {.token_url = s.other_url, .client_id = "serin", .client_secret_file = s.secret}});
    struct outcome outcome = ask(&s, 5, NULL);
    assert_int_equal(outcome.ok, 0);
    assert_string_equal(outcome.last.text, "source prod: OAuth2 token: HTTP status 401, invalid_client");
    assert_int_equal(fake_server_requests(s.server), 0);
    assert_int_equal(fake_server_requests(s.other), 2); // the secret in the header, then in the form
    scene_finish(&s);
    scene_other(&s, flaky, 3);
    scene_server(&s, good, 1);
    scene_source(&s, (struct source_settings){.oauth2 = {.token_url = s.other_url, .client_id = "serin", .client_secret_file = s.secret}});
    assert_int_equal(ask(&s, 5, NULL).ok, 5);
    assert_int_equal(fake_server_requests(s.other), 3);
    scene_finish(&s);
}

static void test_credentials__proxies_are_used_as_configured(void **state) {
    (void)state;
    struct scene s;
    scene_other(&s, good, 1);
    scene_server(&s, good, 1);
    char proxy[64];
    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", fake_server_port(s.other));
    scene_source(&s, (struct source_settings){.url = "http://prometheus.example:9090", .proxy = proxy});
    assert_int_equal(ask(&s, 1, NULL).ok, 1);
    assert_string_equal(fake_server_request(s.other, 0).path, "http://prometheus.example:9090/api/v1/query");
    source_destroy(s.source);
    static const char *const none[] = {"localhost,127.0.0.1", "*"};
    for (size_t i = 0; i < 2; i++) {
        scene_source(&s, (struct source_settings){.proxy = proxy, .no_proxy = none[i]});
        assert_int_equal(ask(&s, 1, NULL).ok, 1);
        assert_int_equal(fake_server_requests(s.server), i + 1);
        source_destroy(s.source);
    }
    assert_int_equal(fake_server_requests(s.other), 1);
    assert_int_equal(setenv("http_proxy", proxy, 1), 0);
    scene_source(&s, (struct source_settings){.url = "http://prometheus.example"});
    assert_int_equal(ask(&s, 1, NULL).ok, 1);
    assert_int_equal(fake_server_requests(s.other), 2);
    source_destroy(s.source);
    scene_source(&s, (struct source_settings){0}); // what runs on this machine needs no proxy
    assert_int_equal(ask(&s, 1, NULL).ok, 1);
    assert_int_equal(fake_server_requests(s.other), 2);
    unsetenv("http_proxy");
    scene_finish(&s);
}

static void test_credentials__proxies_that_fail_are_told_of(void **state) {
    (void)state;
    static const struct fake_answer refuses[] = {{.status = 403, .body = "no"}};
    struct scene s;
    char proxy[64];
    scene_other(&s, refuses, 1);
    scene_server(&s, good, 1);
    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", fake_server_port(s.other));
    scene_source(&s, (struct source_settings){.url = "https://prometheus.example", .proxy = proxy, .tries = 1});
    has(ask(&s, 1, NULL).last.text, "source prod: the proxy gave no way to https://prometheus.example: ");
    assert_string_equal(fake_server_request(s.other, 0).method, "CONNECT");
    source_destroy(s.source);
    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", fake_free_port());
    scene_source(&s, (struct source_settings){.url = "http://prometheus.example", .proxy = proxy, .tries = 1});
    has(ask(&s, 1, NULL).last.text, "source prod: cannot connect to http://prometheus.example through the proxy: ");
    scene_finish(&s);
}

static void test_credentials__settings_that_cannot_go_together(void **state) {
    (void)state;
    static const struct source_header key[] = {{"authorization", "/x"}}, tenant[] = {{"X-Scope-OrgID", "b"}}, scope[] = {{"scope", "b"}};
    static const struct {
        struct source_settings settings;
        const char *text;
    } cases[] = {
        {{.username = "a", .oauth2 = {.token_url = "http://t"}}, "only one can be used"},
        {{.oauth2 = {.token_url = "http://t", .client_id = "i"}}, "oauth2 needs client_id and client_secret_file"},
        {{.oauth2 = {.token_url = "ldap://t", .client_id = "i", .client_secret_file = "/x"}},
         "oauth2.token_url: url: must begin with http"},
        {{.oauth2 = {"http://t", "i", "/x", NULL, scope, 1}}, "oauth2.params: scope"},
        {{.sigv4 = {.region = "eu-central-1"}}, "sigv4 needs access_key"},
        {{.sigv4 = {.region = "eu:central", .access_key = "a", .secret_key_file = "/x"}}, "region must be of small letters"},
        {{.header_files = key, .header_file_count = 1, .bearer_token_file = "/x"}, "header_files: authorization"},
        {{.headers = tenant, .header_count = 1, .tenant = "a"}, "headers: X-Scope-OrgID"},
        {{.proxy = "socks5://p:1"}, "proxy: url: must begin with http"},
        {{.proxy = "http://u:s3cret@p:1"}, "proxy: url: holds a user or a password"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct source_settings settings = cases[i].settings;
        struct error err = {0};
        settings.url = "http://h";
        assert_null(source_create_prometheus("prod", &settings, &err));
        has(err.text, cases[i].text);
        assert_null(strstr(err.text, "s3cret"));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_credentials__nothing_reaches_another_server),
        cmocka_unit_test(test_credentials__same_server_keeps_everything),
        cmocka_unit_test(test_credentials__files_are_read_again_when_they_changed),
        cmocka_unit_test(test_credentials__one_token_serves_all),
        cmocka_unit_test(test_credentials__refused_token_is_renewed_once),
        cmocka_unit_test(test_credentials__without_a_token_nothing_is_asked),
        cmocka_unit_test(test_credentials__proxies_are_used_as_configured),
        cmocka_unit_test(test_credentials__proxies_that_fail_are_told_of),
        cmocka_unit_test(test_credentials__settings_that_cannot_go_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
