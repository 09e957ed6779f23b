// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "store_place.h"

// Ten analyses, two at each time, of two canaries; every third one is done.
static int make_ten(void **state) {
    int code = place_make(state);
    struct place *p = *state;
    for (int i = 0; code == 0 && i < 10; i++) {
        struct store_batch *batch = store_batch_create();
        struct store_analysis a = place_analysis(p, arena_printf(&p->arena, "a%d", i));
        a.created_ms = PLACE_NOW + i / 2;
        a.canary = i % 2 == 0 ? "even" : "odd";
        a.version = i < 5 ? "1" : "2";
        store_batch_add_analysis(batch, &a);
        place_submit(p, batch);
        if (i % 3 == 0) place_finish(p, a.id, i % 2 == 0 ? "pass" : "fail", PLACE_NOW + 100);
    }
    return code;
}

static const char *ids_of(struct place *p, struct store_filter *filter) {
    const char *text = "";
    struct error err = {0};
    do {
        struct store_analyses page;
        if (!store_list(p->store, filter, &p->arena, &page, &err)) fail_msg("%s", err.text);
        if (filter->limit > 0 && page.count > filter->limit) fail_msg("%zu on a page", page.count);
        for (size_t i = 0; i < page.count; i++) text = arena_printf(&p->arena, "%s%s", text, page.items[i].id + 1);
        if (page.next != NULL) text = arena_printf(&p->arena, "%s|", text);
        filter->cursor = page.next;
    } while (filter->cursor != NULL);
    return text;
}

static void test_store_list__filters(void **state) {
    struct place *p = *state;
    static const enum store_state open = STORE_OPEN, done = STORE_DONE, cancelled = STORE_CANCELLED;
    struct {
        struct store_filter filter;
        const char *ids;
    } cases[] = {
        {{0}, "9876543210"},
        {{.canary = "odd"}, "97531"},
        {{.canary = "none"}, ""},
        {{.version = "1"}, "43210"},
        {{.verdict = "fail"}, "93"},
        {{.state = &open}, "875421"},
        {{.state = &done}, "9630"},
        {{.state = &cancelled}, ""},
        {{.since_ms = PLACE_NOW + 2}, "987654"},
        {{.until_ms = PLACE_NOW + 2}, "3210"},
        {{.canary = "even", .version = "2", .state = &open, .since_ms = PLACE_NOW + 1, .until_ms = PLACE_NOW + 5}, "8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *ids = ids_of(p, &cases[i].filter);
        if (strcmp(ids, cases[i].ids) != 0) fail_msg("case %zu: %s, expected %s", i, ids, cases[i].ids);
    }
}

static void test_store_list__pages_hold_each_once(void **state) {
    struct place *p = *state;
    assert_string_equal(ids_of(p, &(struct store_filter){.limit = 1}), "9|8|7|6|5|4|3|2|1|0");
    assert_string_equal(ids_of(p, &(struct store_filter){.limit = 4}), "9876|5432|10");
    assert_string_equal(ids_of(p, &(struct store_filter){.limit = 5, .canary = "odd"}), "97531");
    assert_string_equal(ids_of(p, &(struct store_filter){.limit = 3, .canary = "odd"}), "975|31");
}

static void test_store_list__new_ones_do_not_move_a_page(void **state) {
    struct place *p = *state;
    struct store_analyses page;
    assert_true(store_list(p->store, &(struct store_filter){.limit = 4}, &p->arena, &page, NULL));
    struct store_batch *batch = store_batch_create();
    struct store_analysis a = place_analysis(p, "b");
    a.created_ms = PLACE_NOW + 50;
    store_batch_add_analysis(batch, &a);
    place_submit(p, batch);
    assert_string_equal(ids_of(p, &(struct store_filter){.limit = 4, .cursor = page.next}), "5432|10");
}

static void test_store_list__refuses_what_is_no_cursor(void **state) {
    struct place *p = *state;
    static const char *const bad[] = {"",
                                      ".",
                                      "1",
                                      "1.",
                                      ".a",
                                      "g.a",
                                      "-1.a",
                                      "11111111111111111.a",
                                      "1.12345678901234567890123456789012345678901234567890123456789012345"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct store_analyses page;
        struct error err = {0};
        if (store_list(p->store, &(struct store_filter){.cursor = bad[i]}, &p->arena, &page, &err)) fail_msg("%s", bad[i]);
        assert_int_equal(err.code, ERROR_USAGE);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_store_list__filters, make_ten, place_remove),
        cmocka_unit_test_setup_teardown(test_store_list__pages_hold_each_once, make_ten, place_remove),
        cmocka_unit_test_setup_teardown(test_store_list__new_ones_do_not_move_a_page, make_ten, place_remove),
        cmocka_unit_test_setup_teardown(test_store_list__refuses_what_is_no_cursor, make_ten, place_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
