// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "counter_blocks.h"

#define GAP ((double)NAN)

static void test_counter_blocks__increases_fall_into_their_blocks(void **state) {
    (void)state;
    // Blocks (1000, 2000], (2000, 3000], (3000, 4000].
    static const struct {
        const char *what;
        int64_t time_ms[6];
        double value[6];
        size_t count;
        double want[3];
    } cases[] = {
        {"look-back gives the first value", {500, 1500, 2500, 3500}, {10, 13, 18, 18}, 4, {3, 5, 0}},
        {"without it the first sample only starts", {1500, 2500, 3500}, {10, 13, 18}, 3, {0, 3, 5}},
        {"a reset starts at nothing", {900, 1500, 2500, 3500}, {10, 14, 3, 9}, 4, {4, 3, 6}},
        {"reset to nothing", {900, 1500, 2500, 3500}, {10, 14, 0, 2}, 4, {4, 0, 2}},
        {"borders belong to the earlier block", {1000, 2000, 3000, 4000}, {1, 3, 7, 15}, 4, {2, 4, 8}},
        {"what comes later is left out", {1000, 4000, 4001}, {1, 3, 50}, 3, {0, 0, 2}},
        {"gaps, infinity and negative values are passed over",
         {900, 1500, 1600, 2500, 3500},
         {5, GAP, -1, (double)INFINITY, 12},
         5,
         {0, 0, 7}},
        {"nothing", {0}, {0}, 0, {0, 0, 0}},
        {"a jump over a hole lies where it is seen", {900, 3900}, {2, 11}, 2, {0, 0, 9}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct series series = {0};
        double blocks[3] = {0};
        for (size_t k = 0; k < cases[i].count; k++) series_append(&series, cases[i].time_ms[k], cases[i].value[k]);
        counter_blocks_add(&series, 1000, 1000, blocks, 3);
        for (size_t b = 0; b < 3; b++) {
            if (fabs(blocks[b] - cases[i].want[b]) > 1e-12)
                fail_msg("%s: block %zu is %g, wanted %g", cases[i].what, b, blocks[b], cases[i].want[b]);
        }
        counter_blocks_add(&series, 1000, 1000, blocks, 3); // a second series adds to the first
        for (size_t b = 0; b < 3; b++) assert_true(fabs(blocks[b] - 2 * cases[i].want[b]) < 1e-12);
        free(series.time_ms);
        free(series.value);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_counter_blocks__increases_fall_into_their_blocks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
