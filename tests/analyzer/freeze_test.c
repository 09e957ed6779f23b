// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analyzer/freeze.h"
#include "base/buf.h"
#include "base/file.h"

#define NOW INT64_C(1735691111000)
#define HOUR_MS INT64_C(3600000)

struct place {
    struct arena arena;
    char dir[64];
};

static int make_place(void **state) {
    struct place *p = calloc(1, sizeof *p);
    strcpy(p->dir, "/tmp/serin-freeze-XXXXXX");
    *state = p;
    return p == NULL || mkdtemp(p->dir) == NULL;
}

static int remove_place(void **state) {
    struct place *p = *state;
    char *command = arena_printf(&p->arena, "rm -rf %s", p->dir);
    int code = system(command);
    arena_finish(&p->arena);
    free(p);
    return code;
}

static struct freeze a_freeze(const char *scope, const char *reason) {
    struct freeze f = {.by = "ann", .reason = reason, .at_ms = NOW, .until_ms = NOW + HOUR_MS};
    assert_true(freeze_read_scope(scope, &f, NULL));
    return f;
}

static struct freezes all(struct place *p) {
    struct freezes list;
    struct error err = {0};
    if (!freeze_list(p->dir, &p->arena, &list, &err)) fail_msg("%s", err.text);
    return list;
}

static void set(struct place *p, struct freeze *f) {
    struct error err = {0};
    if (!freeze_set(p->dir, f, &err)) fail_msg("%s", err.text);
}

static size_t count_of(const char *text, const char *part) {
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at++) count++;
    return count;
}

static const char *audit(struct place *p) {
    struct view text;
    assert_true(file_read(arena_printf(&p->arena, "%s/audit.jsonl", p->dir), 1 << 20, &p->arena, &text, NULL));
    return text.ptr;
}

static void test_freeze__is_kept_and_ends(void **state) {
    struct place *p = *state;
    assert_int_equal(all(p).count, 0);
    struct freeze f = a_freeze("canary=shop", "incident 4711 \"quoted\" \\ 日本");
    set(p, &f);
    struct freezes list = all(p);
    assert_int_equal(list.count, 1);
    assert_string_equal(list.items[0].id, f.id);
    assert_string_equal(list.items[0].reason, f.reason);
    assert_int_equal(list.items[0].until_ms, NOW + HOUR_MS);
    assert_true(freeze_is_active(&list.items[0], NOW + HOUR_MS - 1));
    assert_false(freeze_is_active(&list.items[0], NOW + HOUR_MS));
}

static void test_freeze__covers_canary_owner_or_all(void **state) {
    (void)state;
    static const struct {
        const char *scope;
        bool shop, other, team;
    } cases[] = {{"all", true, true, true}, {"canary=shop", true, false, false}, {"owner=pay", false, false, true}};
    for (size_t i = 0; i < 3; i++) {
        struct freeze f = a_freeze(cases[i].scope, "r");
        assert_int_equal(freeze_covers(&f, "shop", "web"), cases[i].shop);
        assert_int_equal(freeze_covers(&f, "shops", NULL), cases[i].other);
        assert_int_equal(freeze_covers(&f, "cart", "pay"), cases[i].team);
    }
}

static void test_freeze__lifting_keeps_everything(void **state) {
    struct place *p = *state;
    struct freeze one = a_freeze("canary=shop", "one"), two = a_freeze("owner=pay", "two"), old = a_freeze("canary=shop", "old");
    old.at_ms = NOW - 3 * HOUR_MS;
    old.until_ms = NOW - 2 * HOUR_MS;
    struct freezes lifted;
    struct error err = {0};
    set(p, &one);
    set(p, &two);
    set(p, &old);
    assert_true(freeze_lift(p->dir, "shop", "bob", "all clear", NOW + 1000, &p->arena, &lifted, &err));
    assert_int_equal(lifted.count, 1);
    assert_string_equal(lifted.items[0].id, one.id);
    assert_false(freeze_lift(p->dir, "shop", "bob", "again", NOW + 1000, &p->arena, &lifted, &err));
    assert_int_equal(err.code, ERROR_USAGE);
    assert_true(freeze_lift(p->dir, two.id, "bob", "all clear", NOW + 2000, &p->arena, &lifted, &err));
    struct freezes list = all(p);
    assert_int_equal(list.count, 3);
    assert_string_equal(list.items[0].reason, "old");
    for (size_t i = 1; i < 3; i++) {
        assert_string_equal(list.items[i].lifted_by, "bob");
        assert_string_equal(list.items[i].by, "ann");
        assert_false(freeze_is_active(&list.items[i], NOW));
    }
    assert_int_equal(count_of(audit(p), "\n"), 5);
    assert_int_equal(count_of(audit(p), "freeze.lift"), 2);
}

static void test_freeze__refuses_what_cannot_be_kept(void **state) {
    struct place *p = *state;
    static const struct {
        const char *by, *reason, *says;
        int64_t until_ms;
    } cases[] = {
        {"ann", "two\nlines", "byte 3", NOW + 1},
        {"ann", "red \x1b[31m", "byte 4", NOW + 1},
        {"ann", "turned \xe2\x80\xae round", "byte 7", NOW + 1},
        {"ann", "\xff", "UTF-8", NOW + 1},
        {"ann", "  ", "empty", NOW + 1},
        {"a\tb", "reason", "--by", NOW + 1},
        {"ann", "reason", "later than now", NOW},
        {"ann", "reason", "must end", NOW + FREEZE_LONGEST_MS + 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct freeze f = a_freeze("all", cases[i].reason);
        struct error err = {0};
        f.by = cases[i].by;
        f.until_ms = cases[i].until_ms;
        assert_false(freeze_set(p->dir, &f, &err));
        assert_int_equal(err.code, ERROR_USAGE);
        if (strstr(err.text, cases[i].says) == NULL) fail_msg("case %zu: %s", i, err.text);
    }
    static const char *const scopes[] = {"", "everything", "canary=", "owner=a\nb", "ALL"};
    for (size_t i = 0; i < sizeof scopes / sizeof scopes[0]; i++) {
        struct freeze f = {0};
        assert_false(freeze_read_scope(scopes[i], &f, NULL));
    }
    assert_int_equal(all(p).count, 0);
}

static void test_freeze__damaged_file_is_an_error(void **state) {
    struct place *p = *state;
    struct freeze f = a_freeze("all", "r");
    struct freezes list;
    set(p, &f);
    const char *path = arena_printf(&p->arena, "%s/freezes/%s.json", p->dir, f.id);
    struct view good;
    assert_true(file_read(path, 1 << 16, &p->arena, &good, NULL));
    for (size_t len = 0; len + 2 < good.len; len += 7) { // cut anywhere
        struct error err = {0};
        assert_true(file_write(path, (struct view){good.ptr, len}, NULL));
        assert_false(freeze_list(p->dir, &p->arena, &list, &err));
        assert_int_equal(err.code, ERROR_DATA);
    }
    const char *other = arena_printf(&p->arena, "%s/freezes/000000000000.json", p->dir);
    assert_true(file_write(path, good, NULL));
    assert_true(file_write(other, good, NULL)); // a copy under another name
    assert_false(freeze_list(p->dir, &p->arena, &list, NULL));
    assert_int_equal(unlink(other), 0);
    assert_true(file_write(arena_printf(&p->arena, "%s/freezes/.%s.tmp", p->dir, f.id), view_of("{"), NULL)); // left from a crash
    assert_int_equal(all(p).count, 1);
}

static void test_freeze__log_stays_readable_after_a_cut_line(void **state) {
    struct place *p = *state;
    struct freeze f = a_freeze("all", "r");
    assert_true(file_write(arena_printf(&p->arena, "%s/audit.jsonl", p->dir), view_of("{\"time\":\"20"), NULL));
    set(p, &f);
    assert_int_equal(strncmp(audit(p), "{\"time\":\"20\n{\"time\":\"2025-01-01T", 32), 0);
}

static void test_freeze__changes_at_once_are_all_kept(void **state) {
    struct place *p = *state;
    enum { PEOPLE = 8, EACH = 5 };
    for (int i = 0; i < PEOPLE; i++) {
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid != 0) continue;
        bool ok = true;
        for (int k = 0; k < EACH; k++) {
            struct freeze f = {.reach = FREEZE_ALL, .by = "ann", .reason = "r", .at_ms = NOW, .until_ms = NOW + 1};
            ok = freeze_set(p->dir, &f, NULL) && ok;
        }
        _exit(ok ? 0 : 1);
    }
    for (int i = 0; i < PEOPLE; i++) {
        int status;
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    assert_int_equal(all(p).count, PEOPLE * EACH);
    assert_int_equal(count_of(audit(p), "\n"), PEOPLE * EACH);
    assert_int_equal(count_of(audit(p), "{\"time\":"), PEOPLE * EACH);
}

// As freeze_set() would, without the disk's part.
static void put_file(struct place *p, struct freeze *f, int number) {
    snprintf(f->id, sizeof f->id, "%012x", (unsigned)number);
    json_t *document = freeze_json(f);
    assert_int_equal(json_dump_file(document, arena_printf(&p->arena, "%s/freezes/%s.json", p->dir, f->id), 0), 0);
    json_decref(document);
}

static void test_freeze__those_that_are_over_go_but_for_the_last_ones(void **state) {
    struct place *p = *state;
    struct freeze first = a_freeze("all", "holds"), next;
    struct error err = {0};
    first.until_ms = NOW + 100 * HOUR_MS;
    set(p, &first);
    for (int i = 1; i <= FREEZE_MOST_OVER + 30; i++) {
        struct freeze over = a_freeze("canary=shop", "over");
        over.at_ms = NOW - 10 * HOUR_MS + i;
        over.until_ms = NOW - HOUR_MS;
        put_file(p, &over, i);
    }
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) { // gates read while documents go
        struct arena arena = {0};
        struct freezes list = {.count = 0};
        bool ok = true;
        while (ok && list.count != FREEZE_MOST_OVER + 2) { // as it is in the end
            arena_clear(&arena);
            ok = freeze_list(p->dir, &arena, &list, NULL);
        }
        arena_finish(&arena);
        _exit(ok ? 0 : 1);
    }
    next = a_freeze("canary=cart", "next");
    set(p, &next);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    struct freezes list = all(p);
    assert_int_equal(list.count, FREEZE_MOST_OVER + 2);
    assert_int_equal(list.items[0].at_ms, NOW - 10 * HOUR_MS + 31);
    assert_string_equal(list.items[FREEZE_MOST_OVER].reason[0] == 'h' ? first.id : next.id, list.items[FREEZE_MOST_OVER].id);
    for (int i = 0; i < 998; i++) {
        struct freeze more = a_freeze("canary=shop", "more");
        put_file(p, &more, 5000 + i);
    }
    assert_false(freeze_set(p->dir, &next, &err));
    assert_non_null(strstr(err.text, "1000 freezes hold already"));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(test_freeze__##name, make_place, remove_place)
    const struct CMUnitTest tests[] = {
        TEST(is_kept_and_ends),
        TEST(covers_canary_owner_or_all),
        TEST(lifting_keeps_everything),
        TEST(refuses_what_cannot_be_kept),
        TEST(damaged_file_is_an_error),
        TEST(log_stays_readable_after_a_cut_line),
        TEST(changes_at_once_are_all_kept),
        TEST(those_that_are_over_go_but_for_the_last_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
