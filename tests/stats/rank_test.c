// SPDX-License-Identifier: GPL-3.0-or-later
// Ranks by merging against ranks by counting, which is slow and plain.
#include "stats/rank.h"

#include "check.h"

#define MOST 120

static uint64_t random_state = 88172645463325252u;

static unsigned random_below(unsigned limit) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)(random_state >> 33) % limit;
}

struct sums {
    double sum_x, ties;
};

static struct sums counted(const double *x, size_t m, const double *y, size_t n) {
    double all[2 * MOST];
    for (size_t i = 0; i < m + n; i++) all[i] = i < m ? x[i] : y[i - m];
    struct sums sums = {0, 0};
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
        double x_room[MOST], y_room[MOST];
        double room[2 * MOST];
        size_t m = 1 + random_below(MOST), n = 1 + random_below(MOST);
        double *x = x_room + MOST - m, *y = y_room + MOST - n;      // at the end, where sanitizers see what is read beyond
        unsigned levels = 1 + random_below(1u << (1 + round % 30)); // from all tied to hardly ever a tie
        for (size_t i = 0; i < m; i++) x[i] = (double)random_below(levels) / 4 - 3;
        for (size_t i = 0; i < n; i++) y[i] = (double)random_below(levels) / 4 - 3;
        struct sums want = counted(x, m, y, n);
        rank_sort(x, m);
        rank_sort(y, n);
        struct rank_sums got = rank_merge(rank_side_shifted(x, m, 0, room), rank_side_shifted(y, n, 0, room + m));
        check_double("rank sum", (double)got.twice_x / 2, want.sum_x, 0);
        check_double("ties", got.ties, want.ties, 0);
        got = rank_merge(rank_side_of(x, m), rank_side_of(y, n));
        check_double("rank sum in place", (double)got.twice_x / 2, want.sum_x, 0);
        check_double("ties in place", got.ties, want.ties, 0);
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
    double room[4];
    struct rank_sums got = rank_merge(rank_side_shifted(x, 2, 0, room), rank_side_shifted(y, 2, 0, room + 2));
    check_double("rank sum", (double)got.twice_x / 2, 1 + 3.5, 0);
    check_double("ties", got.ties, 6, 0);
}

static void test_rank__ties_are_those_of_the_shifted_values(void **state) {
    (void)state;
    double x[] = {0.1, 0.1 + 1e-17, 1e20};
    double room[3];
    struct rank_side got = rank_side_shifted(x, 3, 1e18, room);
    assert_int_equal(got.repeats, 1);
    check_double("tied", room[0], room[1], 0);
    assert_true(room[1] < room[2]);
}

static void test_rank__one_side_far_longer_or_beyond_the_other(void **state) {
    (void)state;
    static const struct {
        size_t m, n;
        double from_x, from_y; // both go up by 1
        double want;           // sum of the ranks of x
    } cases[] = {
        {1, 1, 0, 0.5, 1},
        {1, 1, 0.5, 0, 2},
        {1, 3000, 1700.5, 0, 1702},
        {3000, 1, 0, 1700.5, 4501500 + 1299},
        {3000, 3000, 5000, 0, 13501500},
        {3000, 3000, 0, 5000, 4501500},
        {3000, 3000, 0, 2999.5, 4501500},
        {3000, 3000, 0.5, 0, 9003000},
        {2, 7, 2.5, 0, 4 + 6},
        {3000, 3000, 0, 2999, 4501500.5}, // the last of x and the first of y tie
        {3000, 3000, 2999, 0, 13501499.5},
    };
    static double x[3000], y[3000];
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        for (size_t i = 0; i < cases[c].m; i++) x[i] = cases[c].from_x + (double)i;
        for (size_t i = 0; i < cases[c].n; i++) y[i] = cases[c].from_y + (double)i;
        struct rank_sums got = rank_merge(rank_side_of(x, cases[c].m), rank_side_of(y, cases[c].n));
        check_double("rank sum", (double)got.twice_x / 2, cases[c].want, 0);
        check_double("ties", got.ties, cases[c].want != floor(cases[c].want) ? 6 : 0, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rank__merge_agrees_with_counting),
        cmocka_unit_test(test_rank__one_side_far_longer_or_beyond_the_other),
        cmocka_unit_test(test_rank__sorts_in_total_order),
        cmocka_unit_test(test_rank__zeroes_differ_by_sign_and_nan_ties_with_infinity),
        cmocka_unit_test(test_rank__ties_are_those_of_the_shifted_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
