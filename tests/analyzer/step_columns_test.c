// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "hand_answers.h"

static const char *config_of(struct arena *arena, const char *step, const char *metric) {
    return arena_printf(arena,
                        "canary: shop\n"
                        "sources: {main: {url: \"http://127.0.0.1:9090\"}}\n"
                        "scopes: {baseline: {labels: {track: stable}}, canary: {labels: {track: canary}}}\n"
                        "window: {length: 10m, step: %s}\n"
                        "metrics: [{name: m, %s}]\n",
                        step, metric);
}

static void add(struct hand *h, enum query_part part, enum side side, const char *pod, int64_t from_s, int64_t every_s,
                const double *values, size_t count) {
    struct series *series = hand_series(h, 0, part, side, "pod", pod);
    for (size_t k = 0; k < count; k++) series_append(series, h->plan.start_ms + (from_s + (int64_t)k * every_s) * 1000, values[k]);
}

static void check(const double *found, const double *wanted, size_t count) {
    for (size_t k = 0; k < count; k++) {
        bool same = isnan(wanted[k]) ? isnan(found[k]) : fabs(found[k] - wanted[k]) < 1e-9;
        if (!same) fail_msg("step %zu is %g, wanted %g", k, found[k], wanted[k]);
    }
}

#define GAP ((double)NAN)

static void test_step_columns__values_are_means_over_series(void **state) {
    (void)state;
    struct hand h = {0};
    hand_start(&h, config_of(&h.r.arena, "30s", "query: 'x{${scope}}'"));
    add(&h, PART_VALUE, SIDE_CANARY, "a", 15, 15, (double[]){1, 3, 5, 7, 9, 11}, 6); // two samples a step
    add(&h, PART_VALUE, SIDE_CANARY, "b", 45, 15, (double[]){20, 22}, 2);            // the second step only
    add(&h, PART_VALUE, SIDE_BASELINE, "a", 15, 15, (double[]){1, 1, 1, 1}, 4);
    struct samples s = hand_samples(&h);
    const struct step_columns *c = &s.items[0].columns;
    assert_int_equal(c->step_ms, 30000);
    assert_int_equal(c->steps, 20);
    assert_true(c->seen[SIDE_CANARY] && c->seen[SIDE_BASELINE]);
    check(c->values[SIDE_CANARY], (double[]){2, (6 + 21) / 2.0, 10, GAP}, 4);
    check(c->values[SIDE_BASELINE], (double[]){1, 1, GAP}, 3);
    hand_finish(&h);
}

static void test_step_columns__a_longer_scrape_interval_makes_the_step(void **state) {
    (void)state;
    struct hand h = {0};
    hand_start(&h, config_of(&h.r.arena, "15s", "query: 'x{${scope}}'"));
    add(&h, PART_VALUE, SIDE_CANARY, "a", 60, 60, (double[]){1, 2, 3, 4, 5}, 5);
    add(&h, PART_VALUE, SIDE_BASELINE, "a", 15, 15, (double[]){1, 1, 1, 1}, 4);
    struct samples s = hand_samples(&h);
    assert_int_equal(s.items[0].columns.step_ms, 60000);
    check(s.items[0].columns.values[SIDE_CANARY], (double[]){1, 2, 3, 4, 5, GAP}, 6);
    hand_finish(&h);
}

static void test_step_columns__no_bad_counter_beside_a_total_is_none(void **state) {
    (void)state;
    struct hand h = {0};
    hand_start(&h, config_of(&h.r.arena, "15s", "counts: {bad: 'b{${scope}}', total: 't{${scope}}'}"));
    add(&h, PART_TOTAL, SIDE_CANARY, "a", 0, 15, (double[]){10, 30, 60}, 3);
    add(&h, PART_BAD, SIDE_BASELINE, "a", 0, 15, (double[]){0, 1, 3}, 3);
    struct samples s = hand_samples(&h);
    const struct step_columns *c = &s.items[0].columns;
    check(c->total[SIDE_CANARY], (double[]){20, 30, GAP}, 3);
    check(c->bad[SIDE_CANARY], (double[]){0, 0, GAP}, 3); // nothing is known where there is no total
    assert_true(c->seen[SIDE_CANARY]);
    assert_false(c->seen[SIDE_BASELINE]); // bad ones without a total say nothing
    hand_finish(&h);
}

static void test_step_columns__too_many_are_refused_before_they_are_made(void **state) {
    (void)state;
    struct hand h = {0};
    struct samples s;
    struct error err = {0};
    hand_start(&h, "canary: shop\nsources: {main: {url: \"http://127.0.0.1:9090\"}}\nscopes: {baseline: {}, canary: {}}\n"
                   "window: {length: 27h, step: 1s}\nmetrics: [{name: m, by: [pod], query: 'x{${scope}}'}]\n");
    for (int i = 0; i < 120; i++) {
        struct series *series = hand_series(&h, 0, PART_VALUE, SIDE_CANARY, "pod", arena_printf(&h.r.arena, "p%d", i));
        series_append(series, h.plan.end_ms, 1);
    }
    assert_false(samples_build(&h.plan, h.list, &h.r.arena, &s, &err));
    assert_int_equal(err.code, ERROR_LIMIT);
    assert_non_null(strstr(err.text, "metric m: too many label combinations over 97200 steps"));
    hand_finish(&h);
}

static void test_step_columns__other_judges_have_none(void **state) {
    (void)state;
    struct hand h = {0};
    hand_start(&h, good_config);
    add(&h, PART_TOTAL, SIDE_CANARY, "a", 0, 15, (double[]){10, 30, 60}, 3);
    struct samples s = hand_samples(&h);
    assert_int_equal(s.items[0].columns.steps, 0);
    hand_finish(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_step_columns__values_are_means_over_series),
        cmocka_unit_test(test_step_columns__a_longer_scrape_interval_makes_the_step),
        cmocka_unit_test(test_step_columns__no_bad_counter_beside_a_total_is_none),
        cmocka_unit_test(test_step_columns__too_many_are_refused_before_they_are_made),
        cmocka_unit_test(test_step_columns__other_judges_have_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
