// SPDX-License-Identifier: GPL-3.0-or-later
#include "sorted_window.h"

#include "evidence_check.h"
#include "noise.h"
#include "stats/median.h"

#define STEPS ((size_t)200)
#define WIDTH ((size_t)9)

static void check_order(const struct sorted_window *window) {
    for (size_t i = 1; i < window->count; i++) assert_true(window->values[i - 1] <= window->values[i]);
}

static void test_sorted_window__moves_along_a_series(void **state) {
    (void)state;
    double values[STEPS], room[WIDTH + 1], others[WIDTH], scratch[WIDTH];
    struct noise noise = {12, 0};
    for (size_t i = 0; i < STEPS; i++) values[i] = floor(6 * noise_uniform(&noise)); // with many ties
    struct sorted_window window = {room, 0};
    for (size_t i = 0; i < STEPS; i++) {
        sorted_window_add(&window, values[i]);
        if (i >= WIDTH) sorted_window_remove(&window, values[i - WIDTH]);
        check_order(&window);
        size_t first = i >= WIDTH ? i - WIDTH + 1 : 0, count = i - first;
        assert_int_equal(window.count, count + 1);
        for (size_t k = 0; k < count; k++) others[k] = values[first + k];
        if (count > 0) check_near("median", sorted_window_median_without(&window, values[i]), median_of(others, count, scratch), 0);
    }
}

static void test_sorted_window__move_is_remove_and_add(void **state) {
    (void)state;
    double values[STEPS], moved[WIDTH], room[WIDTH + 1];
    struct noise noise = {13, 0};
    for (size_t i = 0; i < STEPS; i++) values[i] = floor(6 * noise_uniform(&noise));
    for (size_t width = 1; width <= WIDTH; width++) {
        struct sorted_window window = {moved, 0}, slow = {room, 0};
        for (size_t i = 0; i < STEPS; i++) {
            if (i < width) {
                sorted_window_add(&window, values[i]);
            } else {
                sorted_window_move(&window, values[i - width], values[i]);
                sorted_window_remove(&slow, values[i - width]);
            }
            sorted_window_add(&slow, values[i]);
            assert_int_equal(window.count, slow.count);
            for (size_t k = 0; k < slow.count; k++) check_near("place", moved[k], room[k], 0);
        }
    }
}

static void test_sorted_window__may_become_empty(void **state) {
    (void)state;
    double room[2];
    struct sorted_window window = {room, 0};
    sorted_window_add(&window, 2.385);
    sorted_window_add(&window, -1);
    sorted_window_remove(&window, -1);
    check_near("left", room[0], 2.385, 0);
    sorted_window_remove(&window, 2.385);
    assert_int_equal(window.count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sorted_window__moves_along_a_series),
        cmocka_unit_test(test_sorted_window__move_is_remove_and_add),
        cmocka_unit_test(test_sorted_window__may_become_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
