// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/digest.h"

static void test_digest__agrees_with_the_published_vectors(void **state) {
    (void)state;
    char million[1000000];
    memset(million, 'a', sizeof million);
    const struct {
        struct view text;
        const char *hex;
    } cases[] = {
        {{"", 0}, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {{"abc", 3}, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {view_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {{million, sizeof million}, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char hex[DIGEST_HEX_LEN + 1];
        digest_hex(cases[i].text, hex);
        assert_string_equal(hex, cases[i].hex);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_digest__agrees_with_the_published_vectors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
