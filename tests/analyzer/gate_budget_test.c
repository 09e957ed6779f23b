// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "gate_budget.h"

struct made {
    struct objective_tier tier;
    struct objective_config config;
    struct planned_objective planned;
    struct objective_tier_result fires;
    struct objective_count period;
    struct objective_result result;
    struct objective_results results;
};

// A service with half of its budget left and a canary that used 23.85 % of the release's.
static void make(struct made *m) {
    *m = (struct made){
        .tier = {.name = "page_fast", .severity = SEVERITY_PAGE, .factor = 14.4},
        .config = {.name = "o", .by_scope = true, .has_halt_at = true, .halt_at = 30, .tier_count = 1},
        .planned = {.period_span = 0, .release_span = 0, .span_count = 1, .history_span = OBJECTIVE_NONE, .past_span = OBJECTIVE_NONE},
        .fires = {.long_rate = 20.5},
        .period = {.state = OBJECTIVE_ABSENT}};
    m->config.tiers = &m->tier;
    m->planned.config = &m->config;
    m->result = (struct objective_result){.plan = &m->planned, .tiers = &m->fires, .has_left = true};
    m->result.counts[WHO_SERVICE] = &m->period;
    m->result.left.remaining = 0.5;
    m->result.left.consumed = 0.5;
    m->result.release = (struct objective_release){.present = true, .share_lower = 0.2, .share_upper = 0.28, .reason = "because"};
    m->result.release.costs.release_share = 0.2385;
    m->results = (struct objective_results){.items = &m->result, .count = 1};
}

static struct gate_items judge(const struct made *m, const struct gate_config *gate, bool released, struct arena *arena) {
    struct gate_items items = {.arena = arena};
    gate_budget_judge(gate, &m->results, released, &items);
    for (size_t i = 0; i < items.count; i++) assert_int_equal(items.items[i].opens == NULL, items.items[i].state == GATE_OPEN);
    return items;
}

static void test_gate_budget__release_asks_for_more_than_no_proof(void **state) {
    (void)state;
    static const struct {
        double share;
        bool halts;
        enum objective_gate gate;
        enum gate_state state;
        const char *opens;
    } cases[] = {
        {0.2385, false, OBJECTIVE_OPEN, GATE_OPEN, NULL},
        {0.31, true, OBJECTIVE_HOLD, GATE_CLOSED, "until the share is 30%"},
        {0.9, true, OBJECTIVE_CLOSED, GATE_CLOSED, "rollback"},
        {0.2385, false, OBJECTIVE_CLOSED, GATE_CLOSED, "rollback"}, // burns, and worse than the baseline
        {0.2385, false, OBJECTIVE_HOLD, GATE_UNKNOWN, "keeps its objective"},
        {(double)NAN, false, OBJECTIVE_HOLD, GATE_UNKNOWN, "traffic"},
    };
    const struct gate_config gate = {.has_release_budget = true, .halt_at = 30};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena arena = {0};
        struct made m;
        make(&m);
        m.result.release.costs.release_share = cases[i].share;
        m.result.release.costs.halts = cases[i].halts;
        m.result.release.gate = cases[i].gate;
        struct gate_items items = judge(&m, &gate, true, &arena);
        assert_int_equal(items.count, 2);
        assert_string_equal(items.items[0].kind, "release_budget");
        if (items.items[0].state != cases[i].state) fail_msg("case %zu: %s", i, gate_state_name(items.items[0].state));
        if (cases[i].opens != NULL) assert_non_null(strstr(items.items[0].opens, cases[i].opens));
        arena_finish(&arena);
    }
}

static void test_gate_budget__production_keeps_a_floor(void **state) {
    (void)state;
    static const struct {
        double remaining, floor;
        bool has_left;
        enum gate_state state;
    } cases[] = {
        {0.5, 0, true, GATE_OPEN},     {0.5, 50, true, GATE_OPEN},           {0.4999, 50, true, GATE_CLOSED}, {0, 0, true, GATE_CLOSED},
        {-0.25, 0, true, GATE_CLOSED}, {(double)NAN, 0, true, GATE_UNKNOWN}, {0.5, 0, false, GATE_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena arena = {0};
        struct made m;
        make(&m);
        m.result.release.present = false;
        m.result.has_left = cases[i].has_left;
        m.result.left.remaining = cases[i].remaining;
        struct gate_items items = judge(&m, &(struct gate_config){.floor = cases[i].floor}, false, &arena);
        assert_int_equal(items.count, 1);
        if (items.state != cases[i].state) fail_msg("case %zu: %s: %s", i, gate_state_name(items.state), items.items[0].text);
        arena_finish(&arena);
    }
}

static void test_gate_budget__certain_page_closes_and_a_ticket_does_not(void **state) {
    (void)state;
    for (int page = 0; page < 2; page++) {
        struct arena arena = {0};
        struct made m;
        make(&m);
        m.fires.certain = true;
        m.tier.severity = page ? SEVERITY_PAGE : SEVERITY_TICKET;
        struct gate_items items = judge(&m, &(struct gate_config){.halt_at = 30}, true, &arena);
        assert_int_equal(items.state, page ? GATE_CLOSED : GATE_OPEN);
        assert_int_equal(items.count, 2 + page);
        arena_finish(&arena);
    }
}

static void test_gate_budget__release_that_is_asked_for_needs_its_begin(void **state) {
    (void)state;
    struct arena arena = {0};
    struct made m;
    make(&m);
    m.result.release.present = false;
    assert_int_equal(judge(&m, &(struct gate_config){.has_release_budget = true}, false, &arena).state, GATE_UNKNOWN);
    assert_int_equal(judge(&m, &(struct gate_config){.has_release_budget = false}, false, &arena).state, GATE_OPEN);
    arena_finish(&arena);
}

static void test_gate_budget__config_gets_the_gates_limit(void **state) {
    (void)state;
    struct arena arena = {0};
    struct objective_config objectives[] = {
        {.by_scope = true}, {.by_scope = true, .has_halt_at = true, .halt_at = 45}, {.by_scope = false}};
    struct gate_config gate = {.halt_at = 23.85};
    struct canary_config config = {.objectives = objectives, .objective_count = 3, .gate = &gate};
    const struct canary_config *made = gate_budget_config(&config, &arena);
    assert_true(made->objectives[0].has_halt_at && made->objectives[0].halt_at == 23.85);
    assert_true(made->objectives[1].halt_at == 45);
    assert_false(made->objectives[2].has_halt_at || objectives[0].has_halt_at);
    arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gate_budget__release_asks_for_more_than_no_proof),
        cmocka_unit_test(test_gate_budget__production_keeps_a_floor),
        cmocka_unit_test(test_gate_budget__certain_page_closes_and_a_ticket_does_not),
        cmocka_unit_test(test_gate_budget__release_that_is_asked_for_needs_its_begin),
        cmocka_unit_test(test_gate_budget__config_gets_the_gates_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
