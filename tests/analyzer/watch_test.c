// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/watch.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/judge_cases.h"
#include "base/buf.h"
#include "base/file.h"
#include "stats/alpha_spending.h"
#include "watch_world.h"

static json_t *watch(struct world *world) {
    struct error err;
    json_t *result = world_watch(world, NULL, &err);
    if (result == NULL) fail_msg("%s", err.text);
    return result;
}

static const char *verdict(const json_t *result) {
    return json_string_value(json_object_get(result, "verdict"));
}

static json_int_t whole(const json_t *result, const char *key) {
    return json_integer_value(world_look(result, key));
}

static void same_document(const json_t *a, const json_t *b) {
    char *first = json_dumps(a, JSON_INDENT(1)), *second = json_dumps(b, JSON_INDENT(1));
    assert_string_equal(first, second);
    free(first);
    free(second);
}

// Nominal alphas of looks at these steps of a window, straight from the method.
static void boundaries(enum spending_type type, const double *steps, size_t count, struct spending_look *ret) {
    const struct spending plan = {type, 0.01, 0};
    double growth = 0.1, *scratch = calloc(alpha_spending_scratch(growth), sizeof *scratch);
    struct alpha_spending state;
    assert_int_equal(alpha_spending_start(&plan, growth, scratch, &state), STATS_OK);
    for (size_t i = 0; i < count; i++) assert_int_equal(alpha_spending_add(&state, steps[i] / WORLD_STEPS, &ret[i]), STATS_OK);
    free(scratch);
}

static void check_level(const json_t *result, const struct spending_look *want) {
    double alpha = json_number_value(world_look(result, "alpha")), spent = json_number_value(world_look(result, "spent"));
    if (fabs(alpha / want->nominal_p - 1) > 1e-9) fail_msg("alpha %.17g, wanted %.17g", alpha, want->nominal_p);
    if (fabs(spent / want->cumulative - 1) > 1e-9) fail_msg("spent %.17g, wanted %.17g", spent, want->cumulative);
}

static void test_watch__lets_a_good_canary_pass_at_the_horizon_only(void **state) {
    (void)state;
    struct world world;
    struct spending_look want[WORLD_LOOKS];
    boundaries(SPENDING_OBRIEN_FLEMING, (const double[]){10, 15, 20, 25, 30}, WORLD_LOOKS, want);
    world_begin(&world, 1, 0);
    world_record_all(&world);
    json_t *result = watch(&world);
    assert_int_equal(world.seen_count, WORLD_LOOKS - 1);
    for (size_t i = 0; i < world.seen_count; i++) {
        assert_string_equal(verdict(world.seen[i]), "inconclusive");
        assert_int_equal(analysis_exit_code(world.seen[i]), EXIT_INCONCLUSIVE);
        assert_int_equal(whole(world.seen[i], "look"), i + 1);
        assert_true(json_is_false(world_look(world.seen[i], "final")));
        check_level(world.seen[i], &want[i]);
    }
    assert_string_equal(verdict(result), "pass");
    assert_int_equal(whole(result, "planned"), WORLD_LOOKS);
    assert_true(json_is_true(world_look(result, "final")));
    assert_int_equal(json_array_size(world_look(result, "skipped")), 0);
    check_level(result, &want[WORLD_LOOKS - 1]);
    assert_int_equal(world.now_ms, WORLD_START_MS + (WORLD_STEPS + 1) * 60000); // the window and a minute for late samples
    json_decref(result);
    world_end(&world);
}

static void test_watch__lets_a_good_canary_pass_early_when_told_to(void **state) {
    (void)state;
    static const char metrics[] = "metrics:";
    struct world world;
    struct arena arena = {0};
    struct error err;
    struct spending_look want[WORLD_LOOKS];
    const struct spending plan = {SPENDING_POCOCK, 0.05, 0};
    double scratch_growth = 0.1, *scratch = calloc(alpha_spending_scratch(scratch_growth), sizeof *scratch);
    struct alpha_spending spent;
    assert_int_equal(alpha_spending_start(&plan, scratch_growth, scratch, &spent), STATS_OK);
    for (size_t i = 0; i < WORLD_LOOKS; i++)
        assert_int_equal(alpha_spending_add(&spent, (10 + 5 * (double)i) / WORLD_STEPS, &want[i]), STATS_OK);
    const char *at = strstr(world_config, metrics);
    const char *config =
        arena_printf(&arena, "%.*sjudge: {spending: pocock, early_pass: true}\n%s", (int)(at - world_config), world_config, at);
    world_begin(&world, 1, 0);
    world_record_all(&world);
    json_t *result = world_watch(&world, config, &err);
    if (result == NULL) fail_msg("%s", err.text);
    assert_string_equal(verdict(result), "pass");
    json_int_t look = whole(result, "look");
    assert_in_range(look, 1, WORLD_LOOKS - 1);
    assert_true(json_is_true(world_look(result, "final")));
    double beta = json_number_value(world_look(result, "beta"));
    if (fabs(beta / want[look - 1].nominal_p - 1) > 1e-9) fail_msg("beta %.17g, wanted %.17g", beta, want[look - 1].nominal_p);
    json_decref(result);
    free(scratch);
    arena_finish(&arena);
    world_end(&world);
}

static void test_watch__spends_as_the_config_says(void **state) {
    (void)state;
    static const char metrics[] = "metrics:";
    struct world world;
    struct arena arena = {0};
    struct error err;
    struct spending_look want[WORLD_LOOKS];
    boundaries(SPENDING_POCOCK, (const double[]){10, 15, 20, 25, 30}, WORLD_LOOKS, want);
    const char *at = strstr(world_config, metrics);
    const char *config = arena_printf(&arena, "%.*sjudge: {spending: pocock}\n%s", (int)(at - world_config), world_config, at);
    world_begin(&world, 1, 0);
    world_record_all(&world);
    json_t *result = world_watch(&world, config, &err);
    if (result == NULL) fail_msg("%s", err.text);
    assert_string_equal(json_string_value(world_look(result, "spending")), "pocock");
    check_level(world.seen[0], &want[0]);
    check_level(result, &want[WORLD_LOOKS - 1]);
    json_decref(result);
    arena_finish(&arena);
    world_end(&world);
}

static void test_watch__says_in_a_line_how_far_it_is(void **state) {
    (void)state;
    struct world world;
    world_begin(&world, 1, 0);
    world_record_all(&world);
    json_t *result = watch(&world);
    assert_string_equal(json_string_value(world_look(world.seen[2], "text")), "look 3 of 5; 0.16 % of 1 % alpha spent; next at 00:26Z");
    assert_string_equal(json_string_value(world_look(result, "text")), "look 5 of 5; 1 % of 1 % alpha spent; the last one");
    json_decref(result);
    world_end(&world);
}

// What `serin judge --looks 5` says of the same values.
static void judge_case(const struct world *world, json_int_t *ret_steps, double *ret_p) {
    struct judge_cases_options options;
    struct error err;
    struct buf line;
    judge_cases_options_default(&options);
    options.look_every = 5;
    buf_init(&line, 1 << 16);
    buf_str(&line, "{\"id\":\"x\",\"type\":\"gauge\",\"direction\":\"increase\",\"tolerance\":0.1");
    for (int side = 0; side < SIDE_COUNT; side++) {
        buf_printf(&line, ",\"%s\":[", side_name((enum side)side));
        for (int i = 0; i < WORLD_STEPS; i++) {
            buf_str(&line, i > 0 ? "," : "");
            buf_double(&line, world->values[side][i]);
        }
        buf_char(&line, ']');
    }
    buf_char(&line, '}');
    struct judge_cases *cases = judge_cases_create(&options, &err);
    json_t *answer = judge_cases_line(cases, (struct view){buf_text(&line), line.len}, &err);
    if (answer == NULL) fail_msg("%s", err.text);
    *ret_steps = json_integer_value(json_object_get(answer, "t"));
    *ret_p = json_number_value(json_object_get(answer, "p"));
    json_decref(answer);
    judge_cases_destroy(cases);
    buf_finish(&line);
}

static void test_watch__fails_where_looks_at_given_data_fail(void **state) {
    (void)state;
    static const struct {
        double factor;
        int since;
    } cases[] = {{1.5, 0}, {1.16, 0}, {1.4, 12}};
    int early = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world world;
        json_int_t steps;
        double p;
        world_begin(&world, cases[i].factor, cases[i].since);
        world_record_all(&world);
        judge_case(&world, &steps, &p);
        json_t *result = watch(&world);
        const json_t *evidence = json_object_get(json_array_get(json_object_get(result, "metrics"), 0), "evidence");
        assert_string_equal(verdict(result), "fail");
        assert_int_equal(json_integer_value(json_object_get(evidence, "steps")), steps);
        assert_true(json_number_value(json_object_get(evidence, "p")) == p);
        assert_true(json_number_value(json_object_get(evidence, "alpha")) == json_number_value(world_look(result, "alpha")));
        early += steps < WORLD_STEPS;
        assert_true(json_is_true(world_look(result, "final")));
        json_decref(result);
        world_end(&world);
    }
    assert_true(early > 1);
}

static void test_watch__goes_on_after_an_interruption_as_if_there_was_none(void **state) {
    (void)state;
    struct world world;
    struct error err;
    world_begin(&world, 1, 0);
    world_record_all(&world);
    json_t *undisturbed = watch(&world);
    for (int minutes = 5; minutes < WORLD_STEPS; minutes += 5) { // before the first look, and after each
        assert_int_equal(unlink(world.state), 0);
        world.now_ms = WORLD_START_MS;
        world.stop_ms = WORLD_START_MS + minutes * 60000;
        assert_null(world_watch(&world, NULL, &err));
        assert_int_equal(err.code, ERROR_CANCELLED);
        assert_non_null(strstr(err.text, world.state));
        world.stop_ms = INT64_MAX;
        world.interrupted = 0;
        json_t *result = watch(&world);
        same_document(result, undisturbed);
        json_decref(result);
    }
    json_decref(undisturbed);
    world_end(&world);
}

static void check_history(const json_t *result, const char *const (*want)[3], size_t count) {
    const json_t *history = world_look(result, "history"), *looks = json_object_get(history, "looks");
    assert_int_equal(json_array_size(json_object_get(history, "metrics")), 1);
    assert_string_equal(json_string_value(json_array_get(json_object_get(history, "metrics"), 0)), "latency");
    assert_int_equal(json_array_size(looks), count);
    for (size_t i = 0; i < count; i++) {
        const json_t *look = json_array_get(looks, i);
        const char *verdict = json_string_value(json_object_get(look, "verdict"));
        assert_int_equal(json_integer_value(json_object_get(look, "look")), i + 1);
        assert_string_equal(json_string_value(json_object_get(look, "outcome")), want[i][0]);
        assert_string_equal(verdict != NULL ? verdict : "", want[i][1]);
        assert_string_equal(json_string_value(json_object_get(look, "classes")), want[i][2]);
    }
}

static void test_watch__spends_nothing_on_looks_that_do_not_count(void **state) {
    (void)state;
    struct world world;
    struct spending_look want[3];
    boundaries(SPENDING_OBRIEN_FLEMING, (const double[]){10, 20, 30}, 3, want);
    world_begin(&world, 1, 0);
    world_record(&world, 1, 5);
    world_record(&world, 3, 5); // nothing of look 2
    world_record(&world, 4, 0.5);
    world_record(&world, 5, 5);
    json_t *result = watch(&world);
    assert_string_equal(verdict(world.seen[1]), "error");
    assert_true(json_is_null(world_look(world.seen[1], "alpha")));
    assert_string_equal(json_string_value(world_look(world.seen[3], "outcome")), "guard");
    check_level(world.seen[2], &want[1]);
    check_level(result, &want[2]);
    const json_t *skipped = world_look(result, "skipped");
    assert_int_equal(json_array_size(skipped), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(skipped, 0), "reason")), "failed");
    assert_string_equal(json_string_value(json_object_get(json_array_get(skipped, 1), "reason")), "guard");
    static const char *const told[][3] = {{"judged", "inconclusive", "p"},
                                          {"failed", "error", "-"},
                                          {"judged", "inconclusive", "p"},
                                          {"guard", "inconclusive", "p"},
                                          {"judged", "pass", "p"}};
    check_history(result, told, 5);
    assert_non_null(strstr(world.warnings, "look 2 of 5 is skipped: "));
    assert_non_null(strstr(world.warnings, "look 4 of 5 is skipped: 1 guard is broken"));
    json_decref(result);
    world_end(&world);
}

static void test_watch__a_guard_broken_at_the_end_lets_nothing_pass(void **state) {
    (void)state;
    struct world world;
    world_begin(&world, 1, 0);
    for (size_t look = 1; look <= WORLD_LOOKS; look++) world_record(&world, look, look < WORLD_LOOKS ? 5 : 0.5);
    json_t *result = watch(&world);
    assert_string_equal(verdict(result), "inconclusive");
    assert_true(json_is_true(world_look(result, "final")));
    json_decref(result);
    world_end(&world);
}

static void test_watch__a_guard_that_merely_weakens_lets_looks_count(void **state) {
    (void)state;
    static const char bound[] = "min: 1";
    struct world world;
    struct arena arena = {0};
    struct error err;
    const char *at = strstr(world_config, bound) + strlen(bound);
    const char *config = arena_printf(&arena, "%.*s, broken: marginal%s", (int)(at - world_config), world_config, at);
    world_begin(&world, 1, 0);
    for (size_t look = 1; look <= WORLD_LOOKS; look++) world_record(&world, look, 0.5);
    json_t *result = world_watch(&world, config, &err);
    if (result == NULL) fail_msg("%s", err.text);
    assert_string_equal(verdict(result), "marginal");
    assert_int_equal(json_array_size(world_look(result, "skipped")), 0);
    assert_string_equal(json_string_value(world_look(world.seen[0], "outcome")), "judged");
    json_decref(result);
    arena_finish(&arena);
    world_end(&world);
}

static void test_watch__gives_up_and_goes_on_when_asked_again(void **state) {
    (void)state;
    struct world world;
    world_begin(&world, 1, 0);
    world_record(&world, 1, 5);
    json_t *result = watch(&world); // looks 2, 3 and 4 fail
    assert_string_equal(verdict(result), "error");
    assert_int_equal(analysis_exit_code(result), EXIT_SOURCE);
    assert_int_equal(whole(result, "look"), 4);
    assert_non_null(strstr(world.warnings, "3 looks in a row failed"));
    json_decref(result);
    world_record(&world, 5, 5);
    result = watch(&world);
    assert_string_equal(verdict(result), "pass");
    assert_int_equal(json_array_size(world_look(result, "skipped")), 3);
    json_decref(result);
    world_end(&world);
}

static void test_watch__tries_the_last_look_again(void **state) {
    (void)state;
    struct world world;
    world_begin(&world, 1, 0);
    for (size_t look = 1; look < WORLD_LOOKS; look++) world_record(&world, look, 5);
    json_t *result = watch(&world);
    assert_string_equal(verdict(result), "error");
    assert_int_equal(whole(result, "look"), WORLD_LOOKS);
    assert_int_equal(whole(result, "attempt"), 3);
    assert_true(json_is_false(world_look(result, "final")));
    json_decref(result);
    world_record(&world, WORLD_LOOKS, 5);
    result = watch(&world);
    assert_string_equal(verdict(result), "pass");
    assert_int_equal(whole(result, "attempt"), 4);
    json_decref(result);
    world_end(&world);
}

static void test_watch__misses_looks_whose_time_has_passed(void **state) {
    (void)state;
    struct world world;
    struct spending_look want[2];
    boundaries(SPENDING_OBRIEN_FLEMING, (const double[]){20, 30}, 2, want);
    world_begin(&world, 1, 0);
    world_record_all(&world);
    world.options.start_ms = WORLD_START_MS;
    world.now_ms = WORLD_START_MS + 24 * 60000; // data of 23 minutes
    json_decref(watch(&world));
    assert_int_equal(world.seen_count, 2);
    assert_int_equal(whole(world.seen[0], "look"), 3);
    check_level(world.seen[0], &want[0]);
    assert_non_null(strstr(world.warnings, "looks 1 to 2 of 5 are missed"));
    static const char *const told[][3] = {{"missed", "", ""}, {"missed", "", ""}, {"judged", "inconclusive", "p"}};
    check_history(world.seen[0], told, 3);
    assert_string_equal(json_string_value(json_object_get(json_array_get(world_look(world.seen[0], "skipped"), 1), "reason")), "missed");
    world_end(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_watch__lets_a_good_canary_pass_at_the_horizon_only),
        cmocka_unit_test(test_watch__lets_a_good_canary_pass_early_when_told_to),
        cmocka_unit_test(test_watch__spends_as_the_config_says),
        cmocka_unit_test(test_watch__says_in_a_line_how_far_it_is),
        cmocka_unit_test(test_watch__fails_where_looks_at_given_data_fail),
        cmocka_unit_test(test_watch__goes_on_after_an_interruption_as_if_there_was_none),
        cmocka_unit_test(test_watch__spends_nothing_on_looks_that_do_not_count),
        cmocka_unit_test(test_watch__a_guard_broken_at_the_end_lets_nothing_pass),
        cmocka_unit_test(test_watch__a_guard_that_merely_weakens_lets_looks_count),
        cmocka_unit_test(test_watch__gives_up_and_goes_on_when_asked_again),
        cmocka_unit_test(test_watch__tries_the_last_look_again),
        cmocka_unit_test(test_watch__misses_looks_whose_time_has_passed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
