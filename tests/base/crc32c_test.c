// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/crc32c.h"

// RFC 3720, section B.4, and the check value of the polynomial.
static void test_crc32c__agrees_with_the_published_values(void **state) {
    (void)state;
    unsigned char zeros[32] = {0}, ones[32], rising[32];
    memset(ones, 0xFF, sizeof ones);
    for (unsigned i = 0; i < 32; i++) rising[i] = (unsigned char)i;
    assert_int_equal(crc32c(0, zeros, 32), 0x8A9136AA);
    assert_int_equal(crc32c(0, ones, 32), 0x62A8AB43);
    assert_int_equal(crc32c(0, rising, 32), 0x46DD794E);
    assert_int_equal(crc32c(0, "123456789", 9), 0xE3069283);
    assert_int_equal(crc32c(0, "", 0), 0);
}

static void test_crc32c__takes_pieces_of_any_size(void **state) {
    (void)state;
    static const char text[] = "a stream of frames, each with its checksum, that arrives in pieces";
    size_t len = sizeof text - 1;
    for (size_t cut = 0; cut <= len; cut++) {
        uint32_t crc = crc32c(crc32c(0, text, cut), text + cut, len - cut);
        if (crc != crc32c(0, text, len)) fail_msg("cut at %zu: %08x, wanted %08x", cut, crc, crc32c(0, text, len));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crc32c__agrees_with_the_published_values),
        cmocka_unit_test(test_crc32c__takes_pieces_of_any_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
