// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "analyzer/objective_eval.h"
#include "good_config.h"

#define AT_MS INT64_C(1735732800000)
#define RELEASE_MS (AT_MS - 3600000)
#define MISSING -1e9 // no series

struct events {
    double marked, total;
};

struct scene { // what each of service, baseline and canary shows, in every window alike
    struct events of[WHO_COUNT];
};

struct told {
    struct read_config r;
    struct objective_plan plan;
    struct objective_results results;
};

static void add_value(struct answer *answer, double value) {
    series_set_init(&answer->set);
    answer->http_status = 200;
    if (!(value <= MISSING)) series_append(series_set_add(&answer->set), AT_MS, value);
}

// Evaluates one objective of 99.9% over 30 days.
static void tell(struct told *t, const char *keys, const struct scene *scene) {
    *t = (struct told){0};
    struct arena *arena = &t->r.arena;
    struct error err = {0};
    read_config(
        &t->r,
        arena_printf(arena,
                     "canary: s\nsources: {m: {url: 'http://h'}}\nscopes: {baseline: {labels: {a: b, v: s}}, canary: {labels: {a: b, "
                     "v: c}}}\nobjectives: [{name: o, target: 99.9%%, period: 30d, %s}]\n",
                     keys),
        NULL);
    if (!t->r.ok) fail_msg("%s", t->r.findings.items[0].text);
    if (!objective_plan_build(&t->r.config, AT_MS, RELEASE_MS, 1, arena, &t->plan, &err)) fail_msg("%s", err.text);
    struct answer *all = arena_array(arena, t->plan.query_count, sizeof *all);
    const struct answer **answers = arena_array(arena, t->plan.query_count, sizeof *answers);
    for (size_t q = 0; q < t->plan.query_count; q++) {
        const struct objective_query *query = &t->plan.queries[q];
        const struct events *events = &scene->of[query->who];
        add_value(&all[q], query->part == OBJECTIVE_MARKED ? events->marked : events->total);
        answers[q] = &all[q];
    }
    objective_eval(&t->plan, answers, arena, &t->results);
    for (size_t q = 0; q < t->plan.query_count; q++) series_set_finish(&all[q].set);
}

static void tell_finish(struct told *t) {
    read_config_finish(&t->r);
}

#define BAD "counts: {bad: 'b{${scope}}', total: 't{${scope}}'}"
#define GOOD "counts: {good: 'g{${scope}}', total: 't{${scope}}'}"

static void test_eval__tells_states_apart(void **state) {
    (void)state;
    static const struct {
        const char *keys;
        struct events events;
        enum objective_state state;
        double errors;
    } cases[] = {
        {BAD, {2, 1000}, OBJECTIVE_OK, 2},
        {BAD, {MISSING, 1000}, OBJECTIVE_NO_ERROR_SERIES, 0},
        {BAD, {0, 0}, OBJECTIVE_NO_TRAFFIC, 0},
        {BAD, {MISSING, 0}, OBJECTIVE_NO_TRAFFIC, 0},
        {BAD, {MISSING, MISSING}, OBJECTIVE_ABSENT, (double)NAN},
        {BAD, {3, MISSING}, OBJECTIVE_ABSENT, (double)NAN},
        {BAD, {1200, 1000}, OBJECTIVE_INVALID, (double)NAN},
        {BAD, {-1, 1000}, OBJECTIVE_INVALID, (double)NAN},
        {BAD, {1, (double)NAN}, OBJECTIVE_INVALID, (double)NAN},
        {BAD, {1, (double)INFINITY}, OBJECTIVE_INVALID, (double)NAN},
        {BAD, {(double)NAN, 10}, OBJECTIVE_INVALID, (double)NAN},
        {BAD, {1000.5, 1000}, OBJECTIVE_OK, 1000}, // series are extrapolated each on its own
        {GOOD, {990, 1000}, OBJECTIVE_OK, 10},
        {GOOD, {1000.5, 1000}, OBJECTIVE_OK, 0},
        {GOOD, {1200, 1000}, OBJECTIVE_INVALID, (double)NAN},
        {GOOD, {MISSING, 1000}, OBJECTIVE_ABSENT, (double)NAN}, // a mistake in the selector looks like total failure
        {GOOD, {0, 1000}, OBJECTIVE_OK, 1000},
        {"slices: {length: 5m, target: 99%, empty: bad}, " BAD, {2, 8000}, OBJECTIVE_OK, 642}, // of 8640 slices in 30 days
        {"slices: {length: 5m, target: 99%, empty: good}, " BAD, {2, 8000}, OBJECTIVE_OK, 2},
        {"slices: {length: 5m, target: 99%, empty: bad}, " BAD, {MISSING, MISSING}, OBJECTIVE_OK, 8640},
        {"slices: {length: 5m, target: 99%}, " BAD, {MISSING, MISSING}, OBJECTIVE_ABSENT, (double)NAN},
        {"slices: {length: 5m, method: mean, empty: bad}, " BAD, {2.385, 8000}, OBJECTIVE_OK, 642.385},
        {"latency: {histogram: 'd_bucket{${scope}}', below: 300ms}", {993, 1000}, OBJECTIVE_OK, 7},
        {"latency: {histogram: 'd_bucket{${scope}}', below: 300ms}", {MISSING, 1000}, OBJECTIVE_ABSENT, (double)NAN}, // no such bucket
        {"up: 'u{${scope}}'", {238.5, 240}, OBJECTIVE_OK, 1.5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct told t;
        struct scene scene = {{cases[i].events, cases[i].events, cases[i].events}};
        tell(&t, cases[i].keys, &scene);
        const struct objective_result *r = &t.results.items[0];
        const struct objective_count *c = &r->counts[WHO_SERVICE][r->plan->period_span];
        bool same = isnan(cases[i].errors) ? isnan(c->counts.errors) : fabs(c->counts.errors - cases[i].errors) < 1e-9;
        if (c->state != cases[i].state || !same) fail_msg("case %zu: %s, errors %g", i, objective_state_name(c->state), c->counts.errors);
        assert_int_equal(isnan(c->burn_rate), !objective_is_known(cases[i].state));
        assert_int_equal(r->has_left, objective_is_known(cases[i].state));
        if (!objective_is_known(cases[i].state)) assert_int_equal(r->gate, OBJECTIVE_HOLD);
        tell_finish(&t);
    }
}

static void test_eval__closes_on_evidence_and_holds_on_doubt(void **state) {
    (void)state;
    static const struct {
        const char *title;
        struct scene scene; // service, baseline, canary
        enum objective_gate release, gate;
    } cases[] = {
        {"all is well", {{{20, 100000}, {19, 95000}, {1, 5000}}}, OBJECTIVE_OPEN, OBJECTIVE_OPEN},
        {"the canary burns, the baseline does not", {{{40, 100000}, {10, 95000}, {30, 5000}}}, OBJECTIVE_CLOSED, OBJECTIVE_CLOSED},
        {"both burn alike", {{{50, 1000000}, {200, 95000}, {12, 5000}}}, OBJECTIVE_HOLD, OBJECTIVE_HOLD},
        {"one error in few requests proves nothing, but is over the share",
         {{{1, 2000}, {0, 1900}, {1, 100}}},
         OBJECTIVE_HOLD,
         OBJECTIVE_HOLD},
        {"no traffic of the canary", {{{20, 100000}, {20, 100000}, {0, 0}}}, OBJECTIVE_HOLD, OBJECTIVE_HOLD},
        {"no series of the canary", {{{20, 100000}, {20, 100000}, {MISSING, MISSING}}}, OBJECTIVE_HOLD, OBJECTIVE_HOLD},
        {"the canary never made an error series", {{{20, 100000}, {20, 95000}, {MISSING, 5000}}}, OBJECTIVE_OPEN, OBJECTIVE_OPEN},
        {"no baseline to compare with", {{{40, 100000}, {MISSING, MISSING}, {30, 5000}}}, OBJECTIVE_CLOSED, OBJECTIVE_CLOSED},
        {"the budget is used up", {{{150, 100000}, {149, 95000}, {1, 5000}}}, OBJECTIVE_OPEN, OBJECTIVE_CLOSED},
        {"the share is over its limit for certain, alike on both sides",
         {{{80, 100000}, {40, 50000}, {40, 50000}}},
         OBJECTIVE_CLOSED,
         OBJECTIVE_CLOSED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct told t;
        tell(&t, "release_budget: {halt_at: 30%}, " BAD, &cases[i].scene);
        const struct objective_result *r = &t.results.items[0];
        if (r->release.gate != cases[i].release || r->gate != cases[i].gate)
            fail_msg("%s: release %s (%s), gate %s", cases[i].title, objective_gate_name(r->release.gate), r->release.reason,
                     objective_gate_name(r->gate));
        assert_non_null(r->release.reason);
        tell_finish(&t);
    }
}

static void test_eval__a_single_error_fires_and_does_not_close(void **state) {
    (void)state;
    struct told t;
    struct scene scene = {{{1, 40}, {1, 40}, {0, 0}}}; // 25 times over the budget on one error
    tell(&t, "counts: {bad: b, total: t}", &scene);
    const struct objective_result *r = &t.results.items[0];
    assert_true(r->tiers[0].fires);
    assert_false(r->tiers[0].certain);
    assert_true(r->tiers[0].least_errors == 3); // of 40 at 1.44%: two or more come in one hour of nine
    assert_true(r->tiers[0].least_requests == 70);
    assert_false(r->release.present); // sides cannot be told apart
    assert_null(r->counts[WHO_CANARY]);
    tell_finish(&t);
    scene = (struct scene){{{40, 1000}, {40, 1000}, {0, 0}}};
    tell(&t, "counts: {bad: b, total: t}", &scene);
    assert_true(t.results.items[0].tiers[0].certain);
    assert_true(fabs(t.results.items[0].tiers[0].period_share - 40) < 1e-9); // all of the period's errors, of one that was allowed
    assert_true(t.results.items[0].tiers[0].spends);
    assert_int_equal(t.results.items[0].gate, OBJECTIVE_CLOSED);
    tell_finish(&t);
}

static void test_eval__errors_equal_to_the_budget_leave_exactly_nothing(void **state) {
    (void)state;
    struct told t;
    struct scene scene = {{{1234, 1234000}, {0, 0}, {0, 0}}};
    tell(&t, "counts: {bad: b, total: t}", &scene);
    assert_true(t.results.items[0].left.remaining == 0);
    assert_int_equal(t.results.items[0].gate, OBJECTIVE_CLOSED);
    assert_false(t.results.items[0].tiers[3].fires); // a burn rate of exactly 1 is not over 1
    tell_finish(&t);
}

static void test_plan__asks_for_every_window_once(void **state) {
    (void)state;
    struct told t;
    struct scene scene = {{{0, 1}, {0, 1}, {0, 1}}};
    tell(&t, BAD, &scene);
    const struct planned_objective *p = &t.plan.items[0];
    assert_int_equal(p->span_count, 10); // 5m 30m 1h 2h 6h 1d 3d, period, release, history
    assert_int_equal(t.plan.query_count, 3 * 2 * 9 + 2);
    for (size_t i = 1; i < 7; i++) assert_true(p->spans[i].start_ms < p->spans[i - 1].start_ms);
    assert_string_equal(t.plan.queries[0].query.expr, "sum(increase(b{a=\"b\"}[5m]))");
    struct error err = {0};
    struct objective_plan late;
    assert_false(objective_plan_build(&t.r.config, AT_MS, AT_MS + 1, 1, &t.r.arena, &late, &err));
    assert_int_equal(err.code, ERROR_USAGE);
    tell_finish(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_eval__tells_states_apart),
        cmocka_unit_test(test_eval__closes_on_evidence_and_holds_on_doubt),
        cmocka_unit_test(test_eval__a_single_error_fires_and_does_not_close),
        cmocka_unit_test(test_eval__errors_equal_to_the_budget_leave_exactly_nothing),
        cmocka_unit_test(test_plan__asks_for_every_window_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
