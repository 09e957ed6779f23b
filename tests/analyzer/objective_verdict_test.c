// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "objective_verdict.h"
#include "texts.h"

static void join(struct verdict *verdict, struct arena *arena, enum objective_gate gate, bool present) {
    struct objective_config config = {.name = "o"};
    struct planned_objective planned = {.config = &config};
    struct objective_result item = {.plan = &planned};
    item.release.present = present;
    item.release.gate = gate;
    item.release.reason = "because";
    item.release.least_requests = 2995;
    item.gate = OBJECTIVE_CLOSED; // of the service, which is not the canary's fault
    struct objective_results results = {.items = &item, .count = 1};
    texts_add(&verdict->reasons, arena, "as before");
    static const struct plan plan = {0};
    objective_verdict_join(&plan, &results, arena, verdict);
}

static void test_join__only_the_canary_counts(void **state) {
    (void)state;
    static const struct {
        enum verdict_kind before;
        bool present, guard_broken;
        enum objective_gate gate;
        enum verdict_kind after;
        const char *reason, *next;
    } cases[] = {
        {VERDICT_PASS, true, false, OBJECTIVE_OPEN, VERDICT_PASS, "as before", "promote"},
        {VERDICT_PASS, false, false, OBJECTIVE_CLOSED, VERDICT_PASS, "as before", "promote"},
        {VERDICT_PASS, true, false, OBJECTIVE_CLOSED, VERDICT_FAIL, "objective o: because", "roll the canary back"},
        {VERDICT_INCONCLUSIVE, true, false, OBJECTIVE_CLOSED, VERDICT_FAIL, "objective o: because", "roll the canary back"},
        {VERDICT_FAIL, true, false, OBJECTIVE_CLOSED, VERDICT_FAIL, "as before", "roll the canary back"},
        {VERDICT_PASS, true, false, OBJECTIVE_HOLD, VERDICT_INCONCLUSIVE, "objective o cannot let", "keep the canary"},
        {VERDICT_MARGINAL, true, false, OBJECTIVE_HOLD, VERDICT_INCONCLUSIVE, "objective o cannot let", "keep the canary"},
        {VERDICT_FAIL, true, false, OBJECTIVE_HOLD, VERDICT_FAIL, "as before", "roll the canary back"},
        {VERDICT_INCONCLUSIVE, true, true, OBJECTIVE_CLOSED, VERDICT_INCONCLUSIVE, "as before", "keep the canary"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena arena = {0};
        struct guard_result guard = {.state = cases[i].guard_broken ? GUARD_BROKEN : GUARD_OK};
        struct verdict verdict = {.kind = cases[i].before, .guards = &guard, .guard_count = 1};
        join(&verdict, &arena, cases[i].gate, cases[i].present);
        if (verdict.kind != cases[i].after) fail_msg("case %zu: %s", i, verdict_name(verdict.kind));
        assert_non_null(strstr(verdict.reasons.items[0], cases[i].reason));
        assert_int_equal(verdict.next.count, 1);
        assert_non_null(strstr(verdict.next.items[0], cases[i].next));
        assert_int_equal(verdict.missing.count, cases[i].present && cases[i].gate == OBJECTIVE_HOLD);
        arena_finish(&arena);
    }
}

static void test_failures__are_errors_and_never_data(void **state) {
    (void)state;
    struct arena arena = {0};
    struct objective_config config = {.name = "o"};
    struct planned_objective planned = {.config = &config};
    struct objective_query query = {.who = WHO_CANARY, .source = "m"};
    struct objective_plan objectives = {.items = &planned, .count = 1, .queries = &query, .query_count = 1};
    struct plan plan = {.objectives = &objectives};
    struct answer answer = {.http_status = 200};
    const struct answer *answers[] = {&answer};
    struct verdict verdict = {.kind = VERDICT_PASS};
    answer.result.outcome = DECODE_OK;
    assert_false(objective_verdict_of_failures(&plan, answers, false, &arena, &verdict));
    answer.result.outcome = DECODE_BROKEN;
    error_set(&answer.result.err, ERROR_DATA, "cut off");
    assert_true(objective_verdict_of_failures(&plan, answers, false, &arena, &verdict));
    assert_int_equal(verdict.kind, VERDICT_ERROR);
    assert_string_equal(verdict.missing.items[0], "objective o, canary, source m: cut off");
    assert_non_null(strstr(verdict.next.items[0], "mend the source"));
    assert_true(objective_verdict_of_failures(&plan, answers, true, &arena, &verdict));
    assert_int_equal(verdict.next.count, 1);
    arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_join__only_the_canary_counts),
        cmocka_unit_test(test_failures__are_errors_and_never_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
