// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdalign.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"

static void test_arena__memory_is_zeroed_aligned_and_apart(void **state) {
    (void)state;
    struct arena arena = {0};
    unsigned char *blocks[300];
    for (size_t i = 0; i < 300; i++) {
        size_t size = i * 37 + 1; // passes the size of a block
        blocks[i] = arena_alloc(&arena, size);
        assert_int_equal((uintptr_t)blocks[i] % alignof(max_align_t), 0);
        for (size_t k = 0; k < size; k++) assert_int_equal(blocks[i][k], 0);
        memset(blocks[i], (int)(i % 251) + 1, size);
    }
    for (size_t i = 0; i < 300; i++) {
        assert_int_equal(blocks[i][0], i % 251 + 1);
        assert_int_equal(blocks[i][i * 37], i % 251 + 1);
    }
    assert_true(arena.used >= 300 * 299 / 2 * 37);
    arena_finish(&arena);
    assert_int_equal(arena.used, 0);
    assert_string_equal(arena_strdup(&arena, "usable again"), "usable again");
    arena_finish(&arena);
    arena_finish(&arena);
    arena_finish(NULL);
}

static void test_arena__copies_texts(void **state) {
    (void)state;
    struct arena arena = {0};
    assert_null(arena_strdup(&arena, NULL));
    assert_string_equal(arena_strndup(&arena, "canary", 3), "can");
    assert_string_equal(arena_strndup(&arena, NULL, 0), "");
    assert_string_equal(arena_printf(&arena, "%s %d", "look", 7), "look 7");
    char *large = arena_printf(&arena, "%0*d", 20000, 5);
    assert_int_equal(strlen(large), 20000);
    assert_non_null(arena_array(&arena, 0, 8));
    struct buf buf;
    buf_init(&buf, 64);
    assert_string_equal(arena_take(&arena, &buf), "");
    buf_init(&buf, 64);
    buf_str(&buf, "taken");
    assert_string_equal(arena_take(&arena, &buf), "taken");
    assert_int_equal(buf.len, 0);
    arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arena__memory_is_zeroed_aligned_and_apart),
        cmocka_unit_test(test_arena__copies_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
