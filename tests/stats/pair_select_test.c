// SPDX-License-Identifier: GPL-3.0-or-later
// Order statistics of pairs: small columns against writing all pairs out, large ones against counting the pairs up to and
// below the value found, which takes another path through another loop.
#include "stats/pair_select.h"

#include <stdint.h>
#include <stdlib.h>

#include "check.h"

#define SHAPES 11
#define RANKS 9

static uint64_t random_state;

static double uniform(void) {
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    uint64_t bits = random_state ^ (random_state >> 29);
    return ((double)(bits >> 11) + 0.5) * 0x1p-53;
}

static double normal(void) {
    return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform());
}

static double draw(int shape, size_t i) {
    switch (shape) {
    case 0:
        return normal();
    case 1:
        return floor(10 * uniform()); // few values
    case 2:
        return floor(10 * normal()) * 0.1; // ties but for rounding
    case 3:
        return 7.25;
    case 4:
        return (double)i;
    case 5:
        return exp(3 * normal());
    case 6:
        return uniform() < 0.5 ? 0 : 1;
    case 7:
        return (2 * uniform() - 1) * 1.7e308; // differences overflow
    case 8:
        return floor(50 * uniform()) * 5e-324;
    case 9:
        return exp(300 * (uniform() - 0.5));
    default:
        return (i % 2 == 0 ? 1e5 : 0) + 1e-3 * normal();
    }
}

static double *make(size_t count) {
    double *values = malloc(count * sizeof *values);
    assert_non_null(values);
    return values;
}

static struct column column_of(int shape, size_t count, double shift) {
    double *values = make(count);
    for (size_t i = 0; i < count; i++) values[i] = draw(shape, i) + shift;
    return column_sort(values, count, values);
}

static void drop(struct column column) {
    free((double *)(uintptr_t)column.values);
}

static void choose_ranks(uint64_t total, uint64_t *ret) {
    const uint64_t ranks[RANKS] = {1, 1 + total / 50, 1 + total / 3, total - total / 2, total / 2 + 1, total - total / 4, total, 1, total};
    for (size_t i = 0; i < RANKS; i++) ret[i] = ranks[i];
}

static void check_differences(struct column x, struct column y) {
    size_t total = x.count * y.count;
    double *all = make(total), *scratch = make(pair_select_differences_scratch(x.count, y.count)), got[RANKS];
    for (size_t i = 0; i < total; i++) all[i] = x.values[i / y.count] - y.values[i % y.count];
    column_sort(all, total, all);
    uint64_t ranks[RANKS];
    choose_ranks(total, ranks);
    assert_int_equal(pair_select_differences(x, y, ranks, RANKS, scratch, got), STATS_OK);
    for (size_t i = 0; i < RANKS; i++) check_double("difference", got[i], all[ranks[i] - 1], 0);
    free(scratch);
    free(all);
}

static double average(double a, double b) {
    return isfinite(a + b) ? (a + b) / 2 : a / 2 + b / 2;
}

static void check_averages(struct column x) {
    size_t total = x.count * (x.count + 1) / 2, at = 0;
    double *all = make(total), *scratch = make(pair_select_averages_scratch(x.count)), got[RANKS];
    for (size_t i = 0; i < x.count; i++) {
        for (size_t j = i; j < x.count; j++) all[at++] = average(x.values[i], x.values[j]);
    }
    column_sort(all, total, all);
    uint64_t ranks[RANKS];
    choose_ranks(total, ranks);
    assert_int_equal(pair_select_averages(x, ranks, RANKS, scratch, got), STATS_OK);
    for (size_t i = 0; i < RANKS; i++) check_double("average", got[i], all[ranks[i] - 1], 0);
    free(scratch);
    free(all);
}

static void test_pair_select__agrees_with_writing_out(void **state) {
    (void)state;
    static const size_t counts[][2] = {{1, 1}, {1, 7}, {2, 3}, {17, 23}, {30, 30}, {64, 61}, {3, 400}, {250, 8}, {310, 290}};
    random_state = 7;
    for (int shape = 0; shape < SHAPES; shape++) {
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
            struct column x = column_of(shape, counts[i][0], 0),
                          y = column_of((shape + (i % 3 == 0)) % SHAPES, counts[i][1], shape < 7 ? 0.3 : 0);
            check_differences(x, y);
            check_averages(x);
            drop(x);
            drop(y);
        }
    }
}

static uint64_t count_pairs(struct column x, struct column y, double limit, bool also_equal) {
    uint64_t count = 0;
    size_t above = 0; // values of y whose difference from x is beyond the limit
    for (size_t i = 0; i < x.count; i++) {
        while (above < y.count && !(x.values[i] - y.values[above] < limit || (also_equal && x.values[i] - y.values[above] == limit)))
            above++;
        count += y.count - above;
    }
    return count;
}

static uint64_t count_averages(struct column x, double limit, bool also_equal) {
    uint64_t count = 0;
    size_t low = 0, high = x.count; // from both ends to where they meet
    while (low < high) {
        double mean = average(x.values[low], x.values[high - 1]);
        if (mean < limit || (also_equal && mean == limit))
            count += high - low++;
        else
            high--;
    }
    return count;
}

static void check_large(int shape, size_t n, size_t m, size_t rank_count) {
    struct column x = column_of(shape, n, 0), y = column_of(shape, m, 0.05);
    double *scratch = make(pair_select_differences_scratch(n, m)), got[RANKS];
    uint64_t ranks[RANKS];
    choose_ranks((uint64_t)n * m, ranks);
    assert_int_equal(pair_select_differences(x, y, ranks, rank_count, scratch, got), STATS_OK);
    for (size_t i = 0; i < rank_count; i++) {
        assert_true(count_pairs(x, y, got[i], true) >= ranks[i]);
        assert_true(count_pairs(x, y, got[i], false) < ranks[i]);
    }
    choose_ranks((uint64_t)n * (n + 1) / 2, ranks);
    assert_int_equal(pair_select_averages(x, ranks, rank_count, scratch, got), STATS_OK);
    for (size_t i = 0; i < rank_count; i++) {
        assert_true(count_averages(x, got[i], true) >= ranks[i]);
        assert_true(count_averages(x, got[i], false) < ranks[i]);
    }
    free(scratch);
    drop(x);
    drop(y);
}

static void test_pair_select__large_columns(void **state) {
    (void)state;
    random_state = 11;
    for (int shape = 0; shape < SHAPES; shape++) check_large(shape, 20011, 30011, RANKS);
    check_large(0, 1000003, 5, RANKS);
    check_large(2, 3, 1000003, RANKS);
}

static void test_pair_select__a_trillion_pairs(void **state) {
    (void)state;
    random_state = 13;
    check_large(5, 1000000, 1000000, 4);
    check_large(1, 1000000, 1000000, 4); // ties of 1e11 pairs
}

// A column like a power of two for every value makes the thinned columns say nothing about the rest.
static void test_pair_select__steep_columns(void **state) {
    (void)state;
    double values[900];
    for (int i = 0; i < 900; i++) values[i] = ldexp(i % 2 == 0 ? 1 : -1, i - 450);
    struct column x = column_sort(values, 900, values), y = {values + 100, 700};
    check_differences(x, y);
    check_averages(x);
}

static void test_pair_select__differences_beyond_doubles_are_infinite(void **state) {
    (void)state;
    const double x[] = {-1.5e308, 1.5e308}, y[] = {-1.4e308, 1.6e308};
    const uint64_t ranks[] = {4, 1, 3, 2};
    double scratch[4096], got[4];
    assert_in_range(pair_select_differences_scratch(2, 2), 1, 4096);
    struct column a = {x, 2}, b = {y, 2};
    assert_int_equal(pair_select_differences(a, b, ranks, 4, scratch, got), STATS_OK);
    check_double("largest", got[0], (double)INFINITY, 0);
    check_double("smallest", got[1], -(double)INFINITY, 0);
    check_double("third", got[2], 1.5e308 - 1.6e308, 0);
    check_double("second", got[3], -1.5e308 + 1.4e308, 0);
    assert_int_equal(pair_select_averages(a, ranks + 1, 2, scratch, got), STATS_OK);
    check_double("average", got[1], 1.5e308, 0);
}

static void test_pair_select__answers_with_a_status(void **state) {
    (void)state;
    const double values[] = {1.5, 2.385, (double)INFINITY};
    const struct column empty = {values, 0}, finite = {values, 2}, infinite = {values, 3}, endless = {values, (size_t)1 << 31};
    const uint64_t ranks[] = {1, 2}, zero[] = {0}, five[] = {5}, four[] = {4};
    double scratch[4096], got[2];
    assert_int_equal(pair_select_differences(empty, finite, ranks, 2, scratch, got), STATS_NODATA);
    check_double("nothing can be said", got[1], (double)NAN, 0);
    assert_int_equal(pair_select_differences(finite, empty, ranks, 2, scratch, got), STATS_NODATA);
    assert_int_equal(pair_select_differences(finite, infinite, ranks, 2, scratch, got), STATS_NONFINITE);
    assert_int_equal(pair_select_differences(finite, finite, zero, 1, scratch, got), STATS_INVALID);
    assert_int_equal(pair_select_differences(finite, finite, five, 1, scratch, got), STATS_INVALID);
    assert_int_equal(pair_select_differences(endless, finite, ranks, 2, scratch, got), STATS_INVALID);
    assert_int_equal(pair_select_averages(empty, ranks, 2, scratch, got), STATS_NODATA);
    assert_int_equal(pair_select_averages(infinite, ranks, 2, scratch, got), STATS_NONFINITE);
    assert_int_equal(pair_select_averages(finite, four, 1, scratch, got), STATS_INVALID);
    assert_int_equal(pair_select_averages(endless, ranks, 2, scratch, got), STATS_INVALID);
    check_double("nothing can be said", got[0], (double)NAN, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pair_select__agrees_with_writing_out),
        cmocka_unit_test(test_pair_select__large_columns),
        cmocka_unit_test(test_pair_select__a_trillion_pairs),
        cmocka_unit_test(test_pair_select__steep_columns),
        cmocka_unit_test(test_pair_select__differences_beyond_doubles_are_infinite),
        cmocka_unit_test(test_pair_select__answers_with_a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
