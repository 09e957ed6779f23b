// SPDX-License-Identifier: GPL-3.0-or-later
// Selection among unsorted values, against sorting them.
#include "select.h"

#include <stdint.h>
#include <string.h>

#include "check.h"
#include "stats/column.h"

#define MOST 700

static uint64_t mixed(uint64_t i) { // a bijection of 64 bits, so no two are equal
    i = (i ^ (i >> 31)) * UINT64_C(0x9E3779B97F4A7C15);
    return i ^ (i >> 29);
}

static double value_of(int shape, size_t i) {
    switch (shape) {
    case 0:
        return (double)(mixed(i) >> 11);
    case 1:
        return (double)(mixed(i) % 3);
    case 2:
        return 2.385;
    case 3:
        return (double)i;
    case 4:
        return -(double)i;
    case 5:
        return (double)(i % 2 == 0 ? i : MOST - i); // poor pivots
    default:
        return i == 5 ? (double)INFINITY : i == 6 ? -(double)INFINITY : (double)(mixed(i) >> 60);
    }
}

static void test_select__agrees_with_sorting(void **state) {
    (void)state;
    static const size_t counts[] = {1, 2, 3, 16, 17, 40, 333, MOST};
    double values[MOST], sorted[MOST], work[MOST];
    for (int shape = 0; shape < 7; shape++) {
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
            size_t count = counts[c];
            for (size_t i = 0; i < count; i++) values[i] = value_of(shape, i);
            column_sort(values, count, sorted);
            for (size_t rank = 0; rank < count; rank += 1 + count / 13) {
                memcpy(work, values, count * sizeof *work);
                check_double("value", select_smallest(work, count, rank), sorted[rank], 0);
                check_double("in its place", work[rank], sorted[rank], 0);
                for (size_t i = 0; i < rank; i++) assert_true(work[i] <= sorted[rank]);
                for (size_t i = rank; i < count; i++) assert_true(work[i] >= sorted[rank]);
            }
        }
    }
}

static void test_select__median_of_any_count(void **state) {
    (void)state;
    double odd[] = {3.125, 2.385, 9.5}, even[] = {9.5, 2.25, 3.5, 1.75}, huge[] = {1.7e308, 1.6e308};
    check_double("odd", select_median(odd, 3), 3.125, 0);
    check_double("even", select_median(even, 4), 2.875, 0);
    check_double("no overflow", select_median(huge, 2), 1.65e308, 1e293);
    check_double("none", select_median(odd, 0), (double)NAN, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_select__agrees_with_sorting),
        cmocka_unit_test(test_select__median_of_any_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
