// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/trust.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/parity_plan.h"
#include "hand_answers.h"

static const char config[] =
    "canary: shop\n"
    "sources: {main: {url: 'http://127.0.0.1:9090'}}\n"
    "scopes:\n"
    "  baseline: {labels: {track: stable}, matchers: ['env=~\"prod|live\"']}\n"
    "  canary: {labels: {track: canary}}\n"
    "window: {length: 30m, step: 15s}\n"
    "metrics:\n"
    "  - name: failures\n"
    "    counts: {bad: 'hits{code=\"500\",${scope}}', total: 'hits{${scope}}'}\n"
    "  - name: drops\n"
    "    counts: {bad: 'dropped{${scope}}', total: 'packets{${scope}}'}\n"
    "  - name: ratio\n"
    "    query: 'sum by (x) (rate(bad{x=\"1\",${scope}}[1m])) / on () sum(rate(all{${scope}}[1m])) + 0 * all{${scope}}'\n"
    "  - name: limit\n"
    "    threshold: {query: 'load{${scope}}', max: 1}\n";

#define FULL 121

static void waves(struct hand *h, size_t owner, enum query_part part, double baseline, double canary) {
    hand_wave(h, owner, part, SIDE_BASELINE, FULL, (struct wave){1000, baseline, 0});
    if (canary > 0) hand_wave(h, owner, part, SIDE_CANARY, FULL, (struct wave){1000, canary, 0});
}

static const struct trust *trust_of(struct hand *h) {
    struct samples *samples = arena_alloc(&h->r.arena, sizeof *samples);
    *samples = hand_samples(h);
    return trust_make(&h->plan, samples, h->list, &h->r.arena);
}

static void test_trust__bad_events_among_all_may_be_missing_on_one_side(void **state) {
    struct hand h = {0};
    (void)state;
    hand_start(&h, config);
    waves(&h, 0, PART_BAD, 1, 0);
    waves(&h, 0, PART_TOTAL, 100, 6);
    waves(&h, 1, PART_BAD, 1, 0);
    waves(&h, 1, PART_TOTAL, 10, 10);
    waves(&h, 2, PART_VALUE, 0, 0);
    const struct trust *trust = trust_of(&h);
    const struct parity *parity = &trust->parity;
    assert_int_equal(parity->metrics, 3);
    assert_int_equal(parity->gap_count, 2);
    assert_string_equal(parity->gaps[0].metric, "ratio");
    assert_null(parity->gaps[0].series);
    assert_string_equal(parity->gaps[1].metric, "drops"); // another series tells them, half of the metric
    assert_string_equal(parity->gaps[1].series, "dropped");
    assert_true(fabs(parity->score - 50) < 1e-6);
    assert_true(fabs(trust->load - 0.06) < 1e-9); // of hits, which count most
    assert_true(fabs(trust->data_age_s) < 1e-9);
    hand_finish(&h);
}

static void test_trust__data_are_as_old_as_on_the_side_that_lags(void **state) {
    struct hand h = {0};
    (void)state;
    hand_start(&h, config);
    hand_wave(&h, 0, PART_TOTAL, SIDE_BASELINE, FULL, (struct wave){1000, 1, 0});
    hand_wave(&h, 0, PART_TOTAL, SIDE_CANARY, FULL - 20, (struct wave){1000, 1, 0});
    hand_wave(&h, 1, PART_TOTAL, SIDE_CANARY, FULL - 40, (struct wave){1000, 1, 0});
    assert_true(fabs(trust_of(&h)->data_age_s - 300) < 1e-9);
    hand_finish(&h);
}

static void test_trust__is_null_where_nothing_was_judged(void **state) {
    struct hand h = {0};
    (void)state;
    json_t *none = trust_json(NULL);
    assert_true(json_is_null(none));
    json_decref(none);
    hand_start(&h, config);
    const struct trust *trust = trust_of(&h);
    json_t *empty = trust_json(trust);
    char *text = json_dumps(empty, JSON_COMPACT);
    assert_string_equal(text, "{\"parity\":{\"score\":null,\"metrics\":0,\"silent\":3,\"silent_metrics\":[\"failures\",\"drops\",\"ratio\"]"
                              ",\"gap_count\":0,\"gaps\":[]},"
                              "\"load\":null,\"data_age_s\":null}");
    free(text);
    json_decref(empty);
    hand_finish(&h);
}

static void test_trust__expressions_are_taken_apart_into_selectors(void **state) {
    static const char *const want[] = {
        "hits{code=\"500\",track=\"canary\"}", "hits{track=\"canary\"}", "dropped{track=\"canary\"}", "packets{track=\"canary\"}",
        "bad{x=\"1\",track=\"canary\"}",       "all{track=\"canary\"}",  "all{track=\"canary\"}",
    };
    struct hand h = {0};
    struct plan plan;
    size_t found = 0;
    (void)state;
    hand_start(&h, config);
    parity_plan_build(&h.plan, &h.r.arena, &plan);
    assert_int_equal(plan.query_count, 14);
    for (size_t i = 0; i < plan.query_count; i++) {
        const struct planned_query *q = &plan.queries[i];
        assert_int_equal(q->query.mode, QUERY_RAW);
        assert_int_equal(q->query.end_ms, h.plan.end_ms);
        if (q->side == SIDE_CANARY) assert_string_equal(q->query.expr, want[found++]);
    }
    assert_int_equal(found, 7);
    hand_finish(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trust__bad_events_among_all_may_be_missing_on_one_side),
        cmocka_unit_test(test_trust__data_are_as_old_as_on_the_side_that_lags),
        cmocka_unit_test(test_trust__is_null_where_nothing_was_judged),
        cmocka_unit_test(test_trust__expressions_are_taken_apart_into_selectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
