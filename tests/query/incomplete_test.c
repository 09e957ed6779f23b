// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "incomplete.h"

static void test_incomplete__policies(void **state) {
    (void)state;
    enum { DEFAULT = 1, NOTE = 2, REFUSE = 4 };
    static const struct {
        const char *warning;
        bool partial;
        int taken_by;
    } cases[] = {
        {"", false, DEFAULT | NOTE | REFUSE},
        {"", true, NOTE},
        {"results truncated due to limit", false, NOTE},
        {"remote_read: remote server http://store:9090/api/v1/read returned http status 503", false, NOTE},
        {"receive series from Addr: 10.0.0.1:10901: rpc error: code = Unavailable", false, NOTE},
        {"PromQL warning: quantile value should be between 0 and 1, got 2", false, DEFAULT | NOTE},
        {"PromQL info: metric might not be a counter", false, DEFAULT | NOTE | REFUSE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct view text = view_of(cases[i].warning);
        struct series_set set = {.partial = cases[i].partial, .warnings = {&text, text.len > 0, 1}, .infos = {&text, 1, 1}};
        for (int policy = 0; policy < 3; policy++) {
            struct error err = {0};
            bool taken = incomplete_check(&set, (enum source_warnings)policy, &err);
            if (taken != ((cases[i].taken_by & 1 << policy) != 0)) fail_msg("case %zu, policy %d: %s", i, policy, err.text);
            assert_int_equal(err.code, taken ? ERROR_NONE : ERROR_DATA);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_incomplete__policies)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
