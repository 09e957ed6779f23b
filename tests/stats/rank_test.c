// SPDX-License-Identifier: GPL-3.0-or-later
// Ranks by merging against ranks by counting, which is slow and plain.
#include "stats/rank.h"

#include "check.h"

#define MOST 40

static uint64_t random_state = 88172645463325252u;

static unsigned random_below(unsigned limit) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)(random_state >> 33) % limit;
}

static struct rank_sums counted(const double *x, size_t m, const double *y, size_t n) {
    double all[2 * MOST];
    for (size_t i = 0; i < m + n; i++) all[i] = i < m ? x[i] : y[i - m];
    struct rank_sums sums = {0, 0};
    for (size_t i = 0; i < m + n; i++) {
        double below = 0, equal = 0;
        for (size_t j = 0; j < m + n; j++) {
            below += all[j] < all[i];
            equal += all[j] == all[i];
        }
        if (i < m) sums.sum_x += below + (equal + 1) / 2;
        sums.ties += equal * equal - 1; // each of t tied values adds its share of t^3 - t
    }
    return sums;
}

static void test_rank__merge_agrees_with_counting(void **state) {
    (void)state;
    for (int round = 0; round < 2000; round++) {
        double x[MOST], y[MOST];
        int64_t keys[2 * MOST];
        size_t m = 1 + random_below(MOST), n = 1 + random_below(MOST);
        unsigned levels = 1 + random_below(60);
        for (size_t i = 0; i < m; i++) x[i] = (double)random_below(levels) / 4 - 3;
        for (size_t i = 0; i < n; i++) y[i] = (double)random_below(levels) / 4 - 3;
        struct rank_sums want = counted(x, m, y, n);
        rank_sort(x, m);
        rank_sort(y, n);
        rank_keys(x, m, 0, keys);
        rank_keys(y, n, 0, keys + m);
        struct rank_sums got = rank_merge(keys, m, keys + m, n);
        check_double("rank sum", got.sum_x, want.sum_x, 0);
        check_double("ties", got.ties, want.ties, 0);
    }
}

static void test_rank__sorts_in_total_order(void **state) {
    (void)state;
    double values[] = {0.0, (double)NAN, 3.5, -0.0, (double)INFINITY, -2, (double)NAN, 0.0, -(double)INFINITY};
    const double want[] = {-(double)INFINITY, -2, -0.0, 0.0, 0.0, 3.5, (double)INFINITY, (double)NAN, (double)NAN};
    rank_sort(values, 9);
    for (size_t i = 0; i < 9; i++) {
        check_double("value", values[i], want[i], 0);
        if (values[i] == 0) assert_int_equal(signbit(values[i]) != 0, signbit(want[i]) != 0);
    }
}

static void test_rank__zeroes_differ_by_sign_and_nan_ties_with_infinity(void **state) {
    (void)state;
    double x[] = {-0.0, (double)NAN}, y[] = {0.0, (double)INFINITY};
    int64_t keys[4];
    rank_keys(x, 2, 0, keys);
    rank_keys(y, 2, 0, keys + 2);
    struct rank_sums got = rank_merge(keys, 2, keys + 2, 2);
    check_double("rank sum", got.sum_x, 1 + 3.5, 0);
    check_double("ties", got.ties, 6, 0);
}

static void test_rank__ties_are_those_of_the_shifted_values(void **state) {
    (void)state;
    double x[] = {0.1, 0.1 + 1e-17, 1e20};
    int64_t keys[3];
    rank_keys(x, 3, 1e18, keys);
    assert_true(keys[0] == keys[1]);
    assert_true(keys[1] < keys[2]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rank__merge_agrees_with_counting),
        cmocka_unit_test(test_rank__sorts_in_total_order),
        cmocka_unit_test(test_rank__zeroes_differ_by_sign_and_nan_ties_with_infinity),
        cmocka_unit_test(test_rank__ties_are_those_of_the_shifted_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
