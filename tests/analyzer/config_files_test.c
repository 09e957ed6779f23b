// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyzer/config_files.h"
#include "base/buf.h"
#include "good_config.h"

static size_t errors_of(const char *text) {
    struct arena arena = {0};
    struct findings findings;
    findings_init(&findings, &arena);
    bool none = config_names_no_files(view_of(text), "inline", &arena, &findings);
    size_t errors = findings.errors;
    assert_int_equal(none, errors == 0);
    if (errors > 0) assert_true(findings.items[0].line > 0);
    findings_finish(&findings);
    arena_finish(&arena);
    return errors;
}

static void test_config_files__sees_every_key_that_names_a_file(void **state) {
    static const struct {
        const char *text;
        size_t errors;
    } cases[] = {
        {good_config, 0},
        {"sources: {a: {url: 'http://a', bearer_token_file: /etc/shadow}}", 1},
        {"sources: {a: {oauth2: {client_secret_file: x}, ca_file: y, cert_file: z, key_file: k}}", 4},
        {"sources: {a: {sigv4: {secret_key_file: x, session_token_file: y}, header_files: {X-Key: z}}}", 3},
        {"publish: {webhooks: [{url_file: a, secret_file: b}, {secret_files: [c]}], alertmanagers: [{password_file: d}]}", 4},
        {"judge: {name: serin, priors: /etc/passwd}", 1},
        {"{\"judge\": {\"priors\": \"/etc/passwd\"}}", 1},
        {"\"judge\": {\"pri\\x6frs\": a}", 1}, // an escape is the same key
        {"canary: [", 0},                      // for config_read() to tell
        {"file: a\nprofile: b\n", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (errors_of(cases[i].text) != cases[i].errors) fail_msg("%s: %zu errors", cases[i].text, errors_of(cases[i].text));
    }
}

static void test_config_files__finds_the_variables_that_choose_a_server(void **state) {
    static const struct {
        const char *text;
        const char *any, *secret; // names, joined
    } cases[] = {
        {"sources: {a: {url: '${p}', bearer_token_file: x}}", "p ", "p "},
        {"sources: {a: {url: '${p}'}, b: {url: 'https://${q}', oauth2: {client_secret_file: x}}}", "p q ", "q "},
        {"sources: {a: {url: 'http://h:9090/${p}', password_file: x}}", "", ""}, // a path does not move it
        {"sources: {a: {url: 'http://h:9090${p}/${q}', password_file: x}}", "p ", "p "},
        {"sources: {a: {url: 'http://${a}.${b}/${c}?${d}', headers: {X-Key: y}}}", "a b ", "a b "},
        {"sources: {a: {url: '${s}://h/${p}', cert_file: x}}", "s ", "s "},
        {"publish: {webhooks: [{url: 'https://${h}', secret_files: [x]}, {url: 'https://${i}'}]}", "h i ", "h "},
        {"vars: {p: x}\nsources: {a: {url: 'http://h', bearer_token_file: x}}", "", ""},
        {"canary: [", "", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int secret = 0; secret < 2; secret++) {
            struct arena arena = {0};
            struct buf names;
            struct texts found = config_server_vars(view_of(cases[i].text), "inline", secret, &arena);
            buf_init(&names, 1000);
            for (size_t k = 0; k < found.count; k++) buf_printf(&names, "%s ", found.items[k]);
            assert_string_equal(buf_text(&names), secret ? cases[i].secret : cases[i].any);
            buf_finish(&names);
            arena_finish(&arena);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_config_files__sees_every_key_that_names_a_file),
                                       cmocka_unit_test(test_config_files__finds_the_variables_that_choose_a_server)};
    return cmocka_run_group_tests_name("config_files", tests, NULL, NULL);
}
