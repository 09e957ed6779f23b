// SPDX-License-Identifier: GPL-3.0-or-later
#include "lull.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/timetext.h"

// As of a client that waits so long with so many in flight, and then reads so many answers, again and again.
static void go_on(struct lull *lull, int64_t waits_us, size_t in_flight, size_t answers, int times) {
    for (int i = 0; i < times; i++) {
        lull_waited(lull, waits_us, in_flight);
        lull_answered(lull, answers, in_flight);
    }
}

static void test_lull__is_what_most_of_the_answers_take(void **state) {
    (void)state;
    static const struct {
        int64_t waits_us;
        size_t in_flight, answers;
        int64_t us; // within 8 %
    } cases[] = {
        {0, 8, 3, 0},        // they are there when we come to look
        {30, 8, 1, 0},       // too short to sleep
        {100, 8, 1, 600},    //
        {400, 8, 4, 600},    // as many answers in the same time
        {800, 8, 8, 600},    //
        {300, 8, 8, 0},      // the server has nothing left to do: sleep less, and soon no more
        {110, 4, 1, 330},    //
        {110, 3, 1, 0},      // hardly two would come
        {400, 8, 1, 1000},   // bounded
        {600, 8, 1, 0},      // two would not come before that
        {90000, 8, 1, 0},    //
        {90000, 1000, 1, 0}, //
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lull lull;
        lull_init(&lull);
        assert_int_equal(lull_us(&lull, cases[i].in_flight), 0);
        go_on(&lull, cases[i].waits_us, cases[i].in_flight, cases[i].answers, 200);
        int64_t us = lull_us(&lull, cases[i].in_flight), most = cases[i].us * 8 / 100;
        assert_in_range((uint64_t)us, (uint64_t)(cases[i].us - most), (uint64_t)(cases[i].us + most));
        lull_finish(&lull);
    }
}

static void test_lull__follows_the_usual_wait(void **state) {
    (void)state;
    struct lull lull;
    lull_init(&lull);
    go_on(&lull, INT64_C(3600000000), 8, 1, 200);
    go_on(&lull, 100, 8, 1, 200); // the server became quicker
    assert_in_range((uint64_t)lull_us(&lull, 8), 550, 650);
    lull_waited(&lull, INT64_C(3600000000), 8); // one wait tells little
    lull_answered(&lull, 1, 8);
    assert_in_range((uint64_t)lull_us(&lull, 8), 550, 650);
    for (int i = 0; i < 200; i++) { // and of few in flight nothing
        lull_waited(&lull, INT64_C(3600000000), 3);
        lull_answered(&lull, 1, 3);
    }
    assert_in_range((uint64_t)lull_us(&lull, 8), 550, 700);
    for (int i = 0; i < 200; i++) go_on(&lull, i % 4 == 0 ? 3000 : 0, 8, 2, 1); // quicker than we are, but for hiccups
    assert_int_equal(lull_us(&lull, 32), 0);
    lull_finish(&lull);
}

static void test_lull__ends_when_woken(void **state) {
    (void)state;
    struct lull lull;
    lull_init(&lull);
    assert_false(lull_take_wake(&lull));
    lull_wake(&lull);
    int64_t from = mono_now_us();
    lull_rest(&lull, INT64_C(60000000));
    assert_in_range((uint64_t)(mono_now_us() - from), 0, 30000000);
    assert_true(lull_take_wake(&lull));
    assert_false(lull_take_wake(&lull));
    from = mono_now_us();
    lull_rest(&lull, 1500);
    assert_true(mono_now_us() - from >= 1500);
    lull_finish(&lull);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lull__is_what_most_of_the_answers_take),
        cmocka_unit_test(test_lull__follows_the_usual_wait),
        cmocka_unit_test(test_lull__ends_when_woken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
