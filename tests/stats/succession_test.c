// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values: exact fractions.
#include "stats/succession.h"

#include "check.h"

static void test_succession__silent_against_active(void **state) {
    (void)state;
    static const struct {
        uint64_t silent, active, steps;
        double chance;
    } cases[] = {
        {6, 3, 6, 10.0 / 1001},
        {6, 4, 6, 3.0 / 1001},
        {5, 5, 5, 1.0 / 2772},
        {4, 3, 7, 7.0 / 220},
        {7, 3, 4, 1.0 / 440},
        {6, 0, 6, 1.0 / 7}, // silent at all: the rule of succession, six times
        {0, 2, 3, 0.5},     // no other side: every count is as likely
        {60, 3, 7, 35.0 / 3057076},
        {6, 7, 6, 0},
        {0, 0, 0, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_double("chance", succession_silent(cases[i].silent, cases[i].active, cases[i].steps), cases[i].chance, 1e-14);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_succession__silent_against_active)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
