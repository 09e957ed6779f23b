// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol_memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define NOW INT64_C(1735689600000)

static void test_protocol_memory__forgets_after_an_hour(void **state) {
    struct protocol_memory memory = {0};
    (void)state;
    assert_false(protocol_memory_is_old(&memory, "http://a", NOW));
    protocol_memory_note(&memory, "http://a", NOW);
    assert_true(protocol_memory_is_old(&memory, "http://a", NOW + PROTOCOL_MEMORY_MS - 1));
    assert_false(protocol_memory_is_old(&memory, "http://a", NOW + PROTOCOL_MEMORY_MS));
    assert_false(protocol_memory_is_old(&memory, "http://b", NOW));
    protocol_memory_note(&memory, "http://a", NOW + 7);
    assert_true(protocol_memory_is_old(&memory, "http://a", NOW + PROTOCOL_MEMORY_MS));
    assert_int_equal(memory.count, 1);
    protocol_memory_finish(&memory);
}

static void test_protocol_memory__is_bounded(void **state) {
    struct protocol_memory memory = {0};
    char url[64];
    (void)state;
    for (int i = 0; i <= PROTOCOL_MEMORY_MOST; i++) {
        snprintf(url, sizeof url, "http://host-%d", i);
        protocol_memory_note(&memory, url, NOW);
    }
    assert_int_equal(memory.count, PROTOCOL_MEMORY_MOST);
    assert_false(protocol_memory_is_old(&memory, "http://host-0", NOW)); // learnt first
    assert_true(protocol_memory_is_old(&memory, "http://host-1", NOW));
    assert_true(protocol_memory_is_old(&memory, url, NOW));
    protocol_memory_finish(&memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_protocol_memory__forgets_after_an_hour),
        cmocka_unit_test(test_protocol_memory__is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
