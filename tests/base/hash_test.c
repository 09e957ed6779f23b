// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/hash.h"

static void test_hash__agrees_with_the_published_values(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint64_t hash; // FNV-1a, 64 bit, as its authors list them
    } cases[] = {
        {"", UINT64_C(0xcbf29ce484222325)},
        {"a", UINT64_C(0xaf63dc4c8601ec8c)},
        {"foobar", UINT64_C(0x85944171f73967e8)},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) assert_true(hash_text(cases[i].text) == cases[i].hash);
}

static void test_hash__goes_on_from_what_was_hashed_before(void **state) {
    (void)state;
    assert_true(hash_bytes(hash_bytes(HASH_START, "foo", 3), "bar", 3) == hash_text("foobar"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hash__agrees_with_the_published_values),
        cmocka_unit_test(test_hash__goes_on_from_what_was_hashed_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
