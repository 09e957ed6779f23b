// SPDX-License-Identifier: GPL-3.0-or-later
// What must hold of the statistics of samples whatever the data: symmetries, and agreement of two ways to the same number.
#include "draws.h"
#include "stats/brunner_munzel.h"
#include "stats/hodges_lehmann.h"
#include "stats/hodges_lehmann_one.h"
#include "stats/kolmogorov_smirnov.h"
#include "stats/mann_whitney.h"
#include "stats/mann_whitney_exact.h"
#include "stats/mann_whitney_null.h"
#include "stats/mann_whitney_ties.h"
#include "stats/quantile.h"
#include "stats/robust_location.h"
#include "stats/welch.h"

#define REPEATS 300 // random cases a property
#define BUCKETS 12
#define SCRATCH ((size_t)1 << 20)

static double *scratch; // SCRATCH doubles

// Two samples of any sizes, a little apart; in half of the cases with ties.
static void draw_pair(struct sample *x, struct sample *y, size_t least, size_t most) {
    double step = next_random() % 2 == 0 ? 0 : 0.25;
    sample_draw(x, size_between(least, most), 0, 1, step);
    sample_draw(y, size_between(least, most), 0.5 * normal(), 1.5, step);
}

static void check_mirrored(const char *what, struct p_values there, struct p_values back) {
    check_relative(what, back.less, there.greater, 1e-12);
    check_relative(what, back.greater, there.less, 1e-12);
    check_relative(what, back.two_sided, there.two_sided, 1e-12);
}

static void test_properties__swapping_the_sides_mirrors_the_rank_sum_tests(void **unused) {
    (void)unused;
    struct sample x, y;
    for (int i = 0; i < REPEATS; i++) {
        draw_pair(&x, &y, 6, MOST);
        struct mann_whitney there, back;
        bool continuity = i % 2 == 0;
        assert_int_equal(mann_whitney_test(x.column, y.column, continuity, &there), STATS_OK);
        assert_int_equal(mann_whitney_test(y.column, x.column, continuity, &back), STATS_OK);
        check_double("both U", there.u + back.u, (double)(x.count * y.count), 0);
        check_double("Cliff's delta", back.delta, -there.delta, 0);
        check_mirrored("Mann-Whitney", there.p, back.p);
    }
    for (int i = 0; i < REPEATS / 10; i++) {
        draw_pair(&x, &y, 6, 20);
        struct mann_whitney_ties there, back;
        assert_in_range(mann_whitney_ties_scratch(x.count, y.count), 1, SCRATCH);
        assert_int_equal(mann_whitney_ties(x.column, y.column, scratch, &there), STATS_OK);
        assert_int_equal(mann_whitney_ties(y.column, x.column, scratch, &back), STATS_OK);
        check_mirrored("exact with ties", there.p, back.p);
        check_relative("distance from the mean", back.two_sided_abs, there.two_sided_abs, 1e-12);
    }
}

static void test_properties__swapping_the_sides_mirrors_the_other_tests(void **unused) {
    (void)unused;
    struct sample x, y;
    for (int i = 0; i < REPEATS; i++) {
        draw_pair(&x, &y, 20, MOST);
        struct welch means, means_back;
        struct brunner_munzel ranks, ranks_back;
        struct kolmogorov_smirnov distance, distance_back;
        assert_int_equal(welch(x.values, x.count, y.values, y.count, &means), STATS_OK);
        assert_int_equal(welch(y.values, y.count, x.values, x.count, &means_back), STATS_OK);
        check_mirrored("Welch", means.p, means_back.p);
        assert_int_equal(brunner_munzel(x.column, y.column, &ranks), STATS_OK);
        assert_int_equal(brunner_munzel(y.column, x.column, &ranks_back), STATS_OK);
        check_mirrored("Brunner-Munzel", ranks.p_t, ranks_back.p_t);
        assert_int_equal(kolmogorov_smirnov(x.column, y.column, &distance), STATS_OK);
        assert_int_equal(kolmogorov_smirnov(y.column, x.column, &distance_back), STATS_OK);
        assert_int_equal(distance.distance, distance_back.distance);
    }
}

// Ranks know nothing but the order, so a rising function changes nothing.
static void test_properties__rank_methods_see_only_the_order(void **unused) {
    (void)unused;
    struct sample x, y, ex, ey;
    for (int i = 0; i < REPEATS; i++) {
        draw_pair(&x, &y, 6, MOST);
        ex.count = x.count;
        ey.count = y.count;
        for (size_t k = 0; k < x.count; k++) ex.values[k] = exp(4 * x.values[k]);
        for (size_t k = 0; k < y.count; k++) ey.values[k] = exp(4 * y.values[k]);
        sample_sort(&ex);
        sample_sort(&ey);
        struct mann_whitney plain, mapped;
        struct kolmogorov_smirnov distance, distance_mapped;
        mann_whitney_test(x.column, y.column, true, &plain);
        mann_whitney_test(ex.column, ey.column, true, &mapped);
        assert_memory_equal(&plain, &mapped, sizeof plain);
        kolmogorov_smirnov(x.column, y.column, &distance);
        kolmogorov_smirnov(ex.column, ey.column, &distance_mapped);
        assert_int_equal(distance.distance, distance_mapped.distance);
    }
}

// Powers of two and a shift by whole steps of 1/1024 are exact, so the results must move to the last bit.
static void test_properties__locations_move_with_the_data(void **unused) {
    (void)unused;
    struct sample x, y, moved;
    for (int i = 0; i < REPEATS; i++) {
        sample_draw(&x, size_between(1, MOST), 0, 1, 0x1p-10);
        sample_draw(&y, size_between(1, MOST), 1, 1, 0x1p-10);
        double factor = ldexp(1, (int)size_between(0, 40) - 20), shift = ldexp((double)size_between(0, 4096), -10), here, there;
        sample_map(&x, factor, factor * shift, &moved);
        hodges_lehmann_one_estimate(x.column, scratch, &here);
        hodges_lehmann_one_estimate(moved.column, scratch, &there);
        check_double("centre", there, factor * (here + shift), 0);
        sample_map(&x, -1, 0, &moved);
        hodges_lehmann_one_estimate(moved.column, scratch, &there);
        check_double("centre of the mirror image", there, -here, 0);
        sample_map(&x, 1, shift, &moved);
        assert_in_range(hodges_lehmann_scratch(x.count, y.count), 0, SCRATCH);
        hodges_lehmann_estimate(x.column, y.column, scratch, &here);
        hodges_lehmann_estimate(moved.column, y.column, scratch, &there);
        check_double("shift", there, here + shift, 0);
        hodges_lehmann_estimate(y.column, x.column, scratch, &there);
        check_double("shift of the swapped sides", there, -here, 0);
        double share = uniform();
        sample_map(&x, factor, 0, &moved);
        check_double("quantile", quantile_sorted(moved.sorted, moved.count, share), factor * quantile_sorted(x.sorted, x.count, share), 0);
    }
}

static void test_properties__robust_errors_scale_and_do_not_shift(void **unused) {
    (void)unused;
    struct sample x, moved;
    for (int i = 0; i < REPEATS; i++) {
        sample_draw(&x, size_between(4, MOST), 0, 1, 0x1p-10);
        double factor = ldexp(1, (int)size_between(0, 40) - 20), shift = (double)size_between(0, 64);
        struct robust_location here, there;
        assert_in_range(robust_location_scratch(x.count), 1, SCRATCH);
        assert_int_equal(robust_location_estimate(x.values, x.count, AR1_PRIOR_DEFAULT, scratch, &here), STATS_OK);
        sample_map(&x, -factor, factor * shift, &moved);
        assert_int_equal(robust_location_estimate(moved.values, moved.count, AR1_PRIOR_DEFAULT, scratch, &there), STATS_OK);
        check_double("estimate", there.estimate, factor * (shift - here.estimate), 0);
        check_relative("standard error", there.se, factor * here.se, 1e-11);
        check_double("rho", there.rho, here.rho, 1e-11);
        check_relative("df", there.df, here.df, 1e-10);
    }
}

static void test_properties__p_falls_as_x_moves_up(void **unused) {
    (void)unused;
    struct sample x, y, moved;
    for (int i = 0; i < REPEATS / 10; i++) {
        sample_draw(&x, size_between(5, 60), 0, 1, 0);
        sample_draw(&y, size_between(5, 60), 0, 1, 0);
        double rank_sum = 1, mean = 1;
        for (double shift = -3; shift <= 3; shift += 0.25) {
            sample_map(&x, 1, shift, &moved);
            struct mann_whitney test;
            struct welch means;
            assert_int_equal(mann_whitney_test(moved.column, y.column, false, &test), STATS_OK);
            assert_int_equal(welch(moved.values, moved.count, y.values, y.count, &means), STATS_OK);
            if (!(test.p.greater <= rank_sum)) fail_msg("Mann-Whitney: p rises from %.17g to %.17g", rank_sum, test.p.greater);
            if (!(means.p.greater <= mean * (1 + 1e-12))) fail_msg("Welch: p rises from %.17g to %.17g", mean, means.p.greater);
            rank_sum = test.p.greater;
            mean = means.p.greater;
        }
    }
}

static void test_properties__counts_of_a_histogram_stand_for_their_values(void **unused) {
    (void)unused;
    struct sample sides[2];
    for (int i = 0; i < REPEATS; i++) {
        double counts[2][BUCKETS] = {{0}};
        for (int side = 0; side < 2; side++) {
            sides[side].count = size_between(2, MOST);
            for (size_t k = 0; k < sides[side].count; k++) {
                size_t bucket = k < 2 ? k : size_between((size_t)side, BUCKETS - 1); // at least two buckets in use
                sides[side].values[k] = (double)bucket;
                counts[side][bucket]++;
            }
            sample_sort(&sides[side]);
        }
        struct mann_whitney values, histogram;
        assert_int_equal(mann_whitney_test(sides[0].column, sides[1].column, i % 2 == 0, &values), STATS_OK);
        assert_int_equal(mann_whitney_histogram(counts[0], counts[1], BUCKETS, i % 2 == 0, &histogram), STATS_OK);
        check_double("U", histogram.u, values.u, 0);
        check_relative("two-sided", histogram.p.two_sided, values.p.two_sided, 1e-12);
        check_relative("less", histogram.p.less, values.p.less, 1e-12);
        check_relative("greater", histogram.p.greater, values.p.greater, 1e-12);
    }
}

static void test_properties__exact_and_approximate_rank_sums_agree(void **unused) {
    (void)unused;
    struct sample x, y;
    for (int i = 0; i < REPEATS / 10; i++) {
        sample_draw(&x, size_between(30, 50), 0, 1, 0);
        sample_draw(&y, size_between(30, 50), 0.3, 1, 0);
        struct mann_whitney approximate;
        struct mann_whitney_exact exact;
        assert_in_range(mann_whitney_null_size(x.count, y.count), 1, SCRATCH);
        assert_int_equal(mann_whitney_null(x.count, y.count, scratch), STATS_OK);
        assert_int_equal(mann_whitney_exact(x.column, y.column, scratch, &exact), STATS_OK);
        assert_int_equal(mann_whitney_test(x.column, y.column, true, &approximate), STATS_OK);
        check_double("U", exact.u, approximate.u, 0);
        check_double("less", approximate.p.less, exact.p.less, 0.002);
        check_double("greater", approximate.p.greater, exact.p.greater, 0.002);
    }
}

static void test_properties__ways_to_the_exact_rank_sum_agree(void **unused) {
    (void)unused;
    struct sample x, y;
    for (int i = 0; i < REPEATS / 10; i++) {
        sample_draw(&x, size_between(2, 20), 0, 1, 0);
        sample_draw(&y, size_between(2, 20), 0.7, 1, 0);
        struct mann_whitney_exact table;
        struct mann_whitney_ties ways;
        mann_whitney_null(x.count, y.count, scratch);
        assert_int_equal(mann_whitney_exact(x.column, y.column, scratch, &table), STATS_OK);
        assert_int_equal(mann_whitney_ties(x.column, y.column, scratch, &ways), STATS_OK);
        check_double("U", ways.u, table.u, 0);
        check_relative("less", ways.p.less, table.p.less, 1e-11);
        check_relative("greater", ways.p.greater, table.p.greater, 1e-11);
        check_relative("two-sided", ways.two_sided_abs, table.p.two_sided, 1e-11);
    }
}

// The interval holds the shifts that the test does not reject, so 0 lies outside exactly when p is below 1 - confidence.
static void test_properties__exact_limits_invert_the_exact_test(void **unused) {
    (void)unused;
    struct sample x, y;
    double table[20 * 20];
    size_t outside = 0;
    for (int i = 0; i < REPEATS; i++) {
        sample_draw(&x, size_between(8, 20), 0.5, 1, 0);
        sample_draw(&y, size_between(8, 20), 0, 1, 0);
        struct mann_whitney_exact test;
        struct hodges_lehmann shift;
        mann_whitney_null(x.count, y.count, table);
        assert_int_equal(mann_whitney_exact(x.column, y.column, table, &test), STATS_OK);
        assert_int_equal(hodges_lehmann_exact(x.column, y.column, 0.9, table, scratch, &shift), STATS_OK);
        bool excluded = shift.low > 0 || shift.high < 0;
        if (excluded != (test.p.two_sided < 0.1)) {
            fail_msg("p is %.17g, but the limits are %.17g and %.17g", test.p.two_sided, shift.low, shift.high);
        }
        outside += excluded;
    }
    assert_in_range(outside, 1, REPEATS - 1); // both outcomes were seen
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_properties__swapping_the_sides_mirrors_the_rank_sum_tests),
        cmocka_unit_test(test_properties__swapping_the_sides_mirrors_the_other_tests),
        cmocka_unit_test(test_properties__rank_methods_see_only_the_order),
        cmocka_unit_test(test_properties__locations_move_with_the_data),
        cmocka_unit_test(test_properties__robust_errors_scale_and_do_not_shift),
        cmocka_unit_test(test_properties__p_falls_as_x_moves_up),
        cmocka_unit_test(test_properties__counts_of_a_histogram_stand_for_their_values),
        cmocka_unit_test(test_properties__exact_and_approximate_rank_sums_agree),
        cmocka_unit_test(test_properties__ways_to_the_exact_rank_sum_agree),
        cmocka_unit_test(test_properties__exact_limits_invert_the_exact_test),
    };
    draws_start();
    scratch = calloc(SCRATCH, sizeof *scratch);
    if (scratch == NULL) return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(scratch);
    return failed;
}
