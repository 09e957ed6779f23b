// SPDX-License-Identifier: GPL-3.0-or-later
// A change of the size that a window is said to see fails about four windows of five.
#include <string.h>

#include "power.h"
#include "analyzer/counts_evidence.h"
#include "analyzer/series_evidence.h"
#include "evidence_check.h"
#include "noise.h"

#define STEPS ((size_t)60)
#define WINDOWS 200

struct noisy {
    double baseline[STEPS], canary[STEPS];
};

static void draw(struct noisy *ret, struct noise *noise, double rho, double sd, double change) {
    for (size_t i = 0; i < STEPS; i++) {
        ret->baseline[i] = 2.385;
        ret->canary[i] = 2.385 * (1 + change) * exp(sd * noise_next(noise, rho));
    }
}

static struct evidence judge(const struct noisy *series, const struct evidence_settings *settings) {
    struct arena arena = {0};
    struct evidence e;
    series_evidence_make(&(struct series_columns){.baseline = series->baseline, .canary = series->canary, .count = STEPS}, settings, &arena,
                         &e);
    arena_finish(&arena);
    return e;
}

// The share of windows whose location fails; mean of what they say they see in *ret_visible.
static double share_failing(const struct evidence_settings *settings, double rho, double sd, double change, double *ret_visible) {
    struct noise noise = {12345, 0};
    struct noisy series;
    size_t fails = 0;
    double sum = 0;
    for (size_t w = 0; w < WINDOWS; w++) {
        draw(&series, &noise, rho, sd, change);
        struct evidence e = judge(&series, settings);
        fails += e.parts[0].fails;
        sum += e.visible;
    }
    *ret_visible = sum / WINDOWS;
    return (double)fails / WINDOWS;
}

static void test_power__visible_changes_fail_four_times_of_five(void **state) {
    (void)state;
    static const struct {
        enum evidence_direction direction;
        double rho, sd, tolerance;
    } cases[] = {{EVIDENCE_INCREASE, 0, 0.15, 0.05}, {EVIDENCE_INCREASE, 0.5, 0.3, 0.05}, {EVIDENCE_DECREASE, 0.3, 0.1, 0.1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct evidence_settings settings;
        evidence_settings_default(&settings);
        settings.direction = cases[i].direction;
        settings.tolerance = cases[i].tolerance;
        settings.prior = (struct ar1_prior){.rho = cases[i].rho, .weight = 60, .least = -0.1};
        double visible = power_visible_in(&settings, STEPS, cases[i].sd, cases[i].rho, 0.5), told;
        double change = cases[i].direction == EVIDENCE_DECREASE ? -visible : visible;
        double share = share_failing(&settings, cases[i].rho, cases[i].sd, change, &told);
        if (!(share > 0.72 && share < 0.88)) fail_msg("case %zu: a change of %g fails %g of the windows", i, visible, share);
        check_near("told by the windows", told / visible, 1, 0.1);
    }
}

static void test_power__needs_an_error_and_knows_what_cannot_be(void **state) {
    (void)state;
    struct evidence_settings settings;
    evidence_settings_default(&settings);
    assert_true(isnan(power_visible_in(&settings, STEPS, 0, 0.2, 0.5)));
    settings.direction = EVIDENCE_DECREASE;
    assert_true(power_visible_in(&settings, STEPS, 3, 0.9, 0.5) <= 1); // no decrease is larger than all
    assert_true(power_visible_in(&settings, STEPS, 0.001, 0, 0.5) > settings.tolerance);
}

// Rare events: the absolute tolerance alone may be what a change must exceed.
static void test_power__of_counts_knows_the_absolute_tolerance(void **state) {
    (void)state;
    double bad[STEPS], total[STEPS];
    struct evidence_settings settings;
    struct evidence e[2];
    evidence_settings_default(&settings);
    for (size_t i = 0; i < STEPS; i++) {
        bad[i] = (double)(i % 3);
        total[i] = 1000;
    }
    for (size_t i = 0; i < 2; i++) {
        struct arena arena = {0};
        settings.absolute = i == 0 ? 0 : 0.005; // five times the usual ratio
        counts_evidence_make(&(struct count_columns){{bad, total}, {bad, total}, STEPS}, &settings, &arena, &e[i]);
        arena_finish(&arena);
    }
    assert_true(e[0].visible > 0.2 && e[0].visible < 1.5);
    assert_true(e[1].visible > 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_power__visible_changes_fail_four_times_of_five),
        cmocka_unit_test(test_power__needs_an_error_and_knows_what_cannot_be),
        cmocka_unit_test(test_power__of_counts_knows_the_absolute_tolerance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
