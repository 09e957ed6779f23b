// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/evidence.h"

#include <string.h>

#include "evidence_battery.h"
#include "evidence_check.h"

static struct evidence_settings usual(void) {
    struct evidence_settings settings;
    evidence_settings_default(&settings);
    return settings;
}

static void test_evidence__defaults_are_valid(void **state) {
    (void)state;
    struct evidence_settings settings = usual();
    struct error err;
    assert_true(evidence_settings_check(&settings, &err));
    check_near("harm", evidence_settings_harm(&settings), 0.1, 0);
    settings.harm = 0.07;
    check_near("harm", evidence_settings_harm(&settings), 0.07, 0);
}

static void refuse(struct evidence_settings settings, const char *word) {
    struct error err = {0};
    assert_false(evidence_settings_check(&settings, &err));
    assert_int_equal(err.code, ERROR_CONFIG);
    if (strstr(err.text, word) == NULL) fail_msg("%s is not in: %s", word, err.text);
}

static void test_evidence__impossible_settings_are_refused(void **state) {
    (void)state;
    double nan = (double)NAN, inf = (double)INFINITY;
    static const struct {
        size_t offset;
        double value;
        const char *word;
    } wrong[] = {{offsetof(struct evidence_settings, tolerance), -0.01, "tolerance"},
                 {offsetof(struct evidence_settings, absolute), -1, "absolute"},
                 {offsetof(struct evidence_settings, harm), 0.04, "harm"},
                 {offsetof(struct evidence_settings, alpha), 0, "alpha"},
                 {offsetof(struct evidence_settings, alpha), 0.5, "alpha"},
                 {offsetof(struct evidence_settings, beta), 0.6, "beta"},
                 {offsetof(struct evidence_settings, kappa), 1.5, "kappa"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct evidence_settings settings = usual();
        memcpy((char *)&settings + wrong[i].offset, &wrong[i].value, sizeof wrong[i].value);
        refuse(settings, wrong[i].word);
        memcpy((char *)&settings + wrong[i].offset, &inf, sizeof inf);
        refuse(settings, wrong[i].word);
        if (wrong[i].offset == offsetof(struct evidence_settings, harm)) continue; // NaN: the default
        memcpy((char *)&settings + wrong[i].offset, &nan, sizeof nan);
        refuse(settings, wrong[i].word);
    }
    struct evidence_settings settings = usual();
    settings.least = 2;
    refuse(settings, "pairs");
    settings = usual();
    settings.prior.weight = -1;
    refuse(settings, "prior");
    settings = usual();
    settings.tolerance = 0;
    refuse(settings, "harm"); // twice nothing
    settings.harm = 0.03;
    assert_true(evidence_settings_check(&settings, NULL));
    settings = usual();
    settings.tolerance = 1;
    assert_true(evidence_settings_check(&settings, NULL));
    settings.direction = EVIDENCE_EITHER;
    refuse(settings, "decrease");
}

static void test_evidence__margins_follow_scale_and_size(void **state) {
    (void)state;
    struct evidence_settings settings = usual();
    struct evidence_margins up = evidence_margins(&settings, 40, 1, true), down = evidence_margins(&settings, 40, -1, true);
    check_near("ln 1.05", up.theta_tolerance, 0.04879016416943205, 1e-10);
    check_near("twice", up.theta_harm, 2 * up.theta_tolerance, 1e-15);
    check_near("-ln 0.95", down.theta_tolerance, 0.05129329438755058, 1e-10);
    settings.absolute = 6;
    check_near("6 of 40", evidence_margins(&settings, 40, 1, false).tolerance, 0.15, 1e-9);
    check_near("in proportion", evidence_margins(&settings, 40, 1, false).theta_harm, 0.3, 1e-9);
    check_near("6 of 400", evidence_margins(&settings, 400, 1, false).tolerance, 0.05, 1e-9);
    assert_true(isinf(evidence_margins(&settings, 5, -1, true).theta_tolerance)); // no decrease exceeds the value itself
}

static void test_evidence__parts_share_alpha(void **state) {
    (void)state;
    struct evidence_settings settings = usual();
    struct evidence e;
    evidence_clear(&e);
    struct battery battery = {.settings = &settings, .sign = 1, .share = 1, .evidence = &e};
    battery_decide(&battery, battery_add(&battery, EVIDENCE_LOCATION, 0.5), 0.0045, true);
    battery_decide(&battery, battery_add(&battery, EVIDENCE_MEAN, 0.1), 0.0008, true);
    battery_decide(&battery, battery_add(&battery, EVIDENCE_TREND, 0.05), 1e-9, false); // not large: its p does not count
    evidence_conclude(&e, &settings);
    check_near("p", e.p, 0.008, 1e-15);
    check_verdict(&e, EVIDENCE_FAIL, "location");
    assert_int_equal(evidence_status_at(&e, 0.0079), EVIDENCE_PASS);
    assert_int_equal(evidence_status_at(&e, 0.0081), EVIDENCE_FAIL);
    e.parts[2].blocks = true;
    settings.alpha = 0.005;
    evidence_conclude(&e, &settings);
    assert_int_equal(e.status, EVIDENCE_INCONCLUSIVE);
    assert_string_equal(evidence_reason_name(&e), "trend");
    e.parts[2].blocks = false;
    evidence_conclude(&e, &settings);
    assert_int_equal(e.status, EVIDENCE_PASS);
    assert_string_equal(evidence_reason_name(&e), "");
}

static void test_evidence__policy_fails_at_any_level(void **state) {
    (void)state;
    struct evidence_settings settings = usual();
    struct evidence e;
    evidence_clear(&e);
    struct battery battery = {.settings = &settings, .sign = 1, .share = 0.5, .evidence = &e};
    struct evidence_part *part = battery_add(&battery, EVIDENCE_BURST, 0);
    part->large = part->fails = true;
    settings.alpha = 1e-15;
    evidence_conclude(&e, &settings);
    check_verdict(&e, EVIDENCE_FAIL, "burst");
    check_near("p", e.p, 0, 0);
}

static void test_evidence__without_an_error_the_estimate_is_the_truth(void **state) {
    (void)state;
    struct evidence_settings settings = usual();
    struct evidence e;
    evidence_clear(&e);
    struct battery battery = {.settings = &settings, .sign = 1, .share = 1, .evidence = &e};
    struct evidence_part *part = battery_add(&battery, EVIDENCE_LOCATION, 0.5);
    battery_test(&battery, part, (struct battery_estimate){0.3, 0, 7}, 0.01, true);
    assert_true(part->fails && part->p == 0 && part->low == 0.3 && part->high == 0.3);
    battery_test(&battery, part, (struct battery_estimate){0.003, 0, 7}, 0.01, false);
    assert_true(!part->fails && part->p == 1);
}

static void test_evidence__the_steps_to_a_decision(void **state) {
    (void)state;
    struct evidence_settings settings = usual();
    struct evidence e;
    evidence_clear(&e);
    struct battery battery = {
        .settings = &settings, .margins = evidence_margins(&settings, 0, 1, false), .sign = 1, .share = 1, .evidence = &e};
    battery_add(&battery, EVIDENCE_LOCATION, 0.5);
    // A step's variance is 0.04 * 0.04 * 50 = 0.08; (1.6449 + 0.8416)^2 0.08 / 0.1^2 and (2.5758 + 0.8416)^2 0.08 / 0.09^2.
    evidence_describe(&e, &battery, (struct battery_estimate){0.02, 0.04, 46}, 0, 50);
    check_near("pass", e.steps_to_pass, 50, 0);
    check_near("fail", e.steps_to_fail, 116, 0);
    check_near("estimate", e.estimate, 0.02, 0);
    check_near("limits", (e.low + e.high) / 2, 0.02, 1e-15);
    evidence_describe(&e, &battery, (struct battery_estimate){0.02, 0.04, 46}, 0.05, 50);
    assert_true(isinf(e.steps_to_pass)); // 2.49 times the fixed error is more than harm
    evidence_describe(&e, &battery, (struct battery_estimate){0.02, 0.0004, 46}, 0, 50);
    check_near("not below the least", e.steps_to_pass, 8, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_evidence__defaults_are_valid),
        cmocka_unit_test(test_evidence__impossible_settings_are_refused),
        cmocka_unit_test(test_evidence__margins_follow_scale_and_size),
        cmocka_unit_test(test_evidence__parts_share_alpha),
        cmocka_unit_test(test_evidence__policy_fails_at_any_level),
        cmocka_unit_test(test_evidence__without_an_error_the_estimate_is_the_truth),
        cmocka_unit_test(test_evidence__the_steps_to_a_decision),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
