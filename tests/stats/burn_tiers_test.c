// SPDX-License-Identifier: GPL-3.0-or-later
// The multiwindow decision, with the workbook's four tiers.
#include "stats/burn_tiers.h"

#include "check.h"

enum { PAGE, TICKET, TIERS = 4 };

static void decide(const struct event_counts (*counts)[2], double budget, struct burn_tier_state *states, size_t *worst,
                   enum stats_status want) {
    static const double factors[TIERS] = {14.4, 6, 3, 1};
    struct burn_tier tiers[TIERS];
    for (size_t i = 0; i < TIERS; i++) tiers[i] = (struct burn_tier){factors[i], i < 2 ? PAGE : TICKET, counts[i][0], counts[i][1]};
    assert_int_equal(burn_tiers_decide(tiers, TIERS, budget, states, worst), want);
}

static void test_burn_tiers__both_windows_must_be_above(void **state) {
    (void)state;
    static const struct {
        struct event_counts counts[TIERS][2]; // long, short
        bool fires[TIERS];
        size_t worst;
    } cases[] = {
        // ten minutes of outage that ended twenty minutes ago
        {{{{60000, 360000}, {0, 30000}},
          {{60000, 2160000}, {60000, 180000}},
          {{60000, 8640000}, {60000, 720000}},
          {{60000, 25920000}, {60000, 2160000}}},
         {false, true, true, true},
         1},
        // steady 1.2
        {{{{432, 360000}, {36, 30000}},
          {{2592, 2160000}, {216, 180000}},
          {{10368, 8640000}, {864, 720000}},
          {{31104, 25920000}, {2592, 2160000}}},
         {false, false, false, true},
         3},
        // all exactly at their factors
        {{{{5184, 360000}, {432, 30000}},
          {{12960, 2160000}, {1080, 180000}},
          {{25920, 8640000}, {2160, 720000}},
          {{25920, 25920000}, {2160, 2160000}}},
         {false, false, false, false},
         TIERS},
        // no traffic in a short window
        {{{{90, 2000}, {0, 0}}, {{90, 12000}, {40, 1000}}, {{90, 48000}, {90, 4000}}, {{90, 144000}, {90, 12000}}},
         {false, true, false, false},
         1},
        // the slower tiers alone: the first of the most severe
        {{{{0, 100}, {0, 10}}, {{0, 100}, {0, 10}}, {{50, 1000}, {5, 100}}, {{50, 1000}, {5, 100}}}, {false, false, true, true}, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct burn_tier_state states[TIERS];
        size_t worst;
        decide(cases[i].counts, 0.001, states, &worst, STATS_OK);
        for (size_t k = 0; k < TIERS; k++) {
            struct event_counts seen = cases[i].counts[k][1];
            assert_int_equal(states[k].fires, cases[i].fires[k]);
            check_double("short", states[k].short_rate, seen.total > 0 ? 1000 * seen.errors / seen.total : (double)NAN, 1e-9);
        }
        assert_int_equal(worst, cases[i].worst);
    }
}

static void test_burn_tiers__statuses(void **state) {
    (void)state;
    struct event_counts counts[TIERS][2] = {{{0, 0}, {0, 0}}, {{0, 0}, {0, 0}}, {{0, 0}, {5, 10}}, {{5, 10}, {0, 0}}};
    struct burn_tier_state states[TIERS];
    size_t worst;
    decide((const struct event_counts(*)[2])counts, 0.001, states, &worst, STATS_NODATA);
    assert_int_equal(worst, TIERS);
    counts[3][1] = (struct event_counts){5, 10};
    decide((const struct event_counts(*)[2])counts, 0.001, states, &worst, STATS_OK);
    assert_int_equal(worst, 3);
    counts[0][0] = (struct event_counts){11, 10};
    decide((const struct event_counts(*)[2])counts, 0.001, states, &worst, STATS_INVALID);
    assert_int_equal(worst, 3);
    decide((const struct event_counts(*)[2])counts, 0, states, &worst, STATS_INVALID);
    assert_int_equal(worst, TIERS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_burn_tiers__both_windows_must_be_above),
        cmocka_unit_test(test_burn_tiers__statuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
