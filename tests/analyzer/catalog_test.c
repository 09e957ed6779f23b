// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/catalog.h"
#include "base/file.h"
#include "good_config.h"

struct folder {
    struct arena arena;
    char dir[64];
    struct catalog *catalog;
};

static int make_place(void **state) {
    struct folder *p = calloc(1, sizeof *p);
    strcpy(p->dir, "/tmp/serin-catalog-XXXXXX");
    *state = p;
    return p == NULL || mkdtemp(p->dir) == NULL;
}

static int remove_place(void **state) {
    struct folder *p = *state;
    char *command = arena_printf(&p->arena, "rm -rf %s", p->dir);
    catalog_close(p->catalog);
    int code = system(command);
    arena_finish(&p->arena);
    free(p);
    return code;
}

static void put(struct folder *p, const char *file, const char *text) {
    struct error err = {0};
    if (!file_write(arena_printf(&p->arena, "%s/%s", p->dir, file), view_of(text), &err)) fail_msg("%s", err.text);
}

static void put_canary(struct folder *p, const char *file, const char *canary) {
    put(p, file, edited_config(&p->arena, "canary: shop", arena_printf(&p->arena, "canary: %s", canary)));
}

static void read_dir(struct folder *p, int64_t now_ms) {
    struct error err = {0};
    bool ok = p->catalog != NULL ? catalog_reload(p->catalog, now_ms, &err) : (p->catalog = catalog_open(p->dir, now_ms, &err)) != NULL;
    if (!ok) fail_msg("%s", err.text);
}

static void test_catalog__finds_configs_by_canary_and_by_file(void **state) {
    struct folder *p = *state;
    put_canary(p, "pay.yaml", "zebra");
    put_canary(p, "cart.json", "antelope");
    put_canary(p, ".hidden.yaml", "hidden");
    put(p, "notes.txt", "no config");
    read_dir(p, 1111);
    const struct catalog_view *view = catalog_take(p->catalog);
    assert_int_equal(view->count, 2);
    assert_int_equal(view->problem_count, 0);
    assert_int_equal(view->read_ms, 1111);
    assert_string_equal(view->entries[0]->name, "antelope");
    assert_string_equal(catalog_find(view, "zebra")->stem, "pay");
    assert_string_equal(catalog_find(view, "cart")->name, "antelope");
    assert_null(catalog_find(view, "hidden"));
    assert_null(catalog_find(view, "notes"));
    assert_true(catalog_find(view, "zebra")->text.len > 100);
    assert_int_equal(strlen(catalog_find(view, "zebra")->sha256), 64);
    catalog_release(p->catalog, view);
}

static void test_catalog__keeps_what_a_broken_file_held(void **state) {
    struct folder *p = *state;
    put_canary(p, "pay.yaml", "zebra");
    put(p, "bad.yaml", "canary: [");
    read_dir(p, 1);
    const struct catalog_view *first = catalog_take(p->catalog);
    assert_int_equal(first->count, 1);
    assert_int_equal(first->problem_count, 1);
    assert_non_null(strstr(first->problems[0].file, "bad.yaml"));
    put(p, "pay.yaml", "canary: zebra\nmetriks: []\n");
    read_dir(p, 2);
    const struct catalog_view *second = catalog_take(p->catalog);
    const struct catalog_entry *kept = catalog_find(second, "zebra");
    assert_int_equal(second->problem_count, 2);
    assert_true(kept != NULL && kept->kept);
    assert_non_null(strstr(kept->text.ptr, "errors"));
    assert_true(second->problems[1].count > 0 && second->problems[1].findings[0].line > 0);
    assert_false(catalog_find(first, "zebra")->kept); // an older view stays as it was
    catalog_release(p->catalog, first);
    catalog_release(p->catalog, second);
    read_dir(p, 3); // still there at the next reading
    second = catalog_take(p->catalog);
    assert_non_null(catalog_find(second, "zebra"));
    catalog_release(p->catalog, second);
}

static void test_catalog__refuses_a_second_config_of_a_name(void **state) {
    struct folder *p = *state;
    put_canary(p, "a.yaml", "zebra");
    put_canary(p, "b.yaml", "zebra");
    put_canary(p, "a.yml", "lion");
    read_dir(p, 1);
    const struct catalog_view *view = catalog_take(p->catalog);
    assert_int_equal(view->count, 1);
    assert_int_equal(view->problem_count, 2);
    assert_string_equal(catalog_find(view, "zebra")->stem, "a");
    assert_non_null(strstr(view->problems[0].findings[0].text, "a.yaml"));
    catalog_release(p->catalog, view);
}

static void test_catalog__sees_that_files_changed(void **state) {
    struct folder *p = *state;
    put_canary(p, "a.yaml", "zebra");
    read_dir(p, 1);
    assert_false(catalog_is_outdated(p->catalog));
    put_canary(p, "b.yaml", "lion");
    assert_true(catalog_is_outdated(p->catalog));
    read_dir(p, 2);
    assert_false(catalog_is_outdated(p->catalog));
    assert_int_equal(unlink(arena_printf(&p->arena, "%s/a.yaml", p->dir)), 0);
    assert_true(catalog_is_outdated(p->catalog));
    read_dir(p, 3);
    const struct catalog_view *view = catalog_take(p->catalog);
    assert_null(catalog_find(view, "zebra"));
    catalog_release(p->catalog, view);
}

static void test_catalog__a_folder_that_cannot_be_read_changes_nothing(void **state) {
    struct folder *p = *state;
    struct error err = {0};
    put_canary(p, "a.yaml", "zebra");
    read_dir(p, 1);
    char *other = arena_printf(&p->arena, "%s.gone", p->dir);
    assert_int_equal(rename(p->dir, other), 0);
    assert_false(catalog_reload(p->catalog, 2, &err));
    assert_int_equal(err.code, ERROR_IO);
    assert_true(catalog_is_outdated(p->catalog)); // so that it is read again, and told
    const struct catalog_view *view = catalog_take(p->catalog);
    assert_int_equal(view->read_ms, 1);
    catalog_release(p->catalog, view);
    assert_int_equal(rename(other, p->dir), 0);
    assert_false(catalog_is_outdated(p->catalog));
    assert_null(catalog_open(other, 1, &err));
}

static void *read_views(void *user) {
    struct folder *p = user;
    for (size_t i = 0; i < 2000; i++) {
        const struct catalog_view *view = catalog_take(p->catalog);
        if (catalog_find(view, "zebra") == NULL) abort();
        catalog_release(p->catalog, view);
    }
    return NULL;
}

static void test_catalog__views_outlive_reloads(void **state) {
    struct folder *p = *state;
    pthread_t readers[3];
    put_canary(p, "a.yaml", "zebra");
    read_dir(p, 1);
    for (size_t i = 0; i < 3; i++) assert_int_equal(pthread_create(&readers[i], NULL, read_views, p), 0);
    for (int64_t i = 0; i < 20; i++) read_dir(p, i);
    for (size_t i = 0; i < 3; i++) pthread_join(readers[i], NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_catalog__finds_configs_by_canary_and_by_file, make_place, remove_place),
        cmocka_unit_test_setup_teardown(test_catalog__keeps_what_a_broken_file_held, make_place, remove_place),
        cmocka_unit_test_setup_teardown(test_catalog__refuses_a_second_config_of_a_name, make_place, remove_place),
        cmocka_unit_test_setup_teardown(test_catalog__sees_that_files_changed, make_place, remove_place),
        cmocka_unit_test_setup_teardown(test_catalog__a_folder_that_cannot_be_read_changes_nothing, make_place, remove_place),
        cmocka_unit_test_setup_teardown(test_catalog__views_outlive_reloads, make_place, remove_place),
    };
    return cmocka_run_group_tests_name("catalog", tests, NULL, NULL);
}
