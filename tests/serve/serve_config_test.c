// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "serve/serve_config.h"

static const char whole[] =
    "listen: '[::]:9000'\n"
    "open_to_world: true\n"
    "tls: {cert: c.pem, key: k.pem}\n"
    "client_ca: ca.pem\n"
    "tokens: tokens\n"
    "store: /var/lib/serin/serin.db\n"
    "config_dir: /etc/serin/canaries\n"
    "public_url: https://serin.example:8443/base/\n"
    "workers: 3\n"
    "settle: 15s\n"
    "log: {format: json, level: warn}\n"
    "limits: {body: 2000, connections: 100, connections_per_address: 10, rate: none, burst: 3, failed_sign_ins: 4,\n"
    "  request: 5s, idle: 1m, open_analyses: 50}\n"
    "retention: {age: 30d, count: 20, audit: forever, evidence: 4096}\n"
    "schedules:\n"
    "  - {canary: checkout, every: 1h, vars: {cluster: eu}}\n"
    "  - {canary: kayenta, every: 1d, sides: {baseline: 'scope=a', canary: 'scope=b'}}\n";

static void test_serve_config__reads_every_key(void **state) {
    struct arena arena = {0};
    struct findings findings;
    struct serve_config c = serve_config_default();
    (void)state;
    findings_init(&findings, &arena);
    assert_true(serve_config_read(view_of(whole), "serve.yaml", &arena, &findings, &c));
    assert_string_equal(c.address, "[::]");
    assert_int_equal(c.port, 9000);
    assert_true(c.open_to_world);
    assert_string_equal(c.cert_file, "c.pem");
    assert_string_equal(c.key_file, "k.pem");
    assert_string_equal(c.client_ca_file, "ca.pem");
    assert_string_equal(c.token_file, "tokens");
    assert_string_equal(c.store, "/var/lib/serin/serin.db");
    assert_string_equal(c.config_dir, "/etc/serin/canaries");
    assert_string_equal(c.public_url, "https://serin.example:8443/base");
    assert_int_equal(c.workers, 3);
    assert_int_equal(c.settle_ms, 15000);
    assert_int_equal(c.log_format, LOG_FORMAT_JSON);
    assert_int_equal(c.log_level, LOG_LEVEL_WARN);
    assert_int_equal(c.limits.body, 2000);
    assert_int_equal(c.limits.connections, 100);
    assert_int_equal(c.limits.connections_per_address, 10);
    assert_true(c.limits.rate < 0);
    assert_float_equal(c.limits.burst, 3, 0);
    assert_float_equal(c.limits.failed_sign_ins, 4, 0);
    assert_int_equal(c.limits.request_ms, 5000);
    assert_int_equal(c.limits.idle_ms, 60000);
    assert_int_equal(c.open_analyses, 50);
    assert_int_equal(c.retention.age_ms, INT64_C(2592000000));
    assert_int_equal(c.retention.count, 20);
    assert_int_equal(c.retention.audit_ms, 0);
    assert_int_equal(c.retention.evidence_bytes, 4096);
    assert_int_equal(c.schedule_count, 2);
    assert_string_equal(c.schedules[0].overrides.vars.items[0].value, "eu");
    assert_int_equal(c.schedules[1].every_ms, 86400000);
    assert_string_equal(c.schedules[1].overrides.sides[SIDE_CANARY], "scope=b");
    assert_int_equal(c.schedules[1].place.line, 17);
    struct listener_options options = serve_config_listener(&c, &arena);
    assert_int_equal(options.host_count, 1);
    assert_string_equal(options.hosts[0], "serin.example");
    findings_finish(&findings);
    arena_finish(&arena);
}

static void test_serve_config__tells_what_is_wrong(void **state) {
    static const struct {
        const char *text, *finding;
    } cases[] = {
        {"listne: 1", "serve.yaml:1:1: error: listne: unknown key; did you mean listen?"},
        {"listen: 1.2.3.4:http", "expected ADDRESS:PORT"},
        {"listen: 127.0.0.1:70000", "expected ADDRESS:PORT"},
        {"listen: '127.0.0.1:'", "expected ADDRESS:PORT"},
        {"\ntls: {cert: a}", "serve.yaml:2:6: error: tls: the key key is missing"},
        {"public_url: example.com", "public_url: "},
        {"log: {level: loud}", "log.level: loud is not a value of this key; known here: debug"},
        {"limits: {body: 0}", "limits.body: must be 1 to"},
        {"limits: {rate: 0}", "limits.rate: must be over 0"},
        {"limits: {body: many}", "limits.body: expected a whole number"},
        {"retention: {age: never}", "retention.age: expected a duration"},
        {"schedules: {canary: a}", "schedules: expected a list"},
        {"schedules: [{canary: a}]", "schedules[0]: the key every is missing"},
        {"schedules: [{canary: a, every: 1s}]", "every must be at least 1m"},
        {"workers: 2000", "at most 1024"},
        {"- a", "expected a map"},
        {"a: [", "serve.yaml:"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena arena = {0};
        struct findings findings;
        struct serve_config c = serve_config_default();
        struct buf text;
        findings_init(&findings, &arena);
        buf_init(&text, 10000);
        assert_false(serve_config_read(view_of(cases[i].text), "serve.yaml", &arena, &findings, &c));
        findings_print(&findings, &text);
        if (strstr(buf_text(&text), cases[i].finding) == NULL) fail_msg("%s:\n%s", cases[i].text, buf_text(&text));
        buf_finish(&text);
        findings_finish(&findings);
        arena_finish(&arena);
    }
}

static void test_serve_config_listen__takes_addresses_and_ports(void **state) {
    static const struct {
        const char *text, *address;
        int port;
    } cases[] = {
        {"127.0.0.1:80", "127.0.0.1", 80},          {":0", "127.0.0.1", 0},
        {"0.0.0.0", "0.0.0.0", SERVE_DEFAULT_PORT}, {"[::1]:443", "[::1]", 443},
        {"[::]", "[::]", SERVE_DEFAULT_PORT},       {"::1", "::1", SERVE_DEFAULT_PORT},
    };
    struct arena arena = {0};
    struct error err;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct serve_config c = serve_config_default();
        assert_true(serve_config_listen(cases[i].text, &arena, &c, &err));
        assert_string_equal(c.address, cases[i].address);
        assert_int_equal(c.port, cases[i].port);
    }
    arena_finish(&arena);
}

static void test_serve_config__puts_the_environment_before_the_file(void **state) {
    struct serve_config c = serve_config_default();
    (void)state;
    unsetenv("SERIN_STORE");
    setenv("SERIN_TOKENS", "", 1);
    c.token_file = "of the file";
    serve_config_environment(&c);
    assert_string_equal(c.token_file, "of the file");
    assert_string_equal(c.store, "serin.db");
    setenv("SERIN_STORE", "/a", 1);
    setenv("SERIN_TOKENS", "/b", 1);
    serve_config_environment(&c);
    assert_string_equal(c.token_file, "/b");
    assert_string_equal(c.store, "/a");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_serve_config__reads_every_key),
        cmocka_unit_test(test_serve_config__tells_what_is_wrong),
        cmocka_unit_test(test_serve_config_listen__takes_addresses_and_ports),
        cmocka_unit_test(test_serve_config__puts_the_environment_before_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
