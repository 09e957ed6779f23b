// SPDX-License-Identifier: GPL-3.0-or-later
// Changes of level and shape that evidence of series finds, and changes that it tolerates.
// Reference values: the recipe in NumPy and SciPy, limits and p-values of Student's t by R.
#include <math.h>

#include "evidence_check.h"
#include "noise.h"
#include "sides.h"

static const double fixed_baseline[] = {98.48,  103.12, 98.65,  98.13,  94.57,  98.73,  106.9, 102.58, 106.42, 101.5,
                                        102.4,  101.12, 90.49,  105.27, 103.08, 103.04, 90.35, 90.07,  94.8,   97.23,
                                        101.85, 99.72,  103.18, 96.22,  101.87, 102.39, 96.11, 110.85, 103.4,  107.45,
                                        96.35,  95.66,  97.96,  99.36,  103.87, 101.5,  97.35, 94.42,  96.92,  107.6};
static const double fixed_canary[] = {102.46, 113.2,  109.39, 98.97,  103.11, 114.74, 105.34, 110.12, 115.59, 106.51,
                                      114.86, 110.41, 92.2,   120.41, 117.09, 118.8,  106.88, 101.06, 105.19, 100.6,
                                      116.08, 106.99, 111.7,  100.12, 107.7,  110.75, 113.97, 111.45, 107.1,  121.27,
                                      115.6,  110.03, 99.64,  98.09,  118.51, 109.75, 103.37, 111.46, 115.24, 122.15};

static void test_series_evidence__follows_the_recipe_part_by_part(void **state) {
    (void)state;
    struct evidence_settings settings;
    double nan = (double)NAN;
    evidence_settings_default(&settings);
    struct evidence e = judge_columns(&(struct series_columns){.baseline = fixed_baseline, .canary = fixed_canary, .count = 40}, &settings);
    const struct part_want wants[] = {
        {EVIDENCE_LOCATION, 0.0896343362467944, 0.009979178640383366, 37.29640922377602, 0.063277709237074584, 0.10646671015365079,
         6.4284854954088132e-10, true, true, true},
        {EVIDENCE_LATER, 0.09373891671586732, 0.01783151474289159, 16.067485543180254, 0.035788845955066914, 0.12486264961126507,
         0.00011677928244065591, true, true, true},
        {EVIDENCE_MEAN, 0.09421238902663354, 0.010814930560380392, 37.278872463563914, 0.057854076523051454, 0.11245468555108148,
         1.2386572338499608e-09, true, true, false},
        {EVIDENCE_TREND, 0.033620664339399475, 0.03345489800954833, 35.90984778319899, -0.09226756240033071, 0.090106236889862065,
         0.240142009083987029, false, false, false},
        {EVIDENCE_DISPERSION, 1.3502167181741289, 0.21148514048476824, 30.527286797170937, nan, nan, 0.068394733683581441, false, false,
         false},
        {EVIDENCE_BURST, 0.047199678863429906, nan, nan, nan, nan, nan, false, false, false},
    };
    check_verdict(&e, EVIDENCE_FAIL, "location");
    assert_int_equal(e.part_count, sizeof wants / sizeof *wants);
    for (size_t i = 0; i < e.part_count; i++) check_part(&e, &wants[i]);
    check_near("p", e.p, 6.4284854954088132e-10 / 0.6, 1e-16);
    check_near("rho", e.rho, 0.14750668989897803, 1e-12);
    check_near("estimate", e.estimate, expm1(0.0896343362467944), 1e-12);
    check_near("a12", e.ranks.a12, 0.856875, 1e-12);
    check_near("shift", e.ranks.shift, 9.59, 1e-9);
    assert_true(e.has_onset && e.onset == 0);
}

static void test_series_evidence__unchanged_sides_pass(void **state) {
    (void)state;
    int passed = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct sides s = sides_unchanged(80, 0.05, seed);
        struct evidence e = judge_increase(&s);
        assert_int_not_equal(e.status, EVIDENCE_FAIL);
        passed += e.status == EVIDENCE_PASS;
        assert_true(e.low < 0.03 && e.high > -0.03 && e.high < 0.1);
    }
    assert_in_range(passed, 19, 20); // one of fifty looks suspicious by chance
}

static void test_series_evidence__a_shift_of_the_level(void **state) {
    (void)state;
    static const double levels[] = {1e-5, 80, 1e12, 1e-280, 1e300};
    for (size_t k = 0; k < sizeof levels / sizeof *levels; k++) {
        struct sides s = sides_unchanged(levels[k], 0.05, 5);
        for (size_t i = 0; i < SIDES_STEPS; i++) s.canary[i] *= 1.25;
        struct evidence e = judge_increase(&s);
        check_verdict(&e, EVIDENCE_FAIL, "location");
        check_near("estimate", e.estimate, 0.25, 0.05);
        check_near("shift", e.ranks.shift / levels[k], 0.25, 0.1);
        assert_int_equal(e.onset, 0);
        e = judge_sides(&s, EVIDENCE_DECREASE); // an improvement
        check_verdict(&e, EVIDENCE_PASS, "");
    }
}

static void test_series_evidence__the_size_of_the_numbers_does_not_matter(void **state) {
    (void)state;
    struct sides s = sides_unchanged(80, 0.05, 5), t = s;
    for (size_t i = 0; i < SIDES_STEPS; i++) {
        t.baseline[i] = ldexp(s.baseline[i], -40) * (i % 7 == 3 ? -1 : 1); // no logarithms
        t.canary[i] = ldexp(s.canary[i], -40);
    }
    struct evidence small = judge_increase(&t);
    for (size_t i = 0; i < SIDES_STEPS; i++) {
        t.baseline[i] = ldexp(t.baseline[i], 900);
        t.canary[i] = ldexp(t.canary[i], 900);
    }
    struct evidence big = judge_increase(&t);
    assert_int_equal(small.part_count, big.part_count);
    assert_false(big.log_scale);
    for (size_t i = 0; i < big.part_count; i++) {
        check_near("estimate", big.parts[i].estimate, small.parts[i].estimate, 1e-12 * fabs(small.parts[i].estimate));
        check_near("p", big.parts[i].p, small.parts[i].p, 1e-9 * small.parts[i].p);
    }
}

static void test_series_evidence__a_decrease_is_found_where_it_is_bad(void **state) {
    (void)state;
    struct sides s = sides_unchanged(80, 0.05, 6);
    for (size_t i = 0; i < SIDES_STEPS; i++) s.canary[i] *= 0.8;
    struct evidence down = judge_sides(&s, EVIDENCE_DECREASE), either = judge_sides(&s, EVIDENCE_EITHER), up = judge_increase(&s);
    check_verdict(&down, EVIDENCE_FAIL, "location");
    check_verdict(&up, EVIDENCE_PASS, "");
    check_verdict(&either, EVIDENCE_FAIL, "location");
    check_near("both ways", either.p, 2 * down.p, 1e-9 * down.p);
    check_near("natural direction", down.estimate, -0.2, 0.05);
    assert_true(either.parts[either.decisive].decrease && down.parts[0].estimate > 0);
    assert_int_equal(either.part_count, 11); // dispersion once
}

static void test_series_evidence__a_step_within_the_window(void **state) {
    (void)state;
    struct sides s = sides_unchanged(80, 0.04, 7);
    for (size_t i = 20; i < SIDES_STEPS; i++) s.canary[i] *= 1.4;
    struct evidence e = judge_increase(&s);
    check_verdict(&e, EVIDENCE_FAIL, NULL);
    assert_true(find_part(&e, EVIDENCE_LATER).fails);
    assert_true(e.has_onset);
    assert_in_range(e.onset, 19, 21);
}

static void test_series_evidence__a_leak(void **state) {
    (void)state;
    struct sides s = sides_unchanged(80, 0.02, 8);
    for (size_t i = 0; i < SIDES_STEPS; i++) s.canary[i] *= 1 + 0.25 * (double)i / (double)SIDES_STEPS;
    struct evidence e = judge_increase(&s);
    check_verdict(&e, EVIDENCE_FAIL, NULL);
    struct evidence_part trend = find_part(&e, EVIDENCE_TREND);
    assert_true(trend.fails);
    check_near("slope", trend.estimate, log(1.25), 0.06);
}

static void test_series_evidence__a_burst(void **state) {
    (void)state;
    struct sides s = sides_unchanged(80, 0.03, 9);
    for (size_t i = 30; i < 35; i++) s.canary[i] *= 4;
    struct evidence e = judge_increase(&s);
    check_verdict(&e, EVIDENCE_FAIL, "burst");
    check_near("p", e.p, 0, 0);
    assert_in_range(e.onset, 29, 31);
    for (size_t i = 30; i < 35; i++) s.baseline[i] *= 4; // an incident on both sides is nobody's fault
    e = judge_increase(&s);
    check_verdict(&e, EVIDENCE_PASS, "");
}

static void test_series_evidence__more_spread(void **state) {
    (void)state;
    struct sides s = sides_unchanged(80, 0.03, 10);
    struct noise noise = {4711, 0};
    for (size_t i = 0; i < SIDES_STEPS; i++) s.canary[i] = s.baseline[i] * exp(0.15 * noise_normal(&noise));
    struct evidence e = judge_increase(&s);
    check_verdict(&e, EVIDENCE_FAIL, "dispersion");
    assert_true(find_part(&e, EVIDENCE_DISPERSION).estimate > 2);
    assert_false(e.has_onset);
}

static void test_series_evidence__damage_to_a_part_of_the_requests(void **state) {
    (void)state;
    struct sides s = sides_unchanged(80, 0.02, 11);
    for (size_t i = 0; i < SIDES_STEPS; i += 4) s.canary[i] *= 2;
    struct evidence e = judge_increase(&s);
    check_verdict(&e, EVIDENCE_FAIL, "mean");
    assert_false(find_part(&e, EVIDENCE_LOCATION).fails);
}

static void test_series_evidence__just_the_tolerance_is_tolerated(void **state) {
    (void)state;
    struct evidence_settings settings;
    struct sides s;
    evidence_settings_default(&settings);
    for (int level = 100; level < 3000; level += 100) {
        for (size_t i = 0; i < SIDES_STEPS; i++) {
            s.baseline[i] = level;
            s.canary[i] = level / 100 * 105;
        }
        struct evidence e = judge_increase(&s);
        check_verdict(&e, EVIDENCE_PASS, "constant");
    }
}

static void test_series_evidence__an_absolute_tolerance(void **state) {
    (void)state;
    struct sides s = sides_unchanged(80, 0.03, 18);
    struct evidence_settings settings;
    evidence_settings_default(&settings);
    for (size_t i = 0; i < SIDES_STEPS; i++) s.canary[i] *= 1.15;
    struct series_columns columns = {.baseline = s.baseline, .canary = s.canary, .count = SIDES_STEPS};
    settings.absolute = 2;
    struct evidence e = judge_columns(&columns, &settings);
    check_verdict(&e, EVIDENCE_FAIL, "location");
    settings.absolute = 20; // a quarter of the level
    e = judge_columns(&columns, &settings);
    check_verdict(&e, EVIDENCE_PASS, "");
}

static void test_series_evidence__noise_without_end_is_inconclusive(void **state) {
    (void)state;
    struct sides s = sides_unchanged(80, 0.8, 19);
    struct evidence e = judge_increase(&s);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "location");
    assert_true(e.steps_to_pass > 60 && e.steps_to_fail > e.steps_to_pass);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_series_evidence__follows_the_recipe_part_by_part),
        cmocka_unit_test(test_series_evidence__unchanged_sides_pass),
        cmocka_unit_test(test_series_evidence__a_shift_of_the_level),
        cmocka_unit_test(test_series_evidence__the_size_of_the_numbers_does_not_matter),
        cmocka_unit_test(test_series_evidence__a_decrease_is_found_where_it_is_bad),
        cmocka_unit_test(test_series_evidence__a_step_within_the_window),
        cmocka_unit_test(test_series_evidence__a_leak),
        cmocka_unit_test(test_series_evidence__a_burst),
        cmocka_unit_test(test_series_evidence__more_spread),
        cmocka_unit_test(test_series_evidence__damage_to_a_part_of_the_requests),
        cmocka_unit_test(test_series_evidence__just_the_tolerance_is_tolerated),
        cmocka_unit_test(test_series_evidence__an_absolute_tolerance),
        cmocka_unit_test(test_series_evidence__noise_without_end_is_inconclusive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
