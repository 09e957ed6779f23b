// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "due_heap.h"

#define COUNT 500

static uint64_t next(uint64_t *seed) {
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return *seed >> 33;
}

// Against a search through all.
static void test_due_heap__gives_the_earliest_whatever_is_put_and_removed(void **state) {
    (void)state;
    struct due_heap heap = {0};
    static struct due_node nodes[COUNT];
    static int64_t due[COUNT]; // 0: not in the heap
    uint64_t seed = 2385;
    for (int round = 0; round < 20000; round++) {
        size_t i = next(&seed) % COUNT;
        switch (next(&seed) % 3) {
        case 0:
            due[i] = (int64_t)(next(&seed) % 1000) + 1;
            due_heap_put(&heap, &nodes[i], due[i]);
            break;
        case 1:
            due_heap_remove(&heap, &nodes[i]);
            due[i] = 0;
            break;
        default: {
            int64_t earliest = INT64_MAX;
            for (size_t k = 0; k < COUNT; k++) {
                if (due[k] > 0 && due[k] < earliest) earliest = due[k];
            }
            assert_int_equal(due_heap_next_ms(&heap), earliest);
            if (earliest == INT64_MAX) break;
            assert_null(due_heap_take(&heap, earliest - 1));
            struct due_node *taken = due_heap_take(&heap, earliest);
            assert_non_null(taken);
            assert_int_equal(due[taken - nodes], earliest);
            due[taken - nodes] = 0;
        }
        }
    }
    due_heap_finish(&heap);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_due_heap__gives_the_earliest_whatever_is_put_and_removed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
