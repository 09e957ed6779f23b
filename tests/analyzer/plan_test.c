// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "analyzer/plan.h"
#include "good_config.h"

#define END_MS INT64_C(1735692007000) // 7 s past a step

static void build(struct read_config *r, const char *text, struct plan *plan) {
    struct error err = {0};
    read_config(r, text, NULL);
    assert_true(r->ok);
    if (!plan_build(&r->config, END_MS, &r->arena, plan, &err)) fail_msg("%s", err.text);
}

static const struct planned_query *find(const struct plan *plan, enum query_part part, enum side side, size_t owner) {
    for (size_t i = 0; i < plan->query_count; i++) {
        const struct planned_query *q = &plan->queries[i];
        if (q->part == part && q->side == side && q->owner == owner) return q;
    }
    return NULL;
}

static const struct planned_query *need(const struct plan *plan, enum query_part part, enum side side, size_t owner) {
    const struct planned_query *found = find(plan, part, side, owner);
    if (found == NULL) fail_msg("no query of owner %zu, %s, %s side", owner, query_part_name(part), side_name(side));
    return found != NULL ? found : &plan->queries[0];
}

static void test_plan__has_every_query_with_its_times(void **state) {
    (void)state;
    struct read_config r = {0};
    struct plan plan;
    build(&r, good_config, &plan);
    const int64_t end = INT64_C(1735692000000), start = end - 28 * 60000;
    assert_int_equal(plan.end_ms, end);
    assert_int_equal(plan.start_ms, start);
    assert_int_equal(plan.query_count, 4 + 2 + 1 + 2); // counts, series, threshold, guard
    const struct {
        enum query_part part;
        enum side side;
        size_t owner;
        enum query_mode mode;
        int64_t start_ms;
        const char *expr;
    } cases[] = {
        {PART_BAD, SIDE_BASELINE, 0, QUERY_RAW, start - PLAN_COUNTER_LOOKBACK_MS, "hits{code=~\"5..\",track=\"stable\"}"},
        {PART_TOTAL, SIDE_CANARY, 0, QUERY_RAW, start - PLAN_COUNTER_LOOKBACK_MS, "hits{track=\"canary\"}"},
        {PART_VALUE, SIDE_BASELINE, 1, QUERY_RAW, start, "memory_bytes{track=\"stable\"}"},
        {PART_VALUE, SIDE_CANARY, 2, QUERY_RANGE, start, "max(load{track=\"canary\"})"},
        {PART_GUARD, SIDE_BASELINE, 0, QUERY_RANGE, start, "sum(rate(hits{track=\"stable\"}[1m]))"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct planned_query *q = need(&plan, cases[i].part, cases[i].side, cases[i].owner);
        assert_non_null(q);
        assert_string_equal(q->query.expr, cases[i].expr);
        assert_int_equal(q->query.mode, cases[i].mode);
        assert_int_equal(q->query.start_ms, cases[i].start_ms);
        assert_int_equal(q->query.end_ms, end);
        assert_int_equal(q->query.step_ms, cases[i].mode == QUERY_RANGE ? 15000 : 0);
        assert_string_equal(q->source, "main");
    }
    assert_null(find(&plan, PART_VALUE, SIDE_BASELINE, 2)); // a limit needs no baseline
    read_config_finish(&r);
}

static void test_plan__escapes_what_a_scope_holds(void **state) {
    (void)state;
    struct read_config r = {0};
    struct plan plan;
    build(&r,
          edited_config(&r.arena, "{track: canary}",
                        "{track: \"a\\\"b\\\\c\\nd\", city: \"K\xc3\xb6ln\"}, matchers: ['code!~\"5..\"', 'x!=\"\"']"),
          &plan);
    assert_string_equal(need(&plan, PART_VALUE, SIDE_CANARY, 1)->query.expr,
                        "memory_bytes{track=\"a\\\"b\\\\c\\nd\",city=\"K\xc3\xb6ln\",code!~\"5..\",x!=\"\"}");
    read_config_finish(&r);
}

static void test_plan__moves_a_side_back(void **state) {
    (void)state;
    static const struct {
        const char *old, *new;
        int64_t back_ms[SIDE_COUNT]; // of metric 1
        const char *scope;           // of its baseline
    } cases[] = {
        {"baseline: {labels", "baseline: {offset: 1h, labels", {3600000, 0}, "stable"},
        {"canary: {labels", "canary: {offset: 10m, labels", {0, 600000}, "canary"},
        {"    query: 'memory", "    offset: 7d\n    query: 'memory", {604800000, 0}, "canary"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct read_config r = {0};
        struct plan plan;
        build(&r, edited_config(&r.arena, cases[i].old, cases[i].new), &plan);
        for (int side = 0; side < SIDE_COUNT; side++) {
            const struct query *q = &need(&plan, PART_VALUE, (enum side)side, 1)->query;
            int64_t start, end;
            plan_metric_times(&plan, &r.config.metrics[1], (enum side)side, &start, &end);
            assert_int_equal(q->start_ms, plan.start_ms - cases[i].back_ms[side]);
            assert_int_equal(q->end_ms - q->start_ms, plan.end_ms - plan.start_ms); // the same grid on both sides
            assert_int_equal(start, q->start_ms);
            assert_int_equal(end, q->end_ms);
        }
        if (i == 2) assert_non_null(strstr(need(&plan, PART_VALUE, SIDE_BASELINE, 1)->query.expr, cases[i].scope));
        read_config_finish(&r);
    }
}

static void test_plan__guard_without_scope_is_asked_once(void **state) {
    (void)state;
    struct read_config r = {0};
    struct plan plan;
    build(&r, edited_config(&r.arena, "hits{${scope}}[1m]", "hits[${window}]"), &plan);
    assert_null(find(&plan, PART_GUARD, SIDE_BASELINE, 0));
    assert_string_equal(need(&plan, PART_GUARD, SIDE_CANARY, 0)->query.expr, "sum(rate(hits[28m]))");
    read_config_finish(&r);
}

static void test_plan__prints_alike_twice(void **state) {
    (void)state;
    char *texts[2];
    for (int i = 0; i < 2; i++) {
        struct read_config r = {0};
        struct plan plan;
        struct buf out;
        buf_init(&out, 1 << 16);
        build(&r, good_config, &plan);
        plan_print(&plan, &out);
        texts[i] = buf_take(&out);
        read_config_finish(&r);
    }
    assert_string_equal(texts[0], texts[1]);
    assert_non_null(strstr(texts[0], "canary shop, window 2025-01-01T00:12:00Z to 2025-01-01T00:40:00Z, 9 queries\n"));
    assert_non_null(strstr(texts[0], "memory value, canary side, source main, raw 2025-01-01T00:12:00Z to 2025-01-01T00:40:00Z\n"
                                     "  memory_bytes{track=\"canary\"}\n"));
    for (int i = 0; i < 2; i++) free(texts[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plan__has_every_query_with_its_times),
        cmocka_unit_test(test_plan__escapes_what_a_scope_holds),
        cmocka_unit_test(test_plan__moves_a_side_back),
        cmocka_unit_test(test_plan__guard_without_scope_is_asked_once),
        cmocka_unit_test(test_plan__prints_alike_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
