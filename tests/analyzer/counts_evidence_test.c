// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: the recipe in NumPy and SciPy; R's beta distribution.
#include "analyzer/counts_evidence.h"

#include "count_part.h"
#include "evidence_check.h"
#include "noise.h"

#define STEPS ((size_t)60)

struct sides {
    double bad[2][STEPS], total[2][STEPS];
};

// How many of `total` requests fail at this rate, by drawing each; the rate wanders by a factor exp(wander) about itself.
static double draw(struct noise *noise, double total, double rate, double wander) {
    double bad = 0, now = rate * exp(wander * noise_normal(noise));
    for (double i = 0; i < total; i++) bad += noise_uniform(noise) < now;
    return bad;
}

static struct sides make(double total, double rate, double factor, double wander, uint64_t seed) {
    struct sides s;
    struct noise noise = {seed, 0};
    for (size_t i = 0; i < STEPS; i++) {
        s.total[0][i] = total * 3;
        s.total[1][i] = total;
        s.bad[0][i] = draw(&noise, total * 3, rate, wander);
        s.bad[1][i] = draw(&noise, total, rate * factor, wander);
    }
    return s;
}

static struct evidence_settings usual(void) {
    struct evidence_settings settings;
    evidence_settings_default(&settings);
    settings.tolerance = 0.25;
    settings.absolute = 0.001;
    return settings;
}

static struct evidence judge_with(const struct sides *s, size_t count, const struct evidence_settings *settings) {
    struct arena arena = {0};
    struct evidence e;
    counts_evidence_make(&(struct count_columns){{s->bad[0], s->total[0]}, {s->bad[1], s->total[1]}, count}, settings, &arena, &e);
    arena_finish(&arena);
    return e;
}

static struct evidence judge(const struct sides *s, enum evidence_direction direction) {
    struct evidence_settings settings = usual();
    settings.direction = direction;
    return judge_with(s, STEPS, &settings);
}

static void test_counts_evidence__follows_the_recipe_part_by_part(void **state) {
    (void)state;
    static const double bad[] = {1, 4, 0, 3, 0, 1, 2, 1, 6, 1, 3, 3, 3, 0, 1, 3, 3, 4, 2, 1, 3, 4, 2, 6};
    static const double canary_bad[] = {5, 3, 9, 5, 2, 2, 1, 2, 2, 2, 9, 2, 1, 5, 8, 2, 3, 3, 1, 2, 5, 8, 3, 8};
    static const double total[] = {444, 381, 332, 476, 431, 458, 467, 473, 489, 313, 416, 499,
                                   474, 443, 400, 401, 402, 400, 326, 423, 462, 402, 315, 348};
    static const double canary_total[] = {217, 253, 312, 241, 228, 287, 353, 213, 226, 200, 345, 238,
                                          337, 225, 293, 357, 206, 218, 253, 357, 296, 238, 362, 264};
    struct evidence_settings settings = usual();
    struct arena arena = {0};
    struct evidence e;
    double nan = (double)NAN, inf = (double)INFINITY;
    counts_evidence_make(&(struct count_columns){{bad, total}, {canary_bad, canary_total}, 24}, &settings, &arena, &e);
    arena_finish(&arena);
    double phi = 1.1979950804167456;
    check_verdict(&e, EVIDENCE_FAIL, "count");
    check_near("phi", e.phi, phi, 1e-12);
    check_part(&e, &(struct part_want){EVIDENCE_COUNT, 2.4965485503911644, sqrt(phi * (1.0 / 57 + 1.0 / 93)), nan, 1.5852422510584625,
                                       3.447506138400807, 1.2430585331698905e-06, true, true, true});
    check_near("p", e.p, 1.2430585331698905e-06 / 0.8, 1e-14);
    check_near("estimate", e.estimate, 1.4965485503911644, 1e-12);
    check_near("low", e.low, 0.8185414806869569, 1e-9);
    check_near("high", e.high, 2.447506138400807, 1e-9);
    check_near("share of a window", find_part(&e, EVIDENCE_WINDOW).share, 0.2 / 20, 1e-15);
    assert_false(find_part(&e, EVIDENCE_COUNT).df < inf);
}

static void test_counts_evidence__unchanged_rates_do_not_fail(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct sides s = make(400, 0.01, 1, 0.2, seed);
        struct evidence e = judge(&s, EVIDENCE_INCREASE);
        check_verdict(&e, EVIDENCE_PASS, "");
        e = judge(&s, EVIDENCE_EITHER);
        assert_int_not_equal(e.status, EVIDENCE_FAIL);
    }
}

static void test_counts_evidence__twice_the_errors(void **state) {
    (void)state;
    struct sides s = make(400, 0.01, 2, 0.2, 21);
    struct evidence e = judge(&s, EVIDENCE_INCREASE);
    check_verdict(&e, EVIDENCE_FAIL, "count");
    check_near("estimate", e.estimate, 1, 0.3);
    assert_int_equal(e.onset, 0);
    struct evidence either = judge(&s, EVIDENCE_EITHER), down = judge(&s, EVIDENCE_DECREASE);
    check_near("both ways", either.p, 2 * e.p, 1e-9 * e.p);
    check_verdict(&down, EVIDENCE_PASS, "");
}

static void test_counts_evidence__a_decrease_where_it_is_bad(void **state) {
    (void)state;
    struct sides s = make(400, 0.05, 0.5, 0.1, 22);
    struct evidence e = judge(&s, EVIDENCE_DECREASE);
    check_verdict(&e, EVIDENCE_FAIL, "count");
    check_near("estimate", e.estimate, -0.5, 0.1);
    struct evidence_part part = find_part(&e, EVIDENCE_COUNT);
    assert_true(part.decrease && part.low < part.estimate && part.estimate < part.high && part.high < 1);
}

static void test_counts_evidence__few_errors_prove_nothing(void **state) {
    (void)state;
    struct sides s = make(4, 0.005, 1.5, 0, 23);
    struct evidence e = judge(&s, EVIDENCE_INCREASE);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "count");
    assert_true(e.high > 0.5);
}

static void test_counts_evidence__errors_that_do_not_matter_pass(void **state) {
    (void)state;
    struct sides s = make(2000, 0.00002, 1, 0, 24);
    struct evidence_settings settings = usual();
    struct evidence e = judge_with(&s, STEPS, &settings);
    check_verdict(&e, EVIDENCE_PASS, ""); // the ratio is not known, but below 0.001 in any case
    settings.absolute = 0;
    e = judge_with(&s, STEPS, &settings);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "count");
}

static void test_counts_evidence__no_errors_at_all(void **state) {
    (void)state;
    struct sides s = make(400, 0, 1, 0, 25);
    struct evidence_settings settings = usual();
    struct evidence e = judge_with(&s, STEPS, &settings);
    check_verdict(&e, EVIDENCE_PASS, "");
    check_near("no ratio", e.estimate, (double)NAN, 0);
    settings.absolute = 1e-6; // 24,000 requests cannot exclude that
    e = judge_with(&s, STEPS, &settings);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "count");
}

static void test_counts_evidence__errors_where_there_were_none(void **state) {
    (void)state;
    struct sides s = make(400, 0, 1, 0, 26);
    struct noise noise = {27, 0};
    for (size_t i = 0; i < STEPS; i++) s.bad[1][i] = draw(&noise, 400, 0.01, 0);
    struct evidence e = judge(&s, EVIDENCE_INCREASE);
    check_verdict(&e, EVIDENCE_FAIL, "count");
    assert_true(isinf(e.estimate));
}

static void test_counts_evidence__a_short_burst(void **state) {
    (void)state;
    struct sides s = make(400, 0.01, 1, 0, 28);
    for (size_t i = 40; i < 45; i++) s.bad[1][i] = 40;
    struct evidence e = judge(&s, EVIDENCE_INCREASE);
    assert_int_equal(e.status, EVIDENCE_FAIL);
    assert_true(find_part(&e, EVIDENCE_WINDOW).fails);
    assert_in_range(e.onset, 38, 41);
    for (size_t i = 40; i < 45; i++) s.bad[0][i] = 120; // on both sides
    e = judge(&s, EVIDENCE_INCREASE);
    assert_int_not_equal(e.status, EVIDENCE_FAIL);
}

static void test_counts_evidence__errors_in_clusters_weigh_less(void **state) {
    (void)state;
    for (uint64_t seed = 40; seed < 60; seed++) {
        struct sides s = make(2000, 0.01, 1, 0.5, seed);
        struct evidence e = judge(&s, EVIDENCE_INCREASE);
        assert_true(e.phi > 2);
        assert_int_not_equal(e.status, EVIDENCE_FAIL);
    }
}

static void test_counts_evidence__missing_steps_are_left_out_on_both_sides(void **state) {
    (void)state;
    struct sides s = make(400, 0.01, 2, 0.2, 30);
    s.bad[0][7] = (double)NAN;
    s.total[1][8] = -1;
    s.total[1][9] = (double)INFINITY;
    struct evidence e = judge(&s, EVIDENCE_INCREASE);
    assert_int_equal(e.count, STEPS - 3);
    check_verdict(&e, EVIDENCE_FAIL, "count");
}

static void test_counts_evidence__too_little_data_has_no_verdict(void **state) {
    (void)state;
    struct sides s = make(400, 0.01, 5, 0, 31);
    struct evidence_settings settings = usual();
    struct evidence e = judge_with(&s, 7, &settings);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "too_few");
    e = judge_with(&s, 0, &settings);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "too_few");
    for (size_t i = 0; i < STEPS; i++) s.total[1][i] = s.bad[1][i] = 0; // no traffic on the canary
    e = judge_with(&s, STEPS, &settings);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "too_few");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts_evidence__follows_the_recipe_part_by_part),
        cmocka_unit_test(test_counts_evidence__unchanged_rates_do_not_fail),
        cmocka_unit_test(test_counts_evidence__twice_the_errors),
        cmocka_unit_test(test_counts_evidence__a_decrease_where_it_is_bad),
        cmocka_unit_test(test_counts_evidence__few_errors_prove_nothing),
        cmocka_unit_test(test_counts_evidence__errors_that_do_not_matter_pass),
        cmocka_unit_test(test_counts_evidence__no_errors_at_all),
        cmocka_unit_test(test_counts_evidence__errors_where_there_were_none),
        cmocka_unit_test(test_counts_evidence__a_short_burst),
        cmocka_unit_test(test_counts_evidence__errors_in_clusters_weigh_less),
        cmocka_unit_test(test_counts_evidence__missing_steps_are_left_out_on_both_sides),
        cmocka_unit_test(test_counts_evidence__too_little_data_has_no_verdict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
