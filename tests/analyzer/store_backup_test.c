// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store_place.h"

struct writing {
    struct place *p;
    pthread_mutex_t mutex; // guards written and stop
    pthread_cond_t more;
    int written;
    bool stop;
};

// Two memos a batch, so that a copy with one of them alone would be of no commit.
static void *write_pairs(void *user) {
    struct writing *w = user;
    bool stop = false;
    for (int i = 0; !stop; i++) {
        char key[32];
        struct store_outcome outcome;
        struct store_batch *batch = store_batch_create();
        snprintf(key, sizeof key, "%d", i);
        store_batch_memo(batch, "left", key, "1", PLACE_NOW);
        store_batch_memo(batch, "right", key, "1", PLACE_NOW);
        bool ok = store_submit_wait(w->p->store, batch, &outcome);
        pthread_mutex_lock(&w->mutex);
        w->written += ok;
        stop = w->stop || !ok;
        pthread_cond_signal(&w->more);
        pthread_mutex_unlock(&w->mutex);
    }
    return NULL;
}

static int wait_written(struct writing *w, int wanted) {
    pthread_mutex_lock(&w->mutex);
    while (w->written < wanted) pthread_cond_wait(&w->more, &w->mutex);
    int written = w->written;
    pthread_mutex_unlock(&w->mutex);
    return written;
}

static bool count_one(void *user, const char *key, const char *json, int64_t at_ms) {
    (void)key, (void)json, (void)at_ms;
    ++*(int *)user;
    return true;
}

static void check_copy(struct place *p, const char *path, int least, int most) {
    struct error err = {0};
    int left = 0, right = 0;
    const char *where = path;
    path = strncmp(path, "sqlite:", 7) == 0 ? path + 7 : path;
    struct store *copy = store_open(where, &(struct store_options){0}, &err);
    if (copy == NULL || !store_check(copy, &err)) fail_msg("%s", err.text);
    assert_true(store_each_memo(copy, "left", count_one, &left, NULL) && store_each_memo(copy, "right", count_one, &right, NULL));
    store_close(copy);
    assert_int_equal(left, right);
    assert_in_range(left, least, most);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(system(arena_printf(&p->arena, "test $(ls %s | grep -c tmp) = 0", p->dir)), 0);
}

static void test_store_backup__is_of_one_commit_while_others_write(void **state) {
    struct place *p = *state;
    struct writing w = {.p = p, .mutex = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER};
    const char *path = arena_printf(&p->arena, "%s/copy.sqlite", p->dir);
    pthread_t writer;
    assert_int_equal(pthread_create(&writer, NULL, write_pairs, &w), 0);
    for (int round = 1; round <= 3; round++) {
        struct error err = {0};
        int before = wait_written(&w, 20 * round);
        if (!store_backup(p->store, path, &err)) fail_msg("%s", err.text);
        check_copy(p, path, before, wait_written(&w, before) + 1);
    }
    pthread_mutex_lock(&w.mutex);
    w.stop = true;
    pthread_mutex_unlock(&w.mutex);
    pthread_join(writer, NULL);
}

static void test_store_backup__takes_the_place_of_a_store(void **state) {
    struct place *p = *state;
    struct error err = {0};
    char before[4096];
    place_add(p, "a1");
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(p->dir), 0);
    static const char *const names[] = {"file:copy?mode=memory", ":memory:", "copy"}; // names that SQLite would take for something else
    for (size_t i = 0; i < 3; i++) {
        const char *where = arena_printf(&p->arena, "sqlite:%s", names[i]);
        if (!store_backup(p->store, names[i], &err)) fail_msg("%s", err.text);
        check_copy(p, where, 0, 0);
        struct place restored = {.store = store_open(where, &(struct store_options){.owner = true}, &err)};
        if (restored.store == NULL) fail_msg("%s", err.text);
        assert_string_equal(place_get(&restored, "a1").id, "a1");
        assert_int_equal(access(arena_printf(&p->arena, "%s-wal", names[i]), F_OK), 0);
        store_close(restored.store);
        arena_finish(&restored.arena);
    }
    assert_int_equal(chdir(before), 0);
}

static void refused(struct place *p, const char *path, const char *part) {
    struct error err = {0};
    if (store_backup(p->store, path, &err)) fail_msg("%s: written", path);
    if (strstr(err.text, part) == NULL) fail_msg("%s", err.text);
}

static void test_store_backup__refuses_places_it_must_not_write(void **state) {
    struct place *p = *state;
    const char *other = arena_printf(&p->arena, "%s/link", p->dir);
    place_add(p, "a1");
    refused(p, p->path, "itself; name another");
    assert_int_equal(symlink(p->path, other), 0);
    refused(p, other, "itself; name another");
    refused(p, p->dir, "not a file");
    refused(p, arena_printf(&p->arena, "%s/no/copy", p->dir), "No such file");
    assert_string_equal(place_get(p, "a1").id, "a1");
}

static void test_store_check__finds_damage(void **state) {
    struct place *p = *state;
    struct error err = {0};
    char page[4096];
    for (int i = 0; i < 200; i++) place_add(p, arena_printf(&p->arena, "a%03d", i));
    place_reopen(p); // all is in the file now, nothing in the log
    store_close(p->store);
    p->store = NULL;
    memset(page, 0x5a, sizeof page);
    int file = open(p->path, O_WRONLY);
    assert_true(file >= 0);
    assert_int_equal(pwrite(file, page, sizeof page, 20 * 4096), sizeof page);
    close(file);
    place_open(p);
    assert_false(store_check(p->store, &err));
    assert_int_equal(err.code, ERROR_DATA);
    assert_non_null(strstr(err.text, "backup"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_store_backup__is_of_one_commit_while_others_write, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_store_backup__takes_the_place_of_a_store, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_store_backup__refuses_places_it_must_not_write, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_store_check__finds_damage, place_make, place_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
