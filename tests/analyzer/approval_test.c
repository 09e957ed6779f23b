// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_approval__holds_for_what_it_was_given),
        cmocka_unit_test(test_approval__counts_people_and_not_their_clicks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
