// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/run_archive.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/timetext.h"

#define PAGE 4096
#define DAY_MS INT64_C(86400000)

struct place {
    char dir[64];
    struct run_archive *archive;
};

static void begin(struct place *p, uint64_t most_bytes) {
    struct error err;
    *p = (struct place){.dir = "/tmp/serin-archive-XXXXXX"};
    if (mkdtemp(p->dir) == NULL) fail_msg("no directory");
    p->archive = run_archive_open(p->dir, most_bytes, 0, &err);
    if (p->archive == NULL) fail_msg("%s", err.text);
}

static uint64_t bytes_of(struct place *p) {
    struct run_archive_counts counts;
    run_archive_counts(p->archive, &counts);
    return counts.bytes;
}

static uint64_t looks_of(struct place *p) {
    struct run_archive_counts counts;
    run_archive_counts(p->archive, &counts);
    return counts.looks;
}

// Everything is older than a day that is still to come.
static void end(struct place *p) {
    run_archive_trim(p->archive, 1, wall_now_ms() + DAY_MS);
    assert_int_equal(bytes_of(p), 0);
    run_archive_close(p->archive);
    assert_int_equal(rmdir(p->dir), 0);
}

static bool keep(struct place *p, const char *id, const char *name, const char *text) {
    struct error err;
    bool ok = run_archive_keep(p->archive, id, name, view_of(text), &err);
    if (!ok) assert_int_equal(err.code, ERROR_LIMIT);
    return ok;
}

static void check(struct place *p, const char *id, const char *only, const char *want) {
    struct buf out;
    struct error err = {0};
    bool found;
    buf_init(&out, 1 << 20);
    assert_true(run_archive_read(p->archive, id, only, &out, &found, &err));
    assert_int_equal(found, want != NULL);
    if (found) assert_string_equal(buf_text(&out), want);
    buf_finish(&out);
}

static void test_run_archive__gives_what_was_kept_of_an_analysis(void **state) {
    (void)state;
    struct place p;
    begin(&p, 1 << 20);
    assert_true(keep(&p, "0b", "run", "R"));
    check(&p, "0b", NULL, NULL); // no look yet
    assert_true(keep(&p, "0b", "look-02", "2"));
    assert_true(keep(&p, "0b", "look-01", "1"));
    assert_true(keep(&p, "0a", "look-01", "other"));
    check(&p, "0b", NULL, "12R");
    check(&p, "0b", "look-02", "2R");
    check(&p, "0b", "look-0", NULL);
    check(&p, "0c", NULL, NULL);
    assert_true(run_archive_holds(p.archive, "0b", "run"));
    assert_false(run_archive_holds(p.archive, "0a", "run"));
    end(&p);
}

static void test_run_archive__knows_its_size_when_it_is_opened_again(void **state) {
    (void)state;
    struct place p;
    struct error err;
    begin(&p, 1 << 20);
    assert_true(keep(&p, "0a", "run", "R"));
    assert_true(keep(&p, "0a", "look-01", "1"));
    assert_true(keep(&p, "0a", "look-01", "again, in place of it"));
    assert_int_equal(bytes_of(&p), 2 * PAGE);
    run_archive_close(p.archive);
    p.archive = run_archive_open(p.dir, 1 << 20, 0, &err);
    assert_non_null(p.archive);
    assert_int_equal(bytes_of(&p), 2 * PAGE);
    end(&p);
}

static void test_run_archive__is_never_larger_than_it_may_be(void **state) {
    (void)state;
    struct place p;
    char id[16];
    begin(&p, 16 * PAGE);
    for (int i = 0; i < 16; i++) {
        snprintf(id, sizeof id, "%02d", i);
        assert_true(keep(&p, id, "look-01", "x"));
    }
    assert_false(keep(&p, "16", "look-01", "x"));
    run_archive_trim(p.archive, 0, wall_now_ms());
    assert_int_equal(bytes_of(&p), 12 * PAGE);
    check(&p, "03", NULL, NULL);
    check(&p, "04", NULL, "x");
    assert_true(keep(&p, "16", "look-01", "x"));
    run_archive_trim(p.archive, 0, wall_now_ms()); // it is not nearly full
    assert_int_equal(bytes_of(&p), 13 * PAGE);
    end(&p);
}

static void test_run_archive__deletes_what_is_old(void **state) {
    (void)state;
    struct place p;
    begin(&p, 1 << 20);
    assert_true(keep(&p, "0a", "look-01", "x"));
    run_archive_trim(p.archive, DAY_MS, wall_now_ms());
    check(&p, "0a", NULL, "x");
    run_archive_trim(p.archive, 0, wall_now_ms() + 400 * DAY_MS); // for ever
    check(&p, "0a", NULL, "x");
    run_archive_trim(p.archive, DAY_MS, wall_now_ms() + 2 * DAY_MS);
    check(&p, "0a", NULL, NULL);
    run_archive_close(p.archive);
    assert_int_equal(rmdir(p.dir), 0);
}

static void test_run_archive__does_not_give_more_than_asked_for(void **state) {
    (void)state;
    struct place p;
    struct buf out;
    struct error err;
    bool found;
    begin(&p, 1 << 20);
    assert_true(keep(&p, "0a", "look-01", "some text"));
    assert_true(keep(&p, "0a", "look-02", "some text"));
    buf_init(&out, 12);
    assert_false(run_archive_read(p.archive, "0a", NULL, &out, &found, &err));
    assert_int_equal(err.code, ERROR_LIMIT);
    buf_finish(&out);
    end(&p);
}

static void test_run_archive__names_looks_as_recorded_watches_do(void **state) {
    (void)state;
    char name[RUN_ARCHIVE_NAME];
    run_archive_look_name(2, 1, name);
    assert_string_equal(name, "look-02");
    run_archive_look_name(120, 3, name);
    assert_string_equal(name, "look-120-3");
}

static void test_run_archive__leaves_room_on_the_disk(void **state) {
    (void)state;
    struct place p;
    struct error err;
    begin(&p, 1 << 20);
    assert_true(keep(&p, "0a", "look-01", "x"));
    run_archive_close(p.archive);
    p.archive = run_archive_open(p.dir, 1 << 20, UINT64_MAX, &err); // no disk has that much
    assert_non_null(p.archive);
    assert_false(run_archive_keep(p.archive, "0a", "look-02", view_of("x"), &err));
    assert_int_equal(err.code, ERROR_LIMIT);
    assert_non_null(strstr(err.text, "are left to others"));
    check(&p, "0a", NULL, "x"); // what was there stays
    end(&p);
}

static void write_file(struct place *p, const char *name) {
    struct arena arena = {0};
    struct error err;
    if (!file_write(arena_printf(&arena, "%s/%s", p->dir, name), view_of("x"), &err)) fail_msg("%s", err.text);
    arena_finish(&arena);
}

static void test_run_archive__deletes_what_stands_for_no_look(void **state) {
    (void)state;
    struct place p;
    char names[][RUN_ARCHIVE_NAME] = {"look-01", "look-02-2"};
    begin(&p, 1 << 20);
    static const char *const there[] = {"run", "look-01", "look-02", "look-02-2", "look-010"};
    for (size_t i = 0; i < 5; i++) assert_true(keep(&p, "0a", there[i], there[i]));
    write_file(&p, "0a/look-03.tar.4711.tmp"); // left by a kill
    assert_int_equal(looks_of(&p), 4);
    assert_int_equal(run_archive_prune(p.archive, "0a", names, 2), 3);
    check(&p, "0a", NULL, "look-01look-02-2run");
    assert_int_equal(looks_of(&p), 2);
    assert_int_equal(run_archive_prune(p.archive, "0a", names, 2), 0);
    run_archive_drop(p.archive, "0a", "look-01");
    run_archive_drop(p.archive, "0a", "look-01");
    check(&p, "0a", NULL, "look-02-2run");
    assert_int_equal(run_archive_prune(p.archive, "0a", NULL, 0), 2);
    assert_int_equal(bytes_of(&p), 0);
    run_archive_close(p.archive);
    assert_int_equal(rmdir(p.dir), 0);
}

static void test_run_archive__leaves_alone_what_is_not_its_own(void **state) {
    (void)state;
    struct place p;
    char path[96];
    begin(&p, 1 << 20);
    snprintf(path, sizeof path, "%s/lost+found", p.dir);
    assert_int_equal(mkdir(path, 0700), 0);
    write_file(&p, "lost+found/look-01.tar");
    assert_true(keep(&p, "0a", "look-01", "x"));
    write_file(&p, "0a/notes");
    run_archive_trim(p.archive, 1, wall_now_ms() + DAY_MS);
    assert_int_equal(bytes_of(&p), 0);
    static const char *const left[] = {"0a/notes", "lost+found/look-01.tar", "0a", "lost+found"};
    for (size_t i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s/%s", p.dir, left[i]);
        assert_int_equal(remove(path), 0);
    }
    end(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_run_archive__gives_what_was_kept_of_an_analysis),
        cmocka_unit_test(test_run_archive__knows_its_size_when_it_is_opened_again),
        cmocka_unit_test(test_run_archive__is_never_larger_than_it_may_be),
        cmocka_unit_test(test_run_archive__deletes_what_is_old),
        cmocka_unit_test(test_run_archive__does_not_give_more_than_asked_for),
        cmocka_unit_test(test_run_archive__names_looks_as_recorded_watches_do),
        cmocka_unit_test(test_run_archive__leaves_room_on_the_disk),
        cmocka_unit_test(test_run_archive__deletes_what_stands_for_no_look),
        cmocka_unit_test(test_run_archive__leaves_alone_what_is_not_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
