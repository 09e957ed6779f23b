// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "analyzer/analysis_request.h"

static bool read_text(const char *text, struct arena *arena, struct analysis_request *ret, struct error *err) {
    json_t *json = json_loads(text, 0, NULL);
    assert_non_null(json);
    bool ok = analysis_request_read(json, arena, ret, err);
    json_decref(json);
    return ok;
}

static void test_analysis_request__is_the_same_after_a_round_trip(void **state) {
    (void)state;
    static const char *const texts[] = {
        "{\"canary\":\"shop\",\"looks\":\"interval\"}",
        "{\"canary\":\"shop\",\"vars\":{\"a\":\"1\",\"b\":\"x "
        "y\"},\"start\":\"2025-01-01T00:00:00Z\",\"length\":\"30m\",\"step\":\"15s\",\"looks\":"
        "\"once\",\"pass\":85.5,\"marginal\":70,\"url\":\"http://"
        "127.0.0.1:1\",\"sides\":{\"baseline\":\"scope=a\",\"canary\":\"scope=b\"},"
        "\"version\":\"v\\\"1\",\"artefact\":\"sha256:ab\",\"correlation_id\":\"c\"}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct arena arena = {0};
        struct analysis_request request;
        struct error err = {0};
        if (!read_text(texts[i], &arena, &request, &err)) fail_msg("%s", err.text);
        struct buf out;
        buf_init(&out, 4096);
        analysis_request_print(&out, &request);
        assert_string_equal(buf_text(&out), texts[i]);
        buf_finish(&out);
        arena_finish(&arena);
    }
}

static void test_analysis_request__an_end_asks_for_one_look(void **state) {
    (void)state;
    struct arena arena = {0};
    struct analysis_request request;
    struct error err;
    assert_true(read_text("{\"canary\":\"shop\",\"end\":1735689600}", &arena, &request, &err));
    assert_true(request.once);
    assert_true(request.end_ms == INT64_C(1735689600000) && request.start_ms == INT64_MIN);
    assert_true(read_text("{\"end\":1735689600,\"looks\":\"interval\",\"idempotency_key\":\"k\"}", &arena, &request, &err));
    assert_false(request.once);
    assert_string_equal(request.key, "k");
    arena_finish(&arena);
}

static void test_analysis_request__says_which_member_is_wrong(void **state) {
    (void)state;
    static const struct {
        const char *text, *said;
    } cases[] = {
        {"[]", "object"},
        {"{\"canari\":\"a\"}", "did you mean canary"},
        {"{\"canary\":5}", "canary: expected a text"},
        {"{\"canary\":\"\"}", "canary: expected a text"},
        {"{\"canary\":\"a\\u0001b\"}", "canary: expected a text"},
        {"{\"vars\":[]}", "vars: expected an object"},
        {"{\"vars\":{\"a\":5}}", "vars: expected texts"},
        {"{\"start\":\"soon\"}", "start: expected a time"},
        {"{\"start\":-5}", "start: expected a time"},
        {"{\"length\":\"0m\"}", "length: expected a duration"},
        {"{\"looks\":\"twice\"}", "looks: expected"},
        {"{\"pass\":101}", "pass: expected a score"},
        {"{\"sides\":{\"left\":\"a\"}}", "sides: expected an object with baseline and canary"},
        {"{\"start\":1735689600,\"end\":1735689600}", "end: must be after start"},
        {"{\"start\":1735689600,\"end\":1735689700,\"length\":\"1m\"}", "length: follows"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena arena = {0};
        struct analysis_request request;
        struct error err = {0};
        assert_false(read_text(cases[i].text, &arena, &request, &err));
        if (strstr(err.text, cases[i].said) == NULL) fail_msg("%s: %s", cases[i].text, err.text);
        assert_int_equal(err.code, ERROR_USAGE);
        arena_finish(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_analysis_request__is_the_same_after_a_round_trip),
        cmocka_unit_test(test_analysis_request__an_end_asks_for_one_look),
        cmocka_unit_test(test_analysis_request__says_which_member_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
