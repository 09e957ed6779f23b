// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "gate_check.h"

#define AT INT64_C(1735691111000)
#define HOUR_MS INT64_C(3600000)

static const struct gate_check at_most = {.name = "c", .source = "prod", .limits = {.has_max = true, .max = 2.385}, .required = true};
static const struct gate_check between = {
    .name = "c", .source = "prod", .limits = {.has_min = true, .min = -1.5, .has_max = true, .max = 2.385}, .required = true};
static const struct gate_check young = {.name = "c", .source = "prod", .max_age_ms = 6 * HOUR_MS, .required = true};

struct asked {
    struct arena arena;
    struct answer answer;
    struct gate_items items;
};

static void start(struct asked *a) {
    *a = (struct asked){.answer = {.http_status = 200}};
    a->answer.result.outcome = DECODE_OK;
    series_set_init(&a->answer.set);
    a->items.arena = &a->arena;
}

static const struct gate_item *judge(struct asked *a, const struct gate_check *check) {
    gate_check_judge(check, &a->answer, AT, &a->items);
    assert_int_equal(a->items.count, 1);
    assert_int_equal(a->items.items[0].opens == NULL, a->items.items[0].state == GATE_OPEN);
    return &a->items.items[0];
}

static void finish(struct asked *a) {
    series_set_finish(&a->answer.set);
    arena_finish(&a->arena);
}

static void test_gate_check__holds_values_against_the_rule(void **state) {
    (void)state;
    const double at_s = (double)AT / 1000;
    const struct {
        const struct gate_check *check;
        double value;
        enum gate_state state;
    } cases[] = {
        {&at_most, 2.385, GATE_OPEN},
        {&at_most, 2.386, GATE_CLOSED},
        {&at_most, -1e300, GATE_OPEN},
        {&at_most, (double)NAN, GATE_UNKNOWN},
        {&at_most, (double)-INFINITY, GATE_UNKNOWN},
        {&between, -1.5, GATE_OPEN},
        {&between, -1.51, GATE_CLOSED},
        {&between, 2.39, GATE_CLOSED},
        {&young, at_s, GATE_OPEN},
        {&young, at_s - 6 * 3600, GATE_OPEN},
        {&young, at_s - 6 * 3600 - 1, GATE_CLOSED},
        {&young, at_s + 59, GATE_OPEN},
        {&young, at_s + 61, GATE_UNKNOWN},
        {&young, at_s * 1000, GATE_UNKNOWN}, // milliseconds
        {&young, 0, GATE_CLOSED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct asked a;
        start(&a);
        series_append(series_set_add(&a.answer.set), AT, cases[i].value);
        const struct gate_item *item = judge(&a, cases[i].check);
        if (item->state != cases[i].state) fail_msg("case %zu: %s: %s", i, gate_state_name(item->state), item->text);
        assert_int_equal(a.items.state, cases[i].state);
        finish(&a);
    }
}

static void test_gate_check__worst_series_and_last_sample_decide(void **state) {
    (void)state;
    struct asked a;
    start(&a);
    series_append(series_set_add(&a.answer.set), AT, 1);
    struct series *s = series_set_add(&a.answer.set);
    series_append(s, AT - 1000, 1);
    series_append(s, AT, 3.14);
    series_append(series_set_add(&a.answer.set), AT, (double)NAN);
    const struct gate_item *item = judge(&a, &at_most);
    assert_int_equal(item->state, GATE_CLOSED);
    assert_non_null(strstr(item->text, "3.14"));
    finish(&a);
}

static void test_gate_check__nothing_is_no_pass(void **state) {
    (void)state;
    struct asked a;
    start(&a);
    assert_int_equal(judge(&a, &at_most)->state, GATE_UNKNOWN);
    finish(&a);
    start(&a);
    series_set_add(&a.answer.set); // a series without samples, as of native histograms alone
    assert_int_equal(judge(&a, &at_most)->state, GATE_UNKNOWN);
    finish(&a);
    start(&a);
    series_append(series_set_add(&a.answer.set), AT, 1);
    a.answer.result.outcome = DECODE_HTTP_ERROR;
    error_set(&a.answer.result.err, ERROR_SOURCE, "HTTP status 500");
    const struct gate_item *item = judge(&a, &at_most);
    assert_int_equal(item->state, GATE_ERROR);
    assert_string_equal(item->text, "source prod: HTTP status 500");
    finish(&a);
}

static void test_gate_check__that_is_not_required_only_informs(void **state) {
    (void)state;
    struct gate_check check = at_most;
    struct asked a;
    check.required = false;
    start(&a);
    series_append(series_set_add(&a.answer.set), AT, 9);
    assert_int_equal(judge(&a, &check)->state, GATE_CLOSED);
    assert_int_equal(a.items.state, GATE_OPEN);
    finish(&a);
}

static void test_gate_items__worst_state_is_the_gates(void **state) {
    (void)state;
    static const int codes[] = {0, 3, 4, 6, 5};
    struct arena arena = {0};
    for (int worst = GATE_OPEN; worst <= GATE_CLOSED; worst++) {
        struct gate_items items = {.arena = &arena};
        for (int i = 0; i < 40; i++)
            gate_items_add(&items, (struct gate_item){.kind = "check", .state = (enum gate_state)(i == 17 ? worst : 0), .text = ""});
        assert_int_equal(items.count, 40);
        assert_int_equal(items.items[17].state, worst);
        assert_int_equal(items.state, worst);
        assert_int_equal(gate_exit_code(items.state), codes[worst]);
    }
    arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gate_check__holds_values_against_the_rule),
        cmocka_unit_test(test_gate_check__worst_series_and_last_sample_decide),
        cmocka_unit_test(test_gate_check__nothing_is_no_pass),
        cmocka_unit_test(test_gate_check__that_is_not_required_only_informs),
        cmocka_unit_test(test_gate_items__worst_state_is_the_gates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
