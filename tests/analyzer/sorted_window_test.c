// SPDX-License-Identifier: GPL-3.0-or-later
#include "sorted_window.h"

#include "evidence_check.h"
#include "noise.h"
#include "stats/median.h"

#define STEPS ((size_t)200)
#define WIDTH ((size_t)9)

// Values of a series, with many ties.
static void fill(double *values, uint64_t seed) {
    struct noise noise = {seed, 0};
    for (size_t i = 0; i < STEPS; i++) values[i] = floor(6 * noise_uniform(&noise));
}

static void test_sorted_window__moves_along_a_series(void **state) {
    (void)state;
    double values[STEPS], room[WIDTH], expected[WIDTH];
    fill(values, 13);
    for (size_t width = 1; width <= WIDTH; width++) {
        struct sorted_window window = {room, 0};
        for (size_t i = 0; i < STEPS; i++) {
            if (i < width) {
                sorted_window_add(&window, values[i]);
            } else {
                sorted_window_move(&window, values[i - width], values[i]);
            }
            size_t first = i < width ? 0 : i - width + 1;
            struct column sorted = column_sort(values + first, i + 1 - first, expected);
            assert_int_equal(window.count, sorted.count);
            for (size_t k = 0; k < sorted.count; k++) check_near("place", room[k], expected[k], 0);
        }
    }
}

static void test_sorted_window__median_of_the_others(void **state) {
    (void)state;
    double values[STEPS], room[WIDTH], others[WIDTH];
    fill(values, 12);
    for (size_t first = 0; first + WIDTH <= STEPS; first += WIDTH) {
        struct sorted_window window = {room, 0};
        for (size_t i = 0; i < WIDTH; i++) {
            sorted_window_add(&window, values[first + i]);
            if (i == 0) continue;
            double median = median_of(values + first, i, others);
            check_near("median", sorted_window_median_without(&window, values[first + i]), median, 0);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sorted_window__moves_along_a_series),
        cmocka_unit_test(test_sorted_window__median_of_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
