// SPDX-License-Identifier: GPL-3.0-or-later
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
#include "token.h"

static const struct source_oauth2 settings = {.token_url = "http://h/token", .client_id = "id", .client_secret_file = "/nowhere"};

static struct token answered(const char *body, int64_t now, bool *ret_ok, struct error *err) {
    struct token t;
    bool again;
    token_init(&t, &settings);
    *ret_ok = token_answer(&t, 200, view_of(body), now, &again, err);
    return t;
}

static void test_token__is_replaced_before_its_end(void **state) {
    (void)state;
    static const struct {
        const char *body;
        int64_t refresh_ms; // after it came
    } cases[] = {
        {"{\"access_token\":\"a.b-c\",\"token_type\":\"bearer\",\"expires_in\":3600}", 3540000},
        {"{\"access_token\":\"x\",\"expires_in\":\"300\"}", 270000},
        {"{\"access_token\":\"x\",\"expires_in\":10.5}", 9000},
        {"{\"access_token\":\"x\",\"expires_in\":1e300}", INT64_C(31536000000) - 60000},
        {"{\"access_token\":\"x\",\"expires_in\":-5}", INT64_MAX - 1000},
        {"{\"access_token\":\"x\"}", INT64_MAX - 1000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error err = {0};
        bool ok;
        struct token t = answered(cases[i].body, 1000, &ok, &err);
        if (!ok) fail_msg("%s: %s", cases[i].body, err.text);
        assert_false(token_wanted(&t, 1000 + cases[i].refresh_ms - 1));
        if (cases[i].refresh_ms < INT64_MAX - 1000) assert_true(token_wanted(&t, 1000 + cases[i].refresh_ms));
        token_drop(&t);
        assert_true(token_wanted(&t, 0));
        token_finish(&t);
    }
}

static void test_token__bad_answers_give_none(void **state) {
    (void)state;
    static const struct {
        const char *body, *text;
    } cases[] = {
        {"", "not a JSON object"},
        {"[]", "not a JSON object"},
        {"{\"access_token\":\"x\"", "not a JSON object"},
        {"{\"access_token\":\"x\",\"access_token\":\"y\"}", "not a JSON object"},
        {"{\"access_token\":7}", "no access_token"},
        {"{\"access_token\":\"\"}", "cannot be sent"},
        {"{\"access_token\":\"s3cret\\r\\nX: y\"}", "cannot be sent"},
        {"{\"access_token\":\"s3cret\",\"token_type\":\"mac\"}", "of type mac"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error err = {0};
        bool ok;
        struct token t = answered(cases[i].body, 0, &ok, &err);
        assert_false(ok);
        if (strstr(err.text, cases[i].text) == NULL) fail_msg("%s: %s", cases[i].body, err.text);
        assert_null(strstr(err.text, "s3cret"));
        assert_true(token_wanted(&t, 0));
        token_finish(&t);
    }
}

static void test_token__both_places_for_the_secret_are_tried_once(void **state) {
    (void)state;
    char path[] = "/tmp/serin-token-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    assert_true(file_write(path, view_of("p:w/+\n"), NULL));
    const struct source_header params[] = {{"audience", "a b"}};
    const struct source_oauth2 own = {"http://h/token", "i:d", path, "read all", params, 1};
    struct token t;
    struct buf body;
    struct error err = {0};
    bool again;
    struct http_request header = {0}, form = {0};
    token_init(&t, &own);
    buf_init(&body, 4096);
    assert_true(token_request(&t, &body, &header, &err));
    assert_string_equal(buf_text(&body), "grant_type=client_credentials&scope=read%20all&audience=a%20b");
    assert_string_equal(header.username, "i%3Ad");
    assert_string_equal(header.password, "p%3Aw%2F%2B");
    assert_false(token_answer(&t, 401, view_of("{\"error\":\"invalid_client\",\"error_description\":\"p:w/+\"}"), 0, &again, &err));
    assert_true(again);
    buf_clear(&body);
    assert_true(token_request(&t, &body, &form, &err));
    assert_null(form.username);
    assert_non_null(strstr(buf_text(&body), "&client_id=i%3Ad&client_secret=p%3Aw%2F%2B"));
    assert_false(token_answer(&t, 400, view_of("{\"error\":\"invalid_client\",\"error_description\":\"p:w/+\"}"), 0, &again, &err));
    assert_false(again);
    assert_string_equal(err.text, "OAuth2 token: HTTP status 400, invalid_client");
    assert_false(token_answer(&t, 500, view_of("<html>"), 0, &again, &err));
    assert_false(again);
    buf_finish(&body);
    token_finish(&t);
    unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_token__is_replaced_before_its_end),
        cmocka_unit_test(test_token__bad_answers_give_none),
        cmocka_unit_test(test_token__both_places_for_the_secret_are_tried_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
