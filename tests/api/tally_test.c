// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "api/tally.h"

static void test_tally__counts_by_canary_and_keeps_the_last_gate(void **state) {
    struct tally *tally = tally_create();
    struct arena arena = {0};
    struct live_engine live = {0};
    (void)state;
    tally_verdict(tally, "shop", "pass", "id-1", 10);
    tally_verdict(tally, "shop", "pass", "id-2", 20);
    tally_verdict(tally, "shop", "fail", "id-3", 30);
    for (int open = 0; open < 2; open++) {
        json_t *gate = json_pack("{s:s,s:s,s:[{s:s,s:s,s:f},{s:s,s:s,s:n}]}", "canary", "shop", "gate", open ? "open" : "closed", "items",
                                 "kind", "check", "name", "load", "value", 2.5 + open, "kind", "check", "name", "gone", "value");
        tally_gate(tally, gate, 40);
        json_decref(gate);
    }
    tally_fill(tally, 50, &arena, &live);
    assert_int_equal(live.analyses.count, 2);
    for (size_t i = 0; i < 2; i++) {
        bool pass = live.analyses.items[i].second[0] == 'p';
        assert_int_equal(live.analyses.items[i].count, pass ? 2 : 1);
        assert_string_equal(live.analyses.items[i].analysis_id, pass ? "id-2" : "id-3");
    }
    assert_int_equal(live.gates.count, 1);
    assert_int_equal(live.gates.items[0].count, 1);
    assert_int_equal(live.check_count, 1);
    assert_float_equal(live.checks[0].value, 3.5, 0);
    arena_finish(&arena);
    tally_destroy(tally);
}

static void test_tally__ends_what_is_old_or_gone(void **state) {
    struct tally *tally = tally_create();
    struct arena arena = {0};
    struct live_engine live = {0};
    (void)state;
    json_t *gate =
        json_pack("{s:s,s:s,s:[{s:s,s:s,s:f}]}", "canary", "shop", "gate", "open", "items", "kind", "check", "name", "load", "value", 2.5);
    tally_verdict(tally, "shop", "pass", "id-1", 10);
    tally_gate(tally, gate, 10);
    tally_fill(tally, 10 + LIVE_RETENTION_MS, &arena, &live);
    assert_int_equal(live.analyses.count, 1); // counters stay
    assert_int_equal(live.gates.count, 0);
    assert_int_equal(live.check_count, 0);
    tally_gate(tally, gate, 20);
    tally_verdict(tally, "cart", "pass", "id-2", 20);
    tally_forget(tally, "shop");
    tally_fill(tally, 20, &arena, &live);
    assert_int_equal(live.analyses.count, 1);
    assert_string_equal(live.analyses.items[0].first, "cart");
    assert_int_equal(live.gates.count, 0);
    assert_int_equal(live.check_count, 0);
    tally_verdict(tally, "shop", "pass", "id-3", 30);
    tally_gate(tally, gate, 30);
    tally_fill(tally, 30, &arena, &live);
    assert_int_equal(live.analyses.count, 2); // it is there again, and counts on
    assert_int_equal(live.gates.count, 1);
    json_decref(gate);
    arena_finish(&arena);
    tally_destroy(tally);
}

static void test_tally__begins_with_nothing(void **state) {
    struct tally *tally = tally_create();
    struct arena arena = {0};
    struct live_engine live = {0};
    (void)state;
    tally_verdict(tally, "shop", "fail", "id-1", 10);
    tally_know(tally, "shop");
    tally_fill(tally, 20, &arena, &live);
    assert_int_equal(live.analyses.count, 5);
    for (size_t i = 0; i < 5; i++) {
        bool fail = live.analyses.items[i].second[0] == 'f';
        assert_int_equal(live.analyses.items[i].count, fail);
        assert_int_equal(live.analyses.items[i].analysis_id != NULL, fail);
    }
    arena_finish(&arena);
    tally_destroy(tally);
}

static void test_tally__is_bounded(void **state) {
    struct tally *tally = tally_create();
    struct arena arena = {0};
    struct live_engine live = {0};
    char name[32];
    (void)state;
    for (int i = 0; i < LIVE_MOST_COUNTS + 10; i++) {
        snprintf(name, sizeof name, "canary-%d", i);
        tally_verdict(tally, name, "pass", "id", 1);
    }
    tally_fill(tally, 2, &arena, &live);
    assert_int_equal(live.analyses.count, LIVE_MOST_COUNTS);
    arena_finish(&arena);
    tally_destroy(tally);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tally__counts_by_canary_and_keeps_the_last_gate),
        cmocka_unit_test(test_tally__ends_what_is_old_or_gone),
        cmocka_unit_test(test_tally__begins_with_nothing),
        cmocka_unit_test(test_tally__is_bounded),
    };
    return cmocka_run_group_tests_name("tally", tests, NULL, NULL);
}
