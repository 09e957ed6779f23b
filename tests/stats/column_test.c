// SPDX-License-Identifier: GPL-3.0-or-later
// Sorted columns.
#include "stats/column.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

static void test_column__leaves_out_nan_and_sorts(void **state) {
    (void)state;
    const double values[] = {2.5, (double)NAN, -(double)INFINITY, 1e-320, -3.25, (double)NAN, 2.5, (double)INFINITY, -1e308};
    const double want[] = {-(double)INFINITY, -1e308, -3.25, 1e-320, 2.5, 2.5, (double)INFINITY};
    double room[9];
    struct column got = column_sort(values, 9, room);
    assert_int_equal(got.count, 7);
    for (size_t i = 0; i < 7; i++) check_double("value", got.values[i], want[i], 0);
    assert_false(column_is_finite(got));
}

static void test_column__zeros_are_one_number(void **state) {
    (void)state;
    double values[] = {0.0, -0.0, 0.0, -0.0};
    struct column got = column_sort(values, 4, values);
    for (size_t i = 0; i < 4; i++) assert_false(signbit(got.values[i]));
}

static void test_column__empty_is_finite(void **state) {
    (void)state;
    double none[] = {(double)NAN};
    struct column got = column_sort(none, 1, none);
    assert_int_equal(got.count, 0);
    assert_true(column_is_finite(got));
}

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double random_unit(void) {
    static uint64_t random_state = 2385;
    random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (double)(random_state >> 11) * 0x1p-53;
}

// Orders that quicksorts are known to be slow or wrong on.
static double patterned(int pattern, size_t i, size_t count) {
    switch (pattern) {
    case 0:
        return random_unit() - 0.5;
    case 1:
        return (double)i;
    case 2:
        return -(double)i;
    case 3:
        return 2.385;
    case 4:
        return floor(random_unit() * 3);
    case 5:
        return (double)(i < count / 2 ? i : count - i); // organ pipe
    case 6:
        return random_unit() < 0.5 ? (double)INFINITY : -(double)INFINITY;
    case 7:
        return (double)(i % 7);
    default:
        return ldexp(random_unit() - 0.5, (int)(random_unit() * 2040) - 1060);
    }
}

static void test_column__sorts_every_size_and_pattern(void **state) {
    (void)state;
    static double values[20000], want[20000];
    for (size_t count = 1; count <= 20000; count += count < 140 ? 1 : count / 3) {
        for (int pattern = 0; pattern < 9; pattern++) {
            for (size_t i = 0; i < count; i++) want[i] = values[i] = patterned(pattern, i, count) + 0.0;
            qsort(want, count, sizeof *want, compare_doubles);
            assert_int_equal(column_sort(values, count, values).count, count);
            if (memcmp(values, want, count * sizeof *want) != 0) fail_msg("pattern %d, %zu values", pattern, count);
        }
    }
}

// Made by an adversary (McIlroy, "A killer adversary for quicksort", 1999) that answered each comparison of this very sort
// so that pivots were as bad as can be: all the partitions that are allowed are used up.
static void test_column__sorts_when_every_pivot_is_bad(void **state) {
    (void)state;
    static const double bad[] = {
        4,   3,   5,   7,   11,  10,  139, 14,  17,  16,  140, 20,  23,  22,  141, 26,  29,  28,  142, 32,  35,  34,  143, 38,  41,
        2,   6,   9,   12,  46,  15,  50,  18,  21,  144, 24,  59,  27,  30,  62,  33,  36,  145, 39,  71,  42,  45,  74,  48,  76,
        51,  54,  83,  57,  60,  86,  63,  88,  66,  69,  95,  72,  146, 75,  78,  100, 81,  84,  107, 87,  147, 90,  93,  112, 96,
        116, 99,  102, 148, 105, 108, 124, 111, 128, 114, 117, 149, 120, 137, 123, 126, 150, 129, 132, 151, 135, 152, 138, 153, 1,
        0,   13,  19,  25,  31,  37,  43,  49,  55,  61,  67,  73,  79,  85,  91,  97,  103, 109, 115, 121, 127, 133, 154, 155, 156,
        157, 158, 159, 160, 161, 162, 163, 164, 165, 166, 167, 168, 169, 170, 171, 172, 173, 174, 175, 176, 177, 178, 179, 180, 181,
        182, 183, 184, 185, 186, 187, 188, 189, 136, 134, 130, 131, 190, 125, 122, 118, 119, 191, 113, 110, 106, 104, 192, 101, 98,
        94,  92,  193, 89,  194, 82,  80,  195, 77,  196, 70,  68,  64,  65,  197, 58,  56,  52,  53,  198, 47,  44,  199, 8,   40};
    double room[sizeof bad / sizeof *bad];
    struct column got = column_sort(bad, sizeof bad / sizeof *bad, room);
    for (size_t i = 0; i < got.count; i++) check_double("value", got.values[i], (double)i, 0);
}

static void test_column__merges_two(void **state) {
    (void)state;
    static const double x[] = {-3, 1.5, 1.5, 4}, y[] = {-7, 1.5, 2.385}, all[] = {-7, -3, 1.5, 1.5, 1.5, 2.385, 4};
    double room[7];
    struct column merged = column_merge((struct column){x, 4}, (struct column){y, 3}, room);
    assert_int_equal(merged.count, 7);
    for (size_t i = 0; i < 7; i++) check_double("value", merged.values[i], all[i], 0);
    assert_int_equal(column_merge((struct column){x, 0}, (struct column){y, 3}, room).count, 3);
    check_double("of the other", room[2], 2.385, 0);
    assert_int_equal(column_merge((struct column){x, 0}, (struct column){y, 0}, room).count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_column__leaves_out_nan_and_sorts),
        cmocka_unit_test(test_column__zeros_are_one_number),
        cmocka_unit_test(test_column__empty_is_finite),
        cmocka_unit_test(test_column__sorts_every_size_and_pattern),
        cmocka_unit_test(test_column__sorts_when_every_pivot_is_bad),
        cmocka_unit_test(test_column__merges_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
