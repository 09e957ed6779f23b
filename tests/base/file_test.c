// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

static char dir[] = "/tmp/serin-file-XXXXXX";

static int set_up(void **state) {
    (void)state;
    return mkdtemp(dir) != NULL ? 0 : 1;
}

static int tear_down(void **state) {
    (void)state;
    char path[64];
    snprintf(path, sizeof path, "%s/a", dir);
    unlink(path);
    snprintf(path, sizeof path, "%s/x/y", dir);
    rmdir(path);
    snprintf(path, sizeof path, "%s/x", dir);
    rmdir(path);
    return rmdir(dir);
}

static size_t entries(void) {
    DIR *d = opendir(dir);
    size_t count = 0;
    assert_non_null(d);
    for (const struct dirent *e; (e = readdir(d)) != NULL;) count += e->d_name[0] != '.';
    closedir(d);
    return count;
}

static void test_file__written_whole_and_read_back(void **state) {
    (void)state;
    struct arena arena = {0};
    struct error err = {0};
    struct view text;
    const char *path = arena_printf(&arena, "%s/a", dir);
    assert_true(file_write(path, (struct view){"one\0two\n", 8}, &err));
    assert_true(file_write(path, (struct view){"three\0four\n", 11}, &err)); // replaces
    assert_true(file_read(path, 11, &arena, &text, &err));
    assert_int_equal(text.len, 11);
    assert_memory_equal(text.ptr, "three\0four\n", 12); // the NUL behind it too
    assert_int_equal(entries(), 1);                     // no temporary file stays
    assert_false(file_read(path, 10, &arena, &text, &err));
    assert_int_equal(err.code, ERROR_LIMIT);
    arena_finish(&arena);
}

static void test_file__errors_name_the_path(void **state) {
    (void)state;
    struct arena arena = {0};
    struct error err = {0};
    struct view text;
    const char *missing = arena_printf(&arena, "%s/no/such", dir);
    assert_false(file_read(missing, 100, &arena, &text, &err));
    assert_int_equal(err.code, ERROR_IO);
    assert_non_null(strstr(err.text, missing));
    assert_false(file_read(dir, 100, &arena, &text, &err)); // a directory
    assert_non_null(strstr(err.text, "directory"));
    assert_false(file_write(missing, view_of("x"), &err));
    assert_non_null(strstr(err.text, missing));
    size_t before = entries();
    assert_false(file_write(dir, view_of("x"), &err)); // a directory cannot be replaced
    assert_int_equal(entries(), before);
    arena_finish(&arena);
}

static void test_file__takes_the_place_of_another_but_not_of_what_it_copies(void **state) {
    (void)state;
    struct arena arena = {0};
    struct error err = {0};
    struct view text;
    const char *from = arena_printf(&arena, "%s/from", dir), *to = arena_printf(&arena, "%s/to", dir);
    const char *again = arena_printf(&arena, "%s/again", dir), *temporary = arena_printf(&arena, "%s/temporary", dir);
    assert_true(file_write(from, view_of("from"), &err));
    assert_true(file_may_replace(to, from, &err)); // there is none
    assert_true(file_write(to, view_of("to"), &err));
    assert_true(file_may_replace(to, from, &err));
    assert_int_equal(link(from, again), 0);
    assert_false(file_may_replace(again, from, &err));
    assert_non_null(strstr(err.text, "itself"));
    assert_false(file_may_replace(dir, from, &err));
    assert_int_equal(err.code, ERROR_USAGE);
    assert_true(file_write(temporary, view_of("new"), &err));
    assert_true(file_replace(temporary, to, &err));
    assert_true(file_read(to, 100, &arena, &text, &err));
    assert_string_equal(text.ptr, "new");
    assert_false(file_replace(temporary, to, &err)); // it is gone
    assert_non_null(strstr(err.text, temporary));
    assert_int_equal(unlink(from) + unlink(to) + unlink(again), 0);
    arena_finish(&arena);
}

static void test_file__makes_directories_with_their_parents(void **state) {
    (void)state;
    struct arena arena = {0};
    struct error err = {0};
    const char *deep = arena_printf(&arena, "%s/x/y", dir);
    assert_true(file_make_dir(deep, &err));
    assert_true(file_make_dir(deep, &err));
    assert_true(file_make_dir(arena_printf(&arena, "%s/x/", dir), &err));
    assert_true(file_write(arena_printf(&arena, "%s/a", dir), view_of("x"), &err));
    assert_false(file_make_dir(arena_printf(&arena, "%s/a", dir), &err));
    assert_false(file_make_dir(arena_printf(&arena, "%s/a/b", dir), &err));
    assert_false(file_make_dir("", &err));
    arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file__written_whole_and_read_back),
        cmocka_unit_test(test_file__errors_name_the_path),
        cmocka_unit_test(test_file__takes_the_place_of_another_but_not_of_what_it_copies),
        cmocka_unit_test(test_file__makes_directories_with_their_parents),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
