// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "api/flagger_hook.h"
#include "api/flagger_run.h"

static bool read_hook(const char *text, struct arena *arena, struct flagger_hook *ret, struct error *err) {
    json_t *json = json_loads(text, 0, NULL);
    bool ok = flagger_hook_read(json, FLAGGER_ROLLOUT, arena, ret, err);
    json_decref(json);
    return ok;
}

static void test_flagger_hook__reads_what_flagger_sends(void **state) {
    struct arena arena = {0};
    struct flagger_hook hook;
    struct error err = {0};
    (void)state;
    assert_true(read_hook("{\"name\":\"checkout\",\"namespace\":\"shop\",\"phase\":\"Progressing\",\"checksum\":\"6c9fb8d7c5\"}", &arena,
                          &hook, &err));
    assert_string_equal(hook.object, "shop/checkout");
    assert_string_equal(hook.config, "checkout");
    assert_int_equal(hook.length_ms, 0);
    assert_true(read_hook(
        "{\"name\":\"checkout\",\"namespace\":\"shop\",\"phase\":\"Progressing\",\"checksum\":\"\",\"metadata\":{\"team\":\"pay\","
        "\"serin.config\":\"golden\",\"serin.window\":\"10m\",\"serin.var.zone\":\"eu\",\"serin.token\":\"t\"}}",
        &arena, &hook, &err));
    assert_string_equal(hook.config, "golden");
    assert_int_equal(hook.length_ms, 600000);
    assert_int_equal(hook.vars.count, 1);
    assert_string_equal(hook.vars.items[0].name, "zone");
    assert_string_equal(hook.vars.items[0].value, "eu");
    assert_string_equal(hook.token, "t");
    arena_finish(&arena);
}

static void test_flagger_hook__tells_what_is_wrong(void **state) {
#define BODY(metadata) "{\"name\":\"a\",\"namespace\":\"b\",\"phase\":\"c\",\"checksum\":\"d\",\"metadata\":" metadata "}"
    static const char *const cases[][2] = {
        {"[]", "an object"},
        {"{\"namespace\":\"b\",\"phase\":\"c\",\"checksum\":\"d\"}", "name:"},
        {"{\"name\":\"\",\"namespace\":\"b\",\"phase\":\"c\",\"checksum\":\"d\"}", "name:"},
        {"{\"name\":7,\"namespace\":\"b\",\"phase\":\"c\",\"checksum\":\"d\"}", "name:"},
        {"{\"name\":\"a\\nb\",\"namespace\":\"b\",\"phase\":\"c\",\"checksum\":\"d\"}", "name:"},
        {"{\"name\":\"a\",\"namespace\":\"b\",\"phase\":\"c\",\"checksum\":\"0123456789012345678901234567890123456789\"}", "checksum:"},
        {BODY("[]"), "metadata"},
        {BODY("{\"serin.windoww\":\"1m\"}"), "serin.windoww"},
        {BODY("{\"serin.window\":\"soon\"}"), "duration"},
        {BODY("{\"serin.window\":60}"), "serin.window"},
        {BODY("{\"serin.var.\":\"x\"}"), "serin.var."},
        {BODY("{\"serin.config\":\"\"}"), "serin.config"},
    };
#undef BODY
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena arena = {0};
        struct flagger_hook hook;
        struct error err = {0};
        if (read_hook(cases[i][0], &arena, &hook, &err)) fail_msg("taken: %s", cases[i][0]);
        if (strstr(err.text, cases[i][1]) == NULL) fail_msg("%s: %s", cases[i][0], err.text);
        arena_finish(&arena);
    }
}

// pass, fail, undecided, error
static void test_flagger_hook__answers_only_what_is_known_by_200(void **state) {
    static const struct {
        const char *kind;
        int statuses[4];
    } cases[] = {
        {"rollout", {200, 409, 409, 409}},
        {"confirm-traffic-increase", {200, 403, 403, 403}},
        {"confirm-promotion", {200, 403, 403, 403}},
        {"rollback", {403, 200, 403, 403}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum flagger_kind kind;
        assert_true(flagger_kind_parse(cases[i].kind, &kind));
        for (int verdict = 0; verdict < 4; verdict++) {
            int status = flagger_status(kind, (enum flagger_verdict)verdict);
            if (status != cases[i].statuses[verdict]) fail_msg("%s: %d: %d", cases[i].kind, verdict, status);
        }
    }
    enum flagger_kind kind;
    assert_false(flagger_kind_parse("Rollout", &kind));
}

static void test_flagger_hook__takes_only_finished_analyses_for_decided(void **state) {
    static const struct {
        enum store_state state;
        const char *verdict;
        enum flagger_verdict expected;
    } cases[] = {
        {STORE_OPEN, NULL, FLAGGER_UNDECIDED}, {STORE_CANCELLED, NULL, FLAGGER_UNDECIDED},  {STORE_DONE, "pass", FLAGGER_PASS},
        {STORE_DONE, "fail", FLAGGER_FAIL},    {STORE_DONE, "marginal", FLAGGER_UNDECIDED}, {STORE_DONE, "inconclusive", FLAGGER_UNDECIDED},
        {STORE_DONE, "error", FLAGGER_ERROR},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct store_analysis row = {.state = cases[i].state, .verdict = cases[i].verdict};
        assert_int_equal(flagger_verdict_of(&row), cases[i].expected);
    }
}

static void test_flagger_run__ends_as_rollouts_do(void **state) {
    struct flagger_run run = flagger_run_new("a/b:c", "1", 1000000);
    int64_t quarter = INT64_C(15) * 60000;
    (void)state;
    assert_true(flagger_run_is_current(&run, "1", false, 1000000 + 10 * quarter)); // an open analysis goes on however long
    assert_true(flagger_run_is_current(&run, "1", true, 1000000 + quarter - 1));
    assert_false(flagger_run_is_current(&run, "1", true, 1000000 + quarter));
    assert_false(flagger_run_is_current(&run, "2", false, 1000000));
    run.over = true;
    assert_false(flagger_run_is_current(&run, "1", false, 1000000));
    assert_false(flagger_run_is_current(&(struct flagger_run){.key = "a/b:c"}, "1", false, 1000000));
    assert_true(flagger_phase_has_ended("Succeeded") && flagger_phase_has_ended("Failed") && !flagger_phase_has_ended("Progressing"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flagger_hook__reads_what_flagger_sends),
        cmocka_unit_test(test_flagger_hook__tells_what_is_wrong),
        cmocka_unit_test(test_flagger_hook__answers_only_what_is_known_by_200),
        cmocka_unit_test(test_flagger_hook__takes_only_finished_analyses_for_decided),
        cmocka_unit_test(test_flagger_run__ends_as_rollouts_do),
    };
    return cmocka_run_group_tests_name("flagger_hook", tests, NULL, NULL);
}
