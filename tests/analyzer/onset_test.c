// SPDX-License-Identifier: GPL-3.0-or-later
#include "onset.h"

#include "evidence_check.h"
#include "noise.h"

#define STEPS ((size_t)60)

static const struct ar1_prior prior = {.rho = 0.4, .weight = 6, .least = -0.1, .only_raises = true};

static size_t find(const double *values, size_t count) {
    double room[2 * STEPS];
    return onset_find(values, count, prior, room);
}

static void test_onset__of_a_step(void **state) {
    (void)state;
    struct noise noise = {8, 0};
    double values[STEPS];
    for (size_t start = 10; start <= 50; start += 10) {
        for (size_t i = 0; i < STEPS; i++) values[i] = (i < start ? 0 : 0.5) + 0.1 * noise_next(&noise, 0.3);
        assert_in_range(find(values, STEPS), start - 1, start + 1);
    }
}

static void test_onset__of_two_levels_and_nothing_else(void **state) {
    (void)state;
    static const double values[] = {2.385, 2.385, 2.385, 2.385, 7.25, 7.25, 7.25};
    assert_int_equal(find(values, 7), 4);
}

static void test_onset__is_the_begin_where_nothing_changes(void **state) {
    (void)state;
    double values[STEPS];
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct noise noise = {seed, 0};
        for (size_t i = 0; i < STEPS; i++) values[i] = 4 + noise_next(&noise, 0.3);
        assert_int_equal(find(values, STEPS), 0);
    }
    for (size_t i = 0; i < STEPS; i++) values[i] = 2.385;
    assert_int_equal(find(values, STEPS), 0);
    for (size_t i = 0; i < STEPS; i++) values[i] = i < 30 ? 5 : 1; // lower is not what is looked for
    assert_int_equal(find(values, STEPS), 0);
    assert_int_equal(find(values, 1), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_onset__of_a_step),
        cmocka_unit_test(test_onset__of_two_levels_and_nothing_else),
        cmocka_unit_test(test_onset__is_the_begin_where_nothing_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
