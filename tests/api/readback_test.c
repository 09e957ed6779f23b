// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/readback.h"

#define HOUR INT64_C(3600000)
#define NOW (INT64_C(1000) * HOUR)

// Newest first.
static struct store_analysis rows[] = {
    {.id = "6", .canary = "shop", .state = STORE_OPEN, .created_ms = NOW - HOUR, .version = "2", .score = (double)NAN},
    {.id = "5",
     .canary = "cart",
     .state = STORE_DONE,
     .verdict = "fail",
     .score = 40,
     .created_ms = NOW - 3 * HOUR,
     .finished_ms = NOW - 2 * HOUR,
     .key = "flagger:eu/cart:c1:1:aa"},
    {.id = "4",
     .canary = "shop",
     .state = STORE_DONE,
     .verdict = "pass",
     .score = 92.5,
     .created_ms = NOW - 4 * HOUR,
     .finished_ms = NOW - 3 * HOUR,
     .version = "1"},
    {.id = "3",
     .canary = "soap",
     .state = STORE_DONE,
     .verdict = "error",
     .score = (double)NAN,
     .created_ms = NOW - 6 * HOUR,
     .finished_ms = NOW - 5 * HOUR},
    {.id = "2",
     .canary = "rope",
     .state = STORE_CANCELLED,
     .score = (double)NAN,
     .created_ms = NOW - 8 * HOUR,
     .finished_ms = NOW - 7 * HOUR},
    {.id = "1",
     .canary = "old",
     .state = STORE_DONE,
     .verdict = "pass",
     .score = 100,
     .created_ms = NOW - 60 * HOUR,
     .finished_ms = NOW - 50 * HOUR},
};

static const struct store_analyses all = {rows, sizeof rows / sizeof rows[0], NULL};

static void test_readback__tells_the_newest_verdict_of_each_canary(void **state) {
    static const struct {
        const char *query, *values; // joined by blanks
    } cases[] = {
        {"serin_verdict", "0 -1"},
        {"serin_verdict{canary=\"shop\"}", "0"},
        {"serin_verdict{canary=\"shop\",version=\"1\"}", "1"},
        {"serin_verdict{canary!=\"shop\"}", "-1"},
        {"serin_verdict{run_key=\"eu/cart\"}", "-1"},
        {"serin_verdict{run_key=\"eu/shop\"}", ""},
        {"serin_verdict{canary=\"soap\"}", ""},
        {"serin_verdict{canary=\"rope\"}", ""},
        {"serin_verdict{canary=\"old\"}", ""},
        {"serin_verdict{pod=\"x\"}", ""},
        {" min( serin_verdict ) ", "-1"},
        {"max(serin_verdict{canary=~\"x\"})", NULL},
        {"max (serin_verdict)", "0"},
        {"serin_score{canary=\"shop\"}", ""},
        {"serin_score{version=\"1\"}", "92.5"},
        {"{__name__=\"serin_score\",canary=\"cart\"}", "40"},
        {"vector(1)", "1"},
        {"vector( 2.5 )", "2.5"},
        {"up", NULL},
        {"", NULL},
        {"min()", NULL},
        {"min(serin_verdict", NULL},
        {"serin_verdict[5m]", NULL},
        {"sum(serin_verdict)", NULL},
        {"vector(x)", NULL},
        {"serin_verdict + 1", NULL},
        {"{canary=\"shop\"}", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena arena = {0};
        struct readback query;
        struct error err = {0};
        bool ok = readback_parse(view_of(cases[i].query), &arena, &query, &err);
        if (ok != (cases[i].values != NULL)) fail_msg("%s: %s", cases[i].query, ok ? "taken" : err.text);
        if (ok) {
            char text[256] = "";
            json_t *data = readback_instant(&query, &all, NOW), *item;
            size_t k;
            assert_string_equal(json_string_value(json_object_get(data, "resultType")), "vector");
            json_array_foreach(json_object_get(data, "result"), k, item) {
                if (k > 0) strcat(text, " ");
                strcat(text, json_string_value(json_array_get(json_object_get(item, "value"), 1)));
            }
            if (strcmp(text, cases[i].values) != 0) fail_msg("%s: %s instead of %s", cases[i].query, text, cases[i].values);
            json_decref(data);
        }
        arena_finish(&arena);
    }
}

static void test_readback__tells_what_was_known_at_each_time(void **state) {
    struct arena arena = {0};
    struct readback query;
    struct error err = {0};
    (void)state;
    assert_true(readback_parse(view_of("serin_verdict{canary=\"shop\"}"), &arena, &query, &err));
    json_t *data = readback_range(&query, &all, NOW - 5 * HOUR, NOW, HOUR);
    json_t *result = json_object_get(data, "result"), *pair;
    static const char *const expected[] = {"0", "1", "1", "0", "0"}; // absent at the begin, then open, passed, open again
    assert_int_equal(json_array_size(result), 1);
    json_t *values = json_object_get(json_array_get(result, 0), "values");
    assert_int_equal(json_array_size(values), 5);
    size_t i;
    json_array_foreach(values, i, pair) assert_string_equal(json_string_value(json_array_get(pair, 1)), expected[i]);
    json_decref(data);
    assert_true(readback_parse(view_of("7"), &arena, &query, &err));
    data = readback_instant(&query, &all, NOW);
    assert_string_equal(json_string_value(json_object_get(data, "resultType")), "scalar");
    json_decref(data);
    arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_readback__tells_the_newest_verdict_of_each_canary),
        cmocka_unit_test(test_readback__tells_what_was_known_at_each_time),
    };
    return cmocka_run_group_tests_name("readback", tests, NULL, NULL);
}
