// SPDX-License-Identifier: GPL-3.0-or-later
// Whose state it is, and what becomes of one that is damaged or over.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "watch_world.h"

static json_t *watch(struct world *world, const char *config) {
    struct error err;
    json_t *result = world_watch(world, config, &err);
    if (result == NULL) fail_msg("%s", err.text);
    return result;
}

static void check_refusal(struct world *world, const char *config, enum error_code code, const char *words) {
    struct error err;
    json_t *result = world_watch(world, config, &err);
    assert_null(result);
    if (err.code != code || strstr(err.text, words) == NULL) fail_msg("wanted \"%s\", got %d: %s", words, (int)err.code, err.text);
    assert_non_null(strstr(err.text, world->state));
}

static const char *edited(struct arena *arena, const char *text, const char *old, const char *new) {
    const char *at = strstr(text, old);
    if (at == NULL) fail_msg("no \"%s\" in: %s", old, text);
    return arena_printf(arena, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
}

static void test_look_state__is_refused_when_another_watch_wrote_it(void **state) {
    (void)state;
    struct world world;
    struct arena arena = {0};
    world_begin(&world, 1, 0);
    world_record_all(&world);
    json_decref(watch(&world, NULL));
    check_refusal(&world, edited(&arena, world_config, "10%", "11%"), ERROR_CONFIG, "another config");
    struct name_value version = {"version", "7", {0, 0}};
    struct config_overrides *overrides = &world.options.analysis.overrides;
    overrides->vars = (struct name_values){&version, 1};
    check_refusal(&world, NULL, ERROR_CONFIG, "version is not set there and 7 here");
    overrides->vars.count = 0;
    overrides->step_ms = 30000;
    check_refusal(&world, NULL, ERROR_CONFIG, "step_ms");
    overrides->step_ms = 0;
    world.options.start_ms = WORLD_START_MS + 1000;
    check_refusal(&world, NULL, ERROR_CONFIG, "began at 2025-01-01T00:00:00Z");
    arena_finish(&arena);
    world_end(&world);
}

static void test_look_state__is_refused_when_the_priors_have_changed(void **state) {
    (void)state;
    struct world world;
    struct arena arena = {0};
    struct error err;
    world_begin(&world, 1, 0);
    world_record_all(&world);
    const char *priors = arena_printf(&arena, "%s/priors.yaml", world.dir),
               *text = "canary: shop\nstep: 1m\nwindows: 200\nmetrics:\n  latency: %s\n";
    const char *config = edited(&arena, world_config, "metrics:", arena_printf(&arena, "judge: {priors: %s}\nmetrics:", priors));
    const char *first = edited(&arena, text, "%s", "{rho: 0.2, weight: 24, phi: 1, sd: 0.7}");
    const char *second = edited(&arena, text, "%s", "{rho: 0.3, weight: 24, phi: 1, sd: 0.7}");
    assert_true(file_write(priors, view_of(first), &err));
    json_decref(watch(&world, config));
    json_decref(watch(&world, config));
    assert_true(file_write(priors, view_of(second), &err));
    check_refusal(&world, config, ERROR_CONFIG, "priors_sha256");
    arena_finish(&arena);
    world_end(&world);
}

static void test_look_state__is_refused_when_damaged(void **state) {
    (void)state;
    static const struct {
        const char *old, *new, *words;
    } cases[] = {
        {"serin.watch/1", "serin.watch/9", "not the state of a watch"},
        {"\"schema\"", "schema", "state.json:"},
        {"\"looks\": [", "\"looks\": [7, ", "looks[0]"},
        {"\"look\": 2,", "\"look\": 1,", "looks[1]"},
        {"\"look\": 2,", "\"look\": 0,", "looks[1]"},
        {"\"look\": 5,", "\"look\": 6,", "look 6 of 5"},
        {"\"attempt\": 1,", "\"attempt\": 2,", "looks[0]"},
        {"\"outcome\": \"judged\"", "\"outcome\": \"guessed\"", "looks[0]"},
        {"\"verdict\": \"inconclusive\"", "\"verdict\": \"fine\"", "looks[0]"},
        {"\"verdict\": \"pass\",\n    \"exit_code\": 0", "\"verdict\": \"fail\",\n    \"exit_code\": 0", "result"},
        {"\"exit_code\": 0", "\"exit_code\": \"0\"", "result"},
        {"\"classes\": \"p\"", "\"classes\": \"x\"", "looks[0]"},
        {"\"classes\": \"p\"", "\"classes\": \"pp\"", "looks[0]"},
        {"\"metrics\": [", "\"metrics\": [7, ", "metrics"},
        {"\"start_ms\": 1", "\"start_ms\": -1", "start_ms"},
        {"\"settle_ms\": 6", "\"settle_ms\": -6", "settle_ms"},
    };
    struct world world;
    struct arena arena = {0};
    struct view whole;
    struct error err;
    world_begin(&world, 1, 0);
    world_record_all(&world);
    json_decref(watch(&world, NULL));
    assert_true(file_read(world.state, 1 << 20, &arena, &whole, &err));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *text = edited(&arena, whole.ptr, cases[i].old, cases[i].new);
        assert_true(file_write(world.state, view_of(text), &err));
        check_refusal(&world, NULL, ERROR_DATA, cases[i].words);
    }
    arena_finish(&arena);
    world_end(&world);
}

static void test_look_state__gives_a_verdict_again_when_it_is_named(void **state) {
    (void)state;
    struct world world;
    world_begin(&world, 1.5, 0);
    world_record_all(&world);
    json_t *first = watch(&world, NULL);
    int64_t ended_ms = world.now_ms;
    json_t *again = watch(&world, NULL);
    assert_int_equal(world.seen_count, 0);
    assert_int_equal(world.now_ms, ended_ms);
    assert_true(json_equal(first, again));
    json_decref(first);
    json_decref(again);
    world_end(&world);
}

static size_t states_in(const char *path) {
    DIR *list = opendir(path);
    const struct dirent *entry;
    size_t count = 0;
    while (list != NULL && (entry = readdir(list)) != NULL) {
        size_t len = strlen(entry->d_name);
        count += strncmp(entry->d_name, "shop-", 5) == 0 && strcmp(entry->d_name + len - 5, ".json") == 0;
    }
    if (list != NULL) closedir(list);
    return count;
}

static void test_look_state__that_nobody_named_is_for_a_watch_still_running(void **state) {
    (void)state;
    struct world world;
    struct error err;
    world_begin(&world, 1, 0);
    world_record_all(&world);
    world.options.state_file = NULL;
    world.options.state_dir = world.dir;
    world.stop_ms = WORLD_START_MS + 12 * 60000;
    assert_null(world_watch(&world, NULL, &err));
    assert_int_equal(states_in(world.dir), 1);
    world.stop_ms = INT64_MAX;
    world.interrupted = 0;
    json_decref(watch(&world, NULL)); // its first look is kept
    assert_int_equal(world.seen_count, WORLD_LOOKS - 2);
    world.stop_ms = world.now_ms + 5 * 60000;
    assert_null(world_watch(&world, NULL, &err)); // a new one, as that has ended
    assert_int_equal(err.code, ERROR_CANCELLED);
    assert_int_equal(states_in(world.dir), 1);
    world_end(&world);
}

static void test_look_state__that_cannot_be_written_is_told_or_an_error(void **state) {
    (void)state;
    struct world world;
    struct error err;
    world_begin(&world, 1, 0);
    world_record_all(&world);
    world.options.state_file = "/dev/null/state.json";
    assert_null(world_watch(&world, NULL, &err));
    assert_int_equal(err.code, ERROR_IO);
    world.options.state_file = NULL;
    world.options.state_dir = "/dev/null/states";
    json_decref(watch(&world, NULL));
    assert_non_null(strstr(world.warnings, "the state of the watch is not kept"));
    world_end(&world);
}

static void test_look_state__of_the_judge_kayenta_claims_no_alpha(void **state) {
    (void)state;
    static const struct {
        double factor;
        const char *verdict;
        json_int_t look;
    } cases[] = {{1, "pass", 6}, {1.5, "fail", 2}};
    struct arena arena = {0};
    const char *config = edited(&arena, world_config, "tolerance: 10%", "critical: true");
    config = edited(&arena, config, "metrics:", "judge: {name: kayenta}\nmetrics:");
    for (size_t i = 0; i < 2; i++) {
        struct world world;
        world_begin(&world, cases[i].factor, 0);
        world_record_all(&world); // there is no first look's answer: kayenta looks from the first interval on
        world.options.max_failed = 2;
        json_t *result = watch(&world, config);
        assert_string_equal(json_string_value(json_object_get(result, "verdict")), cases[i].verdict);
        assert_int_equal(json_integer_value(world_look(result, "look")), cases[i].look);
        static const char *const claims[] = {"spending", "level", "alpha", "spent"};
        for (size_t k = 0; k < 4; k++) assert_true(json_is_null(world_look(result, claims[k])));
        assert_non_null(strstr(json_string_value(world_look(result, "text")), "of 6; 1 skipped; the last one"));
        json_decref(result);
        world_end(&world);
    }
    arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_look_state__is_refused_when_another_watch_wrote_it),
        cmocka_unit_test(test_look_state__is_refused_when_the_priors_have_changed),
        cmocka_unit_test(test_look_state__is_refused_when_damaged),
        cmocka_unit_test(test_look_state__gives_a_verdict_again_when_it_is_named),
        cmocka_unit_test(test_look_state__that_nobody_named_is_for_a_watch_still_running),
        cmocka_unit_test(test_look_state__that_cannot_be_written_is_told_or_an_error),
        cmocka_unit_test(test_look_state__of_the_judge_kayenta_claims_no_alpha),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
