// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "query/counter.h"

#define GAP ((double)NAN)
#define MARKER -1000.0 // stands for a stale marker
#define NONE -1.0      // no increase told

static void test_counter_sample__tells_increases(void **state) {
    (void)state;
    // Asked for since 1000, scraped every 1000.
    static const struct {
        const char *what;
        int64_t time_ms[5];
        double value[5];
        size_t count;
        double want[5];
        int64_t watched_ms[5];
        unsigned resets, appeared;
    } cases[] = {
        {"the first sample only starts", {1400, 2400, 3400}, {10, 13, 18}, 3, {NONE, 3, 5}, {0, 1000, 1000}, 0, 0},
        {"a reset starts at 0", {1400, 2400, 3400}, {14, 3.5, 9}, 3, {NONE, 3.5, 5.5}, {0, 1000, 1000}, 1, 0},
        {"reset to 0", {1400, 2400, 3400}, {14, 0, 2}, 3, {NONE, 0, 2}, {0, 1000, 1000}, 1, 0},
        {"a late first sample counts from 0", {2501, 3500}, {4, 6}, 2, {4, 2}, {1000, 999}, 0, 1},
        {"one within an interval and a half does not", {2500, 3500}, {4, 6}, 2, {NONE, 2}, {0, 1000}, 0, 0},
        {"no number, infinity and negative ones are passed over",
         {1400, 1500, 1600, 1700, 3400},
         {5, GAP, -1, (double)INFINITY, 12},
         5,
         {NONE, NONE, NONE, NONE, 7},
         {0, 0, 0, 0, 2000},
         0,
         0},
        {"after a failed scrape it goes on", {1400, 2400, 3400}, {5, MARKER, 12}, 3, {NONE, NONE, 7}, {0, 0, 2000}, 0, 0},
        {"an end is not watched until one interval before it is back",
         {1400, 2400, 2600, 9600},
         {5, MARKER, MARKER, 3},
         4,
         {NONE, NONE, NONE, 3},
         {0, 0, 0, 2000},
         1,
         0},
        {"a marker before everything", {1400, 9000}, {MARKER, 3}, 2, {NONE, 3}, {0, 1000}, 0, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct counter counter;
        double last;
        unsigned resets = 0, appeared = 0;
        counter_init(&counter, &last, 1, 1000, 1000);
        for (size_t k = 0; k < cases[i].count; k++) {
            double increase = NONE;
            struct counter_step step = {0};
            bool marker = cases[i].value[k] == MARKER;
            if (marker) counter_marker(&counter, cases[i].time_ms[k]);
            bool told = !marker && counter_sample(&counter, cases[i].time_ms[k], &cases[i].value[k], &increase, &step);
            if (told != (cases[i].want[k] != NONE) || increase != cases[i].want[k])
                fail_msg("%s: sample %zu tells %g, wanted %g", cases[i].what, k, increase, cases[i].want[k]);
            if (told && step.watched_ms != cases[i].watched_ms[k])
                fail_msg("%s: sample %zu watched %lld ms", cases[i].what, k, (long long)step.watched_ms);
            resets += step.reset;
            appeared += step.appeared;
        }
        if (resets != cases[i].resets || appeared != cases[i].appeared) fail_msg("%s: %u resets, %u new", cases[i].what, resets, appeared);
    }
}

static void test_counter_sample__counters_of_one_scrape_start_again_together(void **state) {
    (void)state;
    static const double rows[3][3] = {{2, 5, 9}, {4, 8, 12}, {3, 8.5, 12}};
    struct counter counter;
    double last[3], increase[3];
    struct counter_step step;
    counter_init(&counter, last, 3, 0, 0);
    assert_false(counter_sample(&counter, 100, rows[0], increase, &step));
    assert_true(counter_sample(&counter, 200, rows[1], increase, &step));
    assert_false(step.reset);
    for (size_t i = 0; i < 3; i++) assert_true(increase[i] == rows[1][i] - rows[0][i]);
    assert_true(counter_sample(&counter, 300, rows[2], increase, &step));
    assert_true(step.reset);
    for (size_t i = 0; i < 3; i++) assert_true(increase[i] == rows[2][i]);
}

static void test_counter_sample__far_times_do_not_overflow(void **state) {
    (void)state;
    struct counter counter;
    double last, increase, values[] = {1, 2.5};
    struct counter_step step;
    counter_init(&counter, &last, 1, INT64_MIN, 0);
    assert_false(counter_sample(&counter, INT64_MIN, &values[0], &increase, &step));
    assert_true(counter_sample(&counter, INT64_MAX, &values[1], &increase, &step));
    assert_true(increase == 1.5);
    assert_true(step.watched_ms == INT64_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counter_sample__tells_increases),
        cmocka_unit_test(test_counter_sample__counters_of_one_scrape_start_again_together),
        cmocka_unit_test(test_counter_sample__far_times_do_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
