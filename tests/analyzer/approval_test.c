// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "analyzer/approval.h"

#define NOW INT64_C(1735691111000)
#define HOUR_MS INT64_C(3600000)

static const struct approval wanted = {.canary = "shop", .config_sha256 = "aa", .artefact = "shop@1"};

static struct approval by(const char *person) {
    struct approval a = wanted;
    a.by = person;
    a.at_ms = NOW - HOUR_MS;
    return a;
}

static void test_approval__holds_for_what_it_was_given(void **state) {
    (void)state;
    struct approval a[8];
    for (size_t i = 0; i < 8; i++) a[i] = by("ann");
    a[1].canary = "cart";
    a[2].config_sha256 = "ab";
    a[3].artefact = "shop@2";
    a[4].artefact = NULL;
    a[5].at_ms = NOW - 2 * HOUR_MS - 1;
    a[6].at_ms = NOW + HOUR_MS;
    a[7].at_ms = NOW + 1000; // clocks differ
    static const bool holds[] = {true, false, false, false, false, false, false, true};
    for (size_t i = 0; i < 8; i++) {
        if (approval_holds(&a[i], &wanted, NOW, 2 * HOUR_MS) != holds[i]) fail_msg("case %zu", i);
    }
    struct approval nameless = wanted;
    nameless.artefact = NULL;
    assert_true(approval_holds(&a[4], &nameless, NOW, 2 * HOUR_MS));
    assert_false(approval_holds(&a[0], &nameless, NOW, 2 * HOUR_MS));
}

static void test_approval__counts_people_and_not_their_clicks(void **state) {
    (void)state;
    struct approval a[] = {by("bob"), by("ann"), by("bob"), by("ann"), by("cleo"), by("bob")};
    a[0].artefact = "shop@0"; // void, and no reason to miss a later one
    a[4].config_sha256 = "zz";
    struct approvals all = {a, sizeof a / sizeof a[0]};
    assert_int_equal(approval_people(&all, &wanted, NOW, 2 * HOUR_MS), 2);
    assert_int_equal(approval_people(&all, &wanted, NOW + 2 * HOUR_MS, 2 * HOUR_MS), 0);
}

static void put_file(struct arena *arena, const char *dir, int number) {
    char id[13];
    snprintf(id, sizeof id, "%012x", (unsigned)(number * 7919 % 3001)); // in another order than by time
    json_t *document = json_pack("{s:s,s:s,s:s,s:s,s:n,s:s,s:s,s:o}", "schema", "serin.approval/1", "id", id, "canary", "shop",
                                 "config_sha256", "aa", "artefact", "by", "ann", "reason", "r", "at",
                                 json_sprintf("2024-01-01T%02d:%02d:%02dZ", number / 3600, number / 60 % 60, number % 60));
    assert_int_equal(json_dump_file(document, arena_printf(arena, "%s/approvals/%s.json", dir, id), 0), 0);
    json_decref(document);
}

static void test_approval__the_oldest_go(void **state) {
    struct arena arena = {0};
    struct approvals all;
    struct error err = {0};
    struct approval one = by("bob");
    char dir[] = "/tmp/serin-approval-XXXXXX";
    (void)state;
    one.reason = "r";
    assert_non_null(mkdtemp(dir));
    assert_int_equal(mkdir(arena_printf(&arena, "%s/approvals", dir), 0700), 0);
    for (int i = 0; i < 2005; i++) put_file(&arena, dir, i);
    assert_true(approval_add(dir, &one, &err));
    assert_true(approval_list(dir, &arena, &all, &err));
    assert_int_equal(all.count, 2000);
    int64_t oldest = INT64_MAX;
    for (size_t i = 0; i < all.count; i++) oldest = all.items[i].at_ms < oldest ? all.items[i].at_ms : oldest;
    assert_int_equal(oldest, INT64_C(1704067206000)); // the seventh
    assert_int_equal(system(arena_printf(&arena, "rm -r %s", dir)), 0);
    arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_approval__holds_for_what_it_was_given),
        cmocka_unit_test(test_approval__counts_people_and_not_their_clicks),
        cmocka_unit_test(test_approval__the_oldest_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
