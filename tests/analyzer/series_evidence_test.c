// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: the recipe in NumPy and SciPy, limits and p-values of Student's t by R.
#include "analyzer/series_evidence.h"

#include "evidence_check.h"
#include "noise.h"

#define STEPS ((size_t)60)

static const double fixed_baseline[] = {98.48,  103.12, 98.65,  98.13,  94.57,  98.73,  106.9, 102.58, 106.42, 101.5,
                                        102.4,  101.12, 90.49,  105.27, 103.08, 103.04, 90.35, 90.07,  94.8,   97.23,
                                        101.85, 99.72,  103.18, 96.22,  101.87, 102.39, 96.11, 110.85, 103.4,  107.45,
                                        96.35,  95.66,  97.96,  99.36,  103.87, 101.5,  97.35, 94.42,  96.92,  107.6};
static const double fixed_canary[] = {102.46, 113.2,  109.39, 98.97,  103.11, 114.74, 105.34, 110.12, 115.59, 106.51,
                                      114.86, 110.41, 92.2,   120.41, 117.09, 118.8,  106.88, 101.06, 105.19, 100.6,
                                      116.08, 106.99, 111.7,  100.12, 107.7,  110.75, 113.97, 111.45, 107.1,  121.27,
                                      115.6,  110.03, 99.64,  98.09,  118.51, 109.75, 103.37, 111.46, 115.24, 122.15};

struct sides {
    double baseline[STEPS], canary[STEPS];
};

// Both sides share a load curve and have noise of their own.
static struct sides unchanged(double level, double deviation, uint64_t seed) {
    struct sides s;
    struct noise b = {seed, 0}, c = {seed + 77, 0};
    for (size_t i = 0; i < STEPS; i++) {
        double load = level * (1 + 0.3 * sin((double)i / 9));
        s.baseline[i] = load * exp(deviation * noise_next(&b, 0.3));
        s.canary[i] = load * exp(deviation * noise_next(&c, 0.3));
    }
    return s;
}

static struct evidence judge(const struct series_columns *columns, const struct evidence_settings *settings) {
    struct arena arena = {0};
    struct evidence e;
    series_evidence_make(columns, settings, &arena, &e);
    arena_finish(&arena);
    return e;
}

static struct evidence judge_sides(const struct sides *s, enum evidence_direction direction) {
    struct evidence_settings settings;
    evidence_settings_default(&settings);
    settings.direction = direction;
    return judge(&(struct series_columns){.baseline = s->baseline, .canary = s->canary, .count = STEPS}, &settings);
}

static struct evidence judge_increase(const struct sides *s) {
    return judge_sides(s, EVIDENCE_INCREASE);
}

static void test_series_evidence__follows_the_recipe_part_by_part(void **state) {
    (void)state;
    struct evidence_settings settings;
    double nan = (double)NAN;
    evidence_settings_default(&settings);
    struct evidence e = judge(&(struct series_columns){.baseline = fixed_baseline, .canary = fixed_canary, .count = 40}, &settings);
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
        struct sides s = unchanged(80, 0.05, seed);
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
        struct sides s = unchanged(levels[k], 0.05, 5);
        for (size_t i = 0; i < STEPS; i++) s.canary[i] *= 1.25;
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
    struct sides s = unchanged(80, 0.05, 5), t = s;
    for (size_t i = 0; i < STEPS; i++) {
        t.baseline[i] = ldexp(s.baseline[i], -40) * (i % 7 == 3 ? -1 : 1); // no logarithms
        t.canary[i] = ldexp(s.canary[i], -40);
    }
    struct evidence small = judge_increase(&t);
    for (size_t i = 0; i < STEPS; i++) {
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
    struct sides s = unchanged(80, 0.05, 6);
    for (size_t i = 0; i < STEPS; i++) s.canary[i] *= 0.8;
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
    struct sides s = unchanged(80, 0.04, 7);
    for (size_t i = 20; i < STEPS; i++) s.canary[i] *= 1.4;
    struct evidence e = judge_increase(&s);
    check_verdict(&e, EVIDENCE_FAIL, NULL);
    assert_true(find_part(&e, EVIDENCE_LATER).fails);
    assert_true(e.has_onset);
    assert_in_range(e.onset, 19, 21);
}

static void test_series_evidence__a_leak(void **state) {
    (void)state;
    struct sides s = unchanged(80, 0.02, 8);
    for (size_t i = 0; i < STEPS; i++) s.canary[i] *= 1 + 0.25 * (double)i / (double)STEPS;
    struct evidence e = judge_increase(&s);
    check_verdict(&e, EVIDENCE_FAIL, NULL);
    struct evidence_part trend = find_part(&e, EVIDENCE_TREND);
    assert_true(trend.fails);
    check_near("slope", trend.estimate, log(1.25), 0.06);
}

static void test_series_evidence__a_burst(void **state) {
    (void)state;
    struct sides s = unchanged(80, 0.03, 9);
    for (size_t i = 30; i < 35; i++) s.canary[i] *= 4;
    struct evidence e = judge_increase(&s);
    check_verdict(&e, EVIDENCE_FAIL, "burst");
    check_near("p", e.p, 0, 0);
    assert_in_range(e.onset, 29, 31);
    for (size_t i = 30; i < 35; i++) s.baseline[i] *= 4; // an incident on both sides is nobody's fault
    e = judge_increase(&s);
    check_verdict(&e, EVIDENCE_PASS, "");
}

static void test_series_evidence__values_that_the_baseline_never_has(void **state) {
    (void)state;
    const double none[20] = {0}, rates[] = {0, 0.048, 0, 0.18, 0.089, 0, 0.098, 0.035, 0, 0};
    struct evidence_settings settings;
    evidence_settings_default(&settings);
    struct series_columns columns = {.baseline = none, .canary = rates, .count = 10};
    struct evidence e = judge(&columns, &settings);
    check_verdict(&e, EVIDENCE_FAIL, "appearance");
    check_near("p", e.p, 0.0044582463414711298, 1e-15);
    assert_int_equal(e.onset, 1);
    settings.direction = EVIDENCE_EITHER; // a decrease cannot be seen and takes nothing of alpha
    e = judge(&columns, &settings);
    check_verdict(&e, EVIDENCE_FAIL, "appearance");
    check_near("p either way", e.p, 0.0044582463414711298, 1e-15);
    settings.direction = EVIDENCE_INCREASE;
    settings.absolute = 0.1; // more than the whole mean with its error
    e = judge(&columns, &settings);
    check_verdict(&e, EVIDENCE_PASS, "");
    settings.absolute = 0;
    settings.direction = EVIDENCE_DECREASE;
    e = judge(&columns, &settings);
    check_verdict(&e, EVIDENCE_PASS, "");

    double rare[20] = {0}, run[20] = {0};
    settings.direction = EVIDENCE_INCREASE;
    rare[3] = rare[11] = 1;
    e = judge(&(struct series_columns){.baseline = none, .canary = rare, .count = 20}, &settings);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "appearance");
    for (size_t i = 14; i < 18; i++) run[i] = 2;
    e = judge(&(struct series_columns){.baseline = none, .canary = run, .count = 20}, &settings);
    check_verdict(&e, EVIDENCE_FAIL, "burst");
    assert_int_equal(e.onset, 14);
}

// A canary of `active` steps with a value after `quiet` ones, against a baseline of `silent` zeros.
static struct evidence judge_short(size_t silent, size_t quiet, size_t active, const struct evidence_settings *settings) {
    double baseline[20], canary[20];
    for (size_t i = 0; i < 20; i++) {
        baseline[i] = i < silent ? 0 : (double)NAN;
        canary[i] = i < quiet ? 0 : i < quiet + active ? (double)(1 + i % 2) : (double)NAN;
    }
    return judge(&(struct series_columns){.baseline = baseline, .canary = canary, .count = 20}, settings);
}

static void test_series_evidence__values_that_a_short_baseline_never_has(void **state) {
    (void)state;
    static const struct {
        size_t silent, quiet, active;
        double p;
        bool fails;
    } cases[] = {
        {6, 3, 3, 10.0 / 1001, true},
        {6, 4, 2, 1, false}, // p is 1 where two may be chance
        {5, 0, 5, 1.0 / 2772, true},
        {4, 1, 3, 0.0095238095238095247, true},
        {5, 2, 3, 1.0 / 99, false},
        {20, 4, 2, 1, false},
        {20, 3, 3, 0.0003256003256003256, true},
        {6, 20, 0, 1, false},
        {3, 0, 6, 1, false},
        {6, 0, 3, 1, false}, // fewer than four on a side
    };
    struct evidence_settings settings;
    evidence_settings_default(&settings);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int either = 0; either < 2; either++) {
            settings.direction = either ? EVIDENCE_EITHER : EVIDENCE_INCREASE;
            struct evidence e = judge_short(cases[i].silent, cases[i].quiet, cases[i].active, &settings);
            check_near("p", e.p, cases[i].p, 1e-15);
            check_verdict(&e, cases[i].fails ? EVIDENCE_FAIL : EVIDENCE_INCONCLUSIVE, cases[i].fails ? "appearance" : "too_few");
            if (!cases[i].fails) continue;
            assert_int_equal(e.onset, cases[i].quiet);
            struct evidence_sightings seen = find_part(&e, EVIDENCE_APPEARANCE).seen;
            assert_true(seen.predictive && seen.active == cases[i].active && seen.steps == cases[i].quiet + cases[i].active);
            assert_int_equal(seen.silent, cases[i].silent);
        }
    }
}

static void test_series_evidence__a_short_baseline_has_its_limits(void **state) {
    (void)state;
    struct evidence_settings settings, own;
    evidence_settings_default(&settings);
    own = settings;
    own.alpha = 0.009; // as one of several looks
    struct evidence e = judge_short(6, 3, 3, &own);
    assert_int_equal(e.status, EVIDENCE_INCONCLUSIVE);
    check_near("p at another level", e.p, 10.0 / 1001, 1e-15);
    own = settings;
    own.absolute = 0.9; // the mean is 5 / 6
    e = judge_short(6, 3, 3, &own);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "too_few");
    own = settings;
    own.direction = EVIDENCE_DECREASE;
    e = judge_short(6, 3, 3, &own);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "too_few");
    own = settings;
    own.least = 9; // asked to wait for more
    e = judge_short(6, 3, 3, &own);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "too_few");
    own.least = 4; // fewer than usual: a fail stays one
    e = judge_short(6, 3, 3, &own);
    check_verdict(&e, EVIDENCE_FAIL, "appearance");
    const double some[] = {0, 0, 0, 0.5, 0, 0}, below[] = {0, 1, 1, 1, -1, 0}, none[] = {0, 0, 0, 0, 0, 0}, more[] = {0, 1, 1, 1, 0, 0};
    e = judge(&(struct series_columns){.baseline = some, .canary = more, .count = 6}, &settings);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "too_few");
    e = judge(&(struct series_columns){.baseline = none, .canary = below, .count = 6}, &settings);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "too_few");
}

static void test_series_evidence__a_burst_above_a_baseline_that_never_moves(void **state) {
    (void)state;
    const double steady[10] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, most[10] = {100, 100, 100, 100, 100, 100, 100, 1, 1, 1};
    const double brief[10] = {1, 1, 1, 100, 100, 1, 1, 1, 1, 1}, slight[10] = {1, 1, 1.4, 1.4, 1.4, 1.4, 1, 1, 1, 1};
    struct evidence_settings settings;
    evidence_settings_default(&settings);
    struct evidence e = judge(&(struct series_columns){.baseline = steady, .canary = most, .count = 10}, &settings);
    check_verdict(&e, EVIDENCE_FAIL, "burst"); // though it is most of the window
    assert_int_equal(e.onset, 0);
    e = judge(&(struct series_columns){.baseline = most, .canary = steady, .count = 10}, &settings);
    assert_int_not_equal(e.status, EVIDENCE_FAIL);
    e = judge(&(struct series_columns){.baseline = steady, .canary = brief, .count = 10}, &settings);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, NULL);
    e = judge(&(struct series_columns){.baseline = steady, .canary = slight, .count = 10}, &settings);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, NULL);
    settings.direction = EVIDENCE_DECREASE;
    e = judge(&(struct series_columns){.baseline = steady, .canary = most, .count = 10}, &settings);
    assert_int_not_equal(e.status, EVIDENCE_FAIL);
}

static void test_series_evidence__more_spread(void **state) {
    (void)state;
    struct sides s = unchanged(80, 0.03, 10);
    struct noise noise = {4711, 0};
    for (size_t i = 0; i < STEPS; i++) s.canary[i] = s.baseline[i] * exp(0.15 * noise_normal(&noise));
    struct evidence e = judge_increase(&s);
    check_verdict(&e, EVIDENCE_FAIL, "dispersion");
    assert_true(find_part(&e, EVIDENCE_DISPERSION).estimate > 2);
    assert_false(e.has_onset);
}

static void test_series_evidence__damage_to_a_part_of_the_requests(void **state) {
    (void)state;
    struct sides s = unchanged(80, 0.02, 11);
    for (size_t i = 0; i < STEPS; i += 4) s.canary[i] *= 2;
    struct evidence e = judge_increase(&s);
    check_verdict(&e, EVIDENCE_FAIL, "mean");
    assert_false(find_part(&e, EVIDENCE_LOCATION).fails);
}

static void test_series_evidence__constant_series(void **state) {
    (void)state;
    struct sides s;
    for (size_t i = 0; i < STEPS; i++) s.baseline[i] = s.canary[i] = 7.25;
    struct evidence e = judge_increase(&s);
    check_verdict(&e, EVIDENCE_PASS, "identical");
    check_near("nothing", e.estimate, 0, 0);
    for (size_t i = 0; i < STEPS; i++) s.canary[i] = 7.25 * 1.04;
    e = judge_increase(&s);
    check_verdict(&e, EVIDENCE_PASS, "constant");
    for (size_t i = 0; i < STEPS; i++) s.canary[i] = 7.25 * 1.5;
    e = judge_increase(&s);
    check_verdict(&e, EVIDENCE_FAIL, "constant");
    check_near("half more", e.estimate, 0.5, 1e-12);
    e = judge_sides(&s, EVIDENCE_EITHER);
    check_verdict(&e, EVIDENCE_FAIL, "constant");
    e = judge_sides(&s, EVIDENCE_DECREASE);
    check_verdict(&e, EVIDENCE_PASS, "constant");
    struct evidence_settings settings;
    evidence_settings_default(&settings);
    settings.horizon = STEPS + 1;
    e = judge(&(struct series_columns){.baseline = s.baseline, .canary = s.canary, .count = STEPS}, &settings);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "constant"); // it may begin to vary
}

static void test_series_evidence__just_the_tolerance_is_tolerated(void **state) {
    (void)state;
    struct evidence_settings settings;
    struct sides s;
    evidence_settings_default(&settings);
    for (int level = 100; level < 3000; level += 100) {
        for (size_t i = 0; i < STEPS; i++) {
            s.baseline[i] = level;
            s.canary[i] = level / 100 * 105;
        }
        struct evidence e = judge_increase(&s);
        check_verdict(&e, EVIDENCE_PASS, "constant");
    }
}

static void test_series_evidence__zeros(void **state) {
    (void)state;
    struct sides s = {{0}, {0}};
    struct evidence e = judge_increase(&s);
    check_verdict(&e, EVIDENCE_PASS, "identical");
    struct noise noise = {99, 0};
    for (size_t i = 0; i < STEPS; i++) s.canary[i] = noise_uniform(&noise) < 0.5 ? 0 : 3;
    e = judge_increase(&s);
    assert_false(e.log_scale);
    check_verdict(&e, EVIDENCE_FAIL, NULL); // something where nothing was
    e = judge_sides(&s, EVIDENCE_DECREASE);
    check_verdict(&e, EVIDENCE_PASS, "");
}

static void test_series_evidence__negative_values_keep_their_order(void **state) {
    (void)state;
    struct sides s = unchanged(80, 0.05, 12);
    for (size_t i = 0; i < STEPS; i++) {
        s.baseline[i] = -s.baseline[i];
        s.canary[i] = -1.5 * s.canary[i]; // lower, though farther from zero
    }
    struct evidence e = judge_increase(&s);
    check_verdict(&e, EVIDENCE_PASS, "");
    e = judge_sides(&s, EVIDENCE_DECREASE);
    check_verdict(&e, EVIDENCE_FAIL, "location");
}

static void test_series_evidence__missing_values_drop_their_pair(void **state) {
    (void)state;
    struct sides s = unchanged(80, 0.05, 13);
    struct noise noise = {5, 0};
    size_t pairs = 0;
    for (size_t i = 0; i < STEPS; i++) {
        s.canary[i] *= 1.3;
        if (noise_uniform(&noise) < 0.25) s.canary[i] = i % 2 == 0 ? (double)NAN : (double)INFINITY;
        if (noise_uniform(&noise) < 0.1) s.baseline[i] = (double)NAN;
        pairs += isfinite(s.canary[i]) && isfinite(s.baseline[i]);
    }
    struct evidence e = judge_increase(&s);
    check_verdict(&e, EVIDENCE_FAIL, "location");
    assert_int_equal(e.count, pairs);
}

static void test_series_evidence__without_common_steps_order_is_what_is_left(void **state) {
    (void)state;
    struct sides s = unchanged(80, 0.03, 14);
    for (size_t i = 0; i < STEPS; i++) {
        if (i % 2 == 0) s.baseline[i] = (double)NAN;
        if (i % 2 == 1) s.canary[i] = (double)NAN;
    }
    struct evidence e = judge_increase(&s);
    assert_int_equal(e.count, STEPS / 2);
    check_verdict(&e, EVIDENCE_PASS, "");
    for (size_t i = 0; i < STEPS; i++) s.canary[i] *= 1.4;
    e = judge_increase(&s);
    check_verdict(&e, EVIDENCE_FAIL, "location");
}

static void test_series_evidence__too_little_data_has_no_verdict(void **state) {
    (void)state;
    struct sides s = unchanged(80, 0.05, 15), none = s;
    struct evidence_settings settings;
    evidence_settings_default(&settings);
    struct series_columns columns = {.baseline = s.baseline, .canary = s.canary, .count = 7};
    struct evidence e = judge(&columns, &settings);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "too_few");
    columns.count = 0;
    e = judge(&columns, &settings);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "too_few");
    for (size_t i = 0; i < STEPS; i++) none.canary[i] = (double)NAN;
    e = judge_increase(&none);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "too_few");
    check_near("no ranks", e.ranks.a12, (double)NAN, 0);
    columns.count = 8;
    e = judge(&columns, &settings);
    assert_string_not_equal(evidence_reason_name(&e), "too_few");
}

static void test_series_evidence__an_old_offset_is_taken_out(void **state) {
    (void)state;
    struct sides before = unchanged(80, 0.03, 16), s = unchanged(80, 0.03, 17);
    struct evidence_settings settings;
    evidence_settings_default(&settings);
    for (size_t i = 0; i < STEPS; i++) {
        before.canary[i] *= 1.2;
        s.canary[i] *= 1.2;
    }
    struct series_columns columns = {.baseline = s.baseline, .canary = s.canary, .count = STEPS};
    struct evidence e = judge(&columns, &settings);
    check_verdict(&e, EVIDENCE_FAIL, "location");
    columns.baseline_before = before.baseline;
    columns.canary_before = before.canary;
    columns.before_count = STEPS;
    e = judge(&columns, &settings);
    check_verdict(&e, EVIDENCE_PASS, "");
    assert_false(has_part(&e, EVIDENCE_MEAN)); // the means know of no offset
    check_near("nothing new", e.estimate, 0, 0.05);
    columns.before_count = 5; // too few to know it
    e = judge(&columns, &settings);
    check_verdict(&e, EVIDENCE_FAIL, "location");
    assert_true(has_part(&e, EVIDENCE_MEAN));
}

static void test_series_evidence__an_absolute_tolerance(void **state) {
    (void)state;
    struct sides s = unchanged(80, 0.03, 18);
    struct evidence_settings settings;
    evidence_settings_default(&settings);
    for (size_t i = 0; i < STEPS; i++) s.canary[i] *= 1.15;
    struct series_columns columns = {.baseline = s.baseline, .canary = s.canary, .count = STEPS};
    settings.absolute = 2;
    struct evidence e = judge(&columns, &settings);
    check_verdict(&e, EVIDENCE_FAIL, "location");
    settings.absolute = 20; // a quarter of the level
    e = judge(&columns, &settings);
    check_verdict(&e, EVIDENCE_PASS, "");
}

static void test_series_evidence__noise_without_end_is_inconclusive(void **state) {
    (void)state;
    struct sides s = unchanged(80, 0.8, 19);
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
        cmocka_unit_test(test_series_evidence__values_that_the_baseline_never_has),
        cmocka_unit_test(test_series_evidence__values_that_a_short_baseline_never_has),
        cmocka_unit_test(test_series_evidence__a_short_baseline_has_its_limits),
        cmocka_unit_test(test_series_evidence__a_burst_above_a_baseline_that_never_moves),
        cmocka_unit_test(test_series_evidence__more_spread),
        cmocka_unit_test(test_series_evidence__damage_to_a_part_of_the_requests),
        cmocka_unit_test(test_series_evidence__constant_series),
        cmocka_unit_test(test_series_evidence__just_the_tolerance_is_tolerated),
        cmocka_unit_test(test_series_evidence__zeros),
        cmocka_unit_test(test_series_evidence__negative_values_keep_their_order),
        cmocka_unit_test(test_series_evidence__missing_values_drop_their_pair),
        cmocka_unit_test(test_series_evidence__without_common_steps_order_is_what_is_left),
        cmocka_unit_test(test_series_evidence__too_little_data_has_no_verdict),
        cmocka_unit_test(test_series_evidence__an_old_offset_is_taken_out),
        cmocka_unit_test(test_series_evidence__an_absolute_tolerance),
        cmocka_unit_test(test_series_evidence__noise_without_end_is_inconclusive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
