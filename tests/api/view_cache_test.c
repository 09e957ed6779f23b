// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "api/view_cache.h"

static void keep(struct view_cache *cache, const char *id, const char *tag, const char *text) {
    struct kept_view view = {.row = {.id = id, .canary = "shop", .verdict = "fail", .state = STORE_DONE, .revision = 3}, .tag = tag};
    view.text = view_of(text);
    view_cache_keep(cache, &view);
}

static void expect(struct view_cache *cache, const char *id, const char *tag, const char *text) {
    struct kept_view found = {0};
    if (view_cache_find(cache, id, &found) != (text != NULL)) fail_msg("%s: %s", id, text != NULL ? "not found" : "found");
    if (text == NULL) return;
    if (!view_is(found.text, text)) fail_msg("%s: %.*s instead of %s", id, (int)found.text.len, found.text.ptr, text);
    assert_string_equal(found.tag, tag);
    assert_string_equal(found.row.id, id);
    assert_string_equal(found.row.canary, "shop");
    assert_string_equal(found.row.verdict, "fail");
    assert_int_equal(found.row.state, STORE_DONE);
    assert_int_equal(found.row.revision, 3);
}

static void test_view_cache__finds_what_was_kept(void **state) {
    struct view_cache *cache = view_cache_create();
    struct kept_view found;
    char own[] = "one";
    (void)state;
    expect(cache, "a1", NULL, NULL);
    keep(cache, "a1", "a1.3", own);
    own[0] = 'x';
    expect(cache, "a1", "a1.3", "one");
    expect(cache, "a2", NULL, NULL);
    keep(cache, "a1", "a1.3.silenced", "two");
    expect(cache, "a1", "a1.3.silenced", "two");
    assert_true(view_cache_find(cache, "a1", &found));
    view_cache_keep(cache, &found);
    expect(cache, "a1", "a1.3.silenced", "two");
    view_cache_destroy(cache);
}

static void test_view_cache__forgets_what_may_be_deleted(void **state) {
    struct view_cache *cache = view_cache_create();
    (void)state;
    expect(cache, "a1", NULL, NULL);
    keep(cache, "a1", "a1.3", "one");
    view_cache_forget(cache);
    keep(cache, "a2", "a2.3", "read before");
    expect(cache, "a1", NULL, NULL);
    expect(cache, "a2", NULL, NULL);
    keep(cache, "a2", "a2.3", "read after");
    expect(cache, "a2", "a2.3", "read after");
    view_cache_destroy(cache);
}

static void test_view_cache__is_bounded(void **state) {
    struct view_cache *cache = view_cache_create();
    char *text = calloc(VIEW_CACHE_MOST_BYTES + 2, 1), id[16];
    size_t there = 0;
    (void)state;
    assert_non_null(text);
    memset(text, 'x', VIEW_CACHE_MOST_BYTES + 1);
    keep(cache, "long", "t", text);
    expect(cache, "long", NULL, NULL);
    text[VIEW_CACHE_MOST_BYTES] = '\0';
    keep(cache, "long", "t", text);
    expect(cache, "long", "t", text);
    for (int i = 0; i < 5000; i++) {
        snprintf(id, sizeof id, "id%d", i);
        keep(cache, id, id, id);
        expect(cache, id, id, id);
    }
    for (int i = 0; i < 5000; i++) {
        struct kept_view found;
        snprintf(id, sizeof id, "id%d", i);
        if (!view_cache_find(cache, id, &found)) continue;
        assert_true(view_is(found.text, id));
        there++;
    }
    assert_in_range(there, VIEW_CACHE_PLACES / 2, VIEW_CACHE_PLACES);
    free(text);
    view_cache_destroy(cache);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_view_cache__finds_what_was_kept),
        cmocka_unit_test(test_view_cache__forgets_what_may_be_deleted),
        cmocka_unit_test(test_view_cache__is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
