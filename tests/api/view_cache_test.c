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

static void expect(const struct view_cache *cache, const char *tag, const char *text) {
    struct view found = {NULL, 0};
    if (view_cache_find(cache, tag, &found) != (text != NULL)) fail_msg("%s: %s", tag, text != NULL ? "not found" : "found");
    if (text != NULL && !view_is(found, text)) fail_msg("%s: %.*s instead of %s", tag, (int)found.len, found.ptr, text);
}

static void test_view_cache__finds_what_was_kept_for_the_tag(void **state) {
    struct view_cache *cache = view_cache_create();
    char own[] = "one";
    (void)state;
    expect(cache, "a1.3", NULL);
    view_cache_keep(cache, "a1.3", view_of(own));
    own[0] = 'x';
    expect(cache, "a1.3", "one");
    expect(cache, "a1.2", NULL);
    expect(cache, "a2.3", NULL);
    view_cache_keep(cache, "a1.4", view_of("two"));
    view_cache_keep(cache, "a1.4", view_of("three"));
    expect(cache, "a1.4", "three");
    view_cache_destroy(cache);
}

static void test_view_cache__is_bounded(void **state) {
    struct view_cache *cache = view_cache_create();
    char *text = calloc(VIEW_CACHE_MOST_BYTES + 2, 1), id[16];
    size_t there = 0;
    (void)state;
    assert_non_null(text);
    memset(text, 'x', VIEW_CACHE_MOST_BYTES + 1);
    view_cache_keep(cache, "long", view_of(text));
    expect(cache, "long", NULL);
    text[VIEW_CACHE_MOST_BYTES] = '\0';
    view_cache_keep(cache, "long", view_of(text));
    expect(cache, "long", text);
    for (int i = 0; i < 5000; i++) {
        snprintf(id, sizeof id, "id%d", i);
        view_cache_keep(cache, id, view_of(id));
        expect(cache, id, id);
    }
    for (int i = 0; i < 5000; i++) {
        struct view found;
        snprintf(id, sizeof id, "id%d", i);
        if (!view_cache_find(cache, id, &found)) continue;
        assert_true(view_is(found, id));
        there++;
    }
    assert_in_range(there, VIEW_CACHE_PLACES / 2, VIEW_CACHE_PLACES);
    free(text);
    view_cache_destroy(cache);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_view_cache__finds_what_was_kept_for_the_tag),
        cmocka_unit_test(test_view_cache__is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
