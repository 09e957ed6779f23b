// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "store_place.h"

static void refused(const char *where, const struct store_options *options, enum error_code code, const char *part) {
    struct error err = {0};
    struct store *store = store_open(where, options, &err);
    if (store != NULL) fail_msg("%s: opened", where);
    if (err.code != code || strstr(err.text, part) == NULL) fail_msg("%d: %s", (int)err.code, err.text);
}

static void test_store_open__keeps_its_files_to_its_owner(void **state) {
    struct place *p = *state;
    static const char *const names[] = {"", ".lock", "-wal", "-shm"};
    for (size_t i = 0; i < 4; i++) {
        struct stat status;
        const char *path = arena_printf(&p->arena, "%s%s", p->path, names[i]);
        if (stat(path, &status) != 0) fail_msg("%s is not there", path);
        assert_int_equal(status.st_mode & 0777, 0600);
    }
}

static void test_store_open__takes_a_path_and_a_scheme(void **state) {
    struct place *p = *state;
    struct error err = {0};
    store_close(p->store);
    p->store = store_open(arena_printf(&p->arena, "sqlite:%s", p->path), &(struct store_options){0}, &err);
    if (p->store == NULL) fail_msg("%s", err.text);
    refused("s3://key:secret@store", &(struct store_options){.create = true}, ERROR_USAGE, "s3: not a kind of store; sqlite:PATH");
    refused("s:store", &(struct store_options){.create = true}, ERROR_USAGE, "sqlite:PATH");
}

static void test_store_open__makes_nothing_unless_told(void **state) {
    struct place *p = *state;
    const char *path = arena_printf(&p->arena, "%s/other.sqlite", p->dir);
    refused(path, &(struct store_options){0}, ERROR_IO, "No such file");
    refused(arena_printf(&p->arena, "%s/no/other.sqlite", p->dir), &(struct store_options){.create = true}, ERROR_IO, "No such file");
    assert_int_not_equal(access(path, F_OK), 0);
}

static void test_store_open__refuses_what_is_no_store(void **state) {
    struct place *p = *state;
    struct store_options create = {.create = true};
    const char *path = arena_printf(&p->arena, "%s/other.sqlite", p->dir);
    assert_true(file_write(path, view_of("canary: checkout-api, and more text than a header of a database has\n"), NULL));
    refused(path, &create, ERROR_DATA, "not a store");
    struct place other = {.path = arena_printf(&p->arena, "%s/third.sqlite", p->dir)};
    place_raw(&other, "CREATE TABLE songs(name)");
    refused(other.path, &create, ERROR_DATA, "something else");
    other.path = arena_printf(&p->arena, "%s/empty.sqlite", p->dir);
    assert_true(file_write(other.path, view_of(""), NULL));
    refused(other.path, &(struct store_options){0}, ERROR_DATA, "empty");
    refused(p->dir, &create, ERROR_USAGE, "not a file");
}

static void test_store_open__refuses_a_newer_schema(void **state) {
    struct place *p = *state;
    store_close(p->store);
    p->store = NULL;
    place_raw(p, "PRAGMA user_version=4711");
    refused(p->path, &(struct store_options){.create = true}, ERROR_USAGE, "newer serin (schema 4711");
}

// Locks are of processes, so another one must be the owner. It is until the pipe is closed, or it is killed.
static pid_t start_owner(struct place *p, int *ret_pipe) {
    int ready[2], end[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(end), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(end[1]);
        struct store *store = store_open(p->path, &(struct store_options){.owner = true}, NULL);
        if (store == NULL || write(ready[1], "y", 1) != 1) _exit(1);
        _exit(read(end[0], &byte, 1) == 0 ? 0 : 1);
    }
    close(ready[1]);
    close(end[0]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    *ret_pipe = end[1];
    return child;
}

static void test_store_open__has_one_owner(void **state) {
    struct place *p = *state;
    struct error err = {0};
    int end, status = 1;
    store_close(p->store);
    p->store = NULL;
    pid_t owner = start_owner(p, &end);
    refused(p->path, &(struct store_options){.owner = true}, ERROR_USAGE, "in use by another serin");
    p->store = store_open(p->path, &(struct store_options){0}, &err);
    if (p->store == NULL) fail_msg("%s", err.text);
    place_add(p, "a1"); // both write
    close(end);
    assert_int_equal(waitpid(owner, &status, 0), owner);
    assert_int_equal(status, 0);
    place_reopen(p);
    assert_string_equal(place_get(p, "a1").id, "a1");
}

static void test_store_open__older_store_is_not_updated_under_its_owner(void **state) {
    struct place *p = *state;
    int end, status = 1;
    store_close(p->store);
    p->store = NULL;
    pid_t owner = start_owner(p, &end);
    place_raw(p, "PRAGMA user_version=1");
    refused(p->path, &(struct store_options){0}, ERROR_USAGE, "in use by another serin");
    close(end);
    assert_int_equal(waitpid(owner, &status, 0), owner);
    assert_int_equal(status, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_store_open__keeps_its_files_to_its_owner, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_store_open__takes_a_path_and_a_scheme, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_store_open__makes_nothing_unless_told, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_store_open__refuses_what_is_no_store, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_store_open__refuses_a_newer_schema, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_store_open__has_one_owner, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_store_open__older_store_is_not_updated_under_its_owner, place_make, place_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
