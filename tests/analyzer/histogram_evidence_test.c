// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: the recipe in NumPy and SciPy; Student's t by R.
#include "analyzer/histogram_evidence.h"

#include "evidence_check.h"
#include "noise.h"

#define STEPS ((size_t)40)
#define BUCKETS ((size_t)10)
#define REQUESTS 300

static const double bounds[BUCKETS - 1] = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5};

struct sides {
    double baseline[STEPS * BUCKETS], canary[STEPS * BUCKETS];
};

static void add_request(double *row, double seconds) {
    size_t k = 0;
    while (k < BUCKETS - 1 && seconds > bounds[k]) k++;
    row[k]++;
}

// Log-normal latencies about 60 ms; `slow_share` of the canary's are six times as long, all of them `factor` times.
static struct sides make(double factor, double slow_share, uint64_t seed) {
    struct sides s = {{0}, {0}};
    struct noise noise = {seed, 0};
    for (size_t i = 0; i < STEPS; i++) {
        for (size_t k = 0; k < REQUESTS; k++) {
            add_request(s.baseline + i * BUCKETS, 0.06 * exp(0.5 * noise_normal(&noise)));
            double slower = noise_uniform(&noise) < slow_share ? 6 : 1;
            add_request(s.canary + i * BUCKETS, 0.06 * factor * slower * exp(0.5 * noise_normal(&noise)));
        }
    }
    return s;
}

static struct evidence judge_columns(const struct histogram_columns *columns, enum evidence_direction direction) {
    struct evidence_settings settings;
    struct arena arena = {0};
    struct evidence e;
    evidence_settings_default(&settings);
    settings.direction = direction;
    histogram_evidence_make(columns, &settings, &arena, &e);
    arena_finish(&arena);
    return e;
}

static struct evidence judge(const struct sides *s, enum evidence_direction direction) {
    return judge_columns(&(struct histogram_columns){bounds, BUCKETS, s->baseline, s->canary, STEPS}, direction);
}

static const double fixed_bounds[] = {0.1, 0.25, 0.5, 1};
static const double fixed_baseline[] = {31, 49, 15, 5, 0, 23, 45, 17, 5, 1, 29, 32, 12, 2, 2, 30, 38, 17, 3, 2,
                                        20, 36, 18, 4, 0, 37, 30, 18, 4, 2, 22, 38, 18, 4, 0, 31, 37, 18, 6, 2,
                                        30, 37, 19, 3, 0, 32, 37, 13, 6, 1, 31, 30, 10, 4, 1, 28, 36, 19, 4, 1,
                                        31, 41, 11, 3, 0, 27, 45, 13, 4, 0, 35, 49, 19, 2, 1, 31, 32, 11, 5, 2};
static const double fixed_canary[] = {26, 45, 14, 7, 3, 30, 32, 18, 7, 2, 22, 35, 14, 5, 1, 24, 48, 19, 5, 3,
                                      39, 45, 17, 5, 3, 37, 34, 12, 4, 3, 23, 46, 14, 7, 1, 26, 30, 16, 5, 2,
                                      36, 37, 21, 6, 2, 37, 43, 14, 4, 3, 31, 44, 21, 8, 2, 36, 34, 20, 5, 3,
                                      36, 30, 19, 5, 3, 20, 34, 14, 5, 2, 39, 33, 20, 4, 2, 36, 46, 20, 7, 1};

static void test_histogram_evidence__follows_the_recipe_part_by_part(void **state) {
    (void)state;
    struct evidence e = judge_columns(&(struct histogram_columns){fixed_bounds, 5, fixed_baseline, fixed_canary, 16}, EVIDENCE_INCREASE);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "tail");
    check_part(&e, &(struct part_want){EVIDENCE_LOCATION, 0.056906695228233106, 0.01971334704009145, 14.964386088601625,
                                       -0.0012025001771254554, 0.0914705869597186, 0.015173303221455771, true, false, false});
    check_part(&e, &(struct part_want){EVIDENCE_ORDER, 0.5139786705174054, 0.007278376271333164, 14.817700873649411, 0.486741979112423,
                                       0.526748346785959, 0.037120792677108327, true, false, false});
    static const double edges[] = {0.1, 0.5, 1}, ratios[] = {1.0048810791622291, 1.4723980309423348, 2.2333333333333334};
    static const double ps[] = {0.8395309950991476, 0.010622489673704449, 0.008040032400985395};
    assert_int_equal(e.part_count, 5);
    for (size_t i = 0; i < 3; i++) {
        const struct evidence_part *part = &e.parts[2 + i];
        assert_int_equal(part->kind, EVIDENCE_TAIL);
        check_near("edge", part->edge, edges[i], 0);
        check_near("ratio", part->estimate, ratios[i], 1e-12);
        check_near("p", part->p, ps[i], 1e-8 * ps[i]);
        check_near("share", part->share, 0.4 / 3, 1e-15);
        assert_int_equal(part->blocks, i > 0);
    }
}

static void test_histogram_evidence__the_unit_does_not_matter(void **state) {
    (void)state;
    double scaled[4];
    for (size_t k = 0; k < 4; k++) scaled[k] = ldexp(fixed_bounds[k], 30);
    struct evidence e = judge_columns(&(struct histogram_columns){fixed_bounds, 5, fixed_baseline, fixed_canary, 16}, EVIDENCE_INCREASE);
    struct evidence big = judge_columns(&(struct histogram_columns){scaled, 5, fixed_baseline, fixed_canary, 16}, EVIDENCE_INCREASE);
    check_near("location", big.parts[0].estimate, e.parts[0].estimate, 1e-12);
    check_near("p", big.p, e.p, 1e-9 * e.p);
}

static void test_histogram_evidence__unchanged_sides_do_not_fail(void **state) {
    (void)state;
    size_t passed = 0;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct sides s = make(1, 0, seed);
        struct evidence e = judge(&s, EVIDENCE_INCREASE);
        assert_int_not_equal(e.status, EVIDENCE_FAIL);
        passed += e.status == EVIDENCE_PASS;
        e = judge(&s, EVIDENCE_EITHER);
        assert_int_not_equal(e.status, EVIDENCE_FAIL);
    }
    assert_in_range(passed, 8, 10); // few requests in a far tail look suspicious now and then
}

static void test_histogram_evidence__all_requests_slower(void **state) {
    (void)state;
    struct sides s = make(1.2, 0, 11);
    struct evidence e = judge(&s, EVIDENCE_INCREASE);
    check_verdict(&e, EVIDENCE_FAIL, "location");
    check_near("estimate", e.estimate, 0.2, 0.05);
    assert_true(find_part(&e, EVIDENCE_ORDER).fails && e.ranks.a12 > 0.55 && e.ranks.p < 1e-6);
    assert_int_equal(e.onset, 0);
    e = judge(&s, EVIDENCE_DECREASE);
    check_verdict(&e, EVIDENCE_PASS, "");
}

static void test_histogram_evidence__fewer_slow_requests_where_that_is_bad(void **state) {
    (void)state;
    struct sides s = make(0.8, 0, 12);
    struct evidence down = judge(&s, EVIDENCE_DECREASE), either = judge(&s, EVIDENCE_EITHER);
    check_verdict(&down, EVIDENCE_FAIL, "location");
    check_verdict(&either, EVIDENCE_FAIL, "location");
    check_near("both ways", either.p, 2 * down.p, 1e-9 * down.p);
    check_near("natural direction", down.estimate, -0.2, 0.05);
}

static void test_histogram_evidence__a_slow_tail(void **state) {
    (void)state;
    struct sides s = make(1, 0.015, 13);
    struct evidence e = judge(&s, EVIDENCE_INCREASE);
    check_verdict(&e, EVIDENCE_FAIL, "tail");
    assert_false(find_part(&e, EVIDENCE_LOCATION).fails);
    assert_true(e.parts[e.decisive].edge >= 0.1);
}

static void test_histogram_evidence__a_step_within_the_window(void **state) {
    (void)state;
    struct sides s = make(1, 0, 14), slow = make(1.5, 0, 15);
    for (size_t i = 15 * BUCKETS; i < STEPS * BUCKETS; i++) s.canary[i] = slow.canary[i];
    struct evidence e = judge(&s, EVIDENCE_INCREASE);
    check_verdict(&e, EVIDENCE_FAIL, NULL);
    assert_in_range(e.onset, 14, 16);
}

static void test_histogram_evidence__missing_steps_are_left_out(void **state) {
    (void)state;
    struct sides s = make(1.2, 0, 16);
    s.baseline[3 * BUCKETS + 2] = (double)NAN;
    s.canary[9 * BUCKETS] = -1;
    struct evidence e = judge(&s, EVIDENCE_INCREASE);
    assert_int_equal(e.count, STEPS - 2);
    check_verdict(&e, EVIDENCE_FAIL, "location");
}

static void test_histogram_evidence__too_little_data_has_no_verdict(void **state) {
    (void)state;
    struct sides s = make(2, 0, 17), empty = {{0}, {0}};
    struct evidence e = judge_columns(&(struct histogram_columns){bounds, BUCKETS, s.baseline, s.canary, 7}, EVIDENCE_INCREASE);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "too_few");
    e = judge(&empty, EVIDENCE_INCREASE);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "too_few");
    e = judge_columns(&(struct histogram_columns){bounds, BUCKETS, s.baseline, empty.canary, STEPS}, EVIDENCE_INCREASE);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, "too_few");
}

static void test_histogram_evidence__bounds_that_have_no_logarithm(void **state) {
    (void)state;
    static const double low[] = {-2, -1, 0}, mixed[] = {-1, 0, 0.5, 1};
    struct sides s = make(1, 0, 18);
    struct evidence e = judge_columns(&(struct histogram_columns){low, 4, s.baseline, s.canary, STEPS}, EVIDENCE_INCREASE);
    check_verdict(&e, EVIDENCE_INCONCLUSIVE, NULL);
    e = judge_columns(&(struct histogram_columns){mixed, 5, fixed_baseline, fixed_canary, 16}, EVIDENCE_INCREASE);
    assert_true(isfinite(e.estimate));
}

static void test_histogram_evidence__the_same_numbers(void **state) {
    (void)state;
    struct sides s = make(1, 0, 19);
    for (size_t i = 0; i < STEPS * BUCKETS; i++) s.canary[i] = s.baseline[i];
    struct evidence e = judge(&s, EVIDENCE_INCREASE);
    check_verdict(&e, EVIDENCE_PASS, "");
    check_near("nothing", e.estimate, 0, 1e-12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_histogram_evidence__follows_the_recipe_part_by_part),
        cmocka_unit_test(test_histogram_evidence__the_unit_does_not_matter),
        cmocka_unit_test(test_histogram_evidence__unchanged_sides_do_not_fail),
        cmocka_unit_test(test_histogram_evidence__all_requests_slower),
        cmocka_unit_test(test_histogram_evidence__fewer_slow_requests_where_that_is_bad),
        cmocka_unit_test(test_histogram_evidence__a_slow_tail),
        cmocka_unit_test(test_histogram_evidence__a_step_within_the_window),
        cmocka_unit_test(test_histogram_evidence__missing_steps_are_left_out),
        cmocka_unit_test(test_histogram_evidence__too_little_data_has_no_verdict),
        cmocka_unit_test(test_histogram_evidence__bounds_that_have_no_logarithm),
        cmocka_unit_test(test_histogram_evidence__the_same_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
