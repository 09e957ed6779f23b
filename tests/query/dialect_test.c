// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "dialect.h"

static void test_dialect__build_info_gives_kinds_away(void **state) {
    (void)state;
    static const struct {
        const char *application, *version, *revision;
        int kind; // -1: it tells nothing
    } cases[] = {
        {"", "2.42.0+ds", "2.42.0+ds-5+deb12u1", -1},
        {"", "3.5.0", "8be3a9560fbdd18a94dedec4b747c35178177202", -1},
        {"Grafana Mimir", "2.10.0", "abc", SOURCE_MIMIR},
        {"Cortex", "1.16.0", "abc", SOURCE_CORTEX},
        {"", "0.34.1", "4cf1559998bf6d8db3f9ca0fde2a00d217d4e23e", SOURCE_THANOS},
        {"", "2.24.0", "", SOURCE_VICTORIAMETRICS},
        {"", "", "", SOURCE_VICTORIAMETRICS}, // 1.79
        {"", "2.24.0", "02e92236a8bad3503ff5eec3e04ac205a3b8e4fe", -1},
        {"", "victoriametrics-v1.102.0", "", SOURCE_VICTORIAMETRICS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum source_kind kind = SOURCE_PROMETHEUS;
        bool known = dialect_detect(cases[i].application, cases[i].version, cases[i].revision, &kind);
        if (known != (cases[i].kind >= 0) || (known && (int)kind != cases[i].kind)) fail_msg("case %zu: %d %d", i, known, (int)kind);
    }
}

static void test_dialect__errors_that_ask_for_less(void **state) {
    (void)state;
    assert_true(
        dialect_wants_less("HTTP status 422, execution: query processing would load too many samples into memory in query execution"));
    assert_true(
        dialect_wants_less("the query exceeded the maximum number of chunks (limit: 2000000 chunks) (err-mimir-max-chunks-per-query)"));
    assert_true(dialect_wants_less("cannot select more than -search.maxSamplesPerQuery=1000000000 samples"));
    assert_false(dialect_wants_less("1:1: parse error: unexpected character"));
    assert_false(dialect_wants_less("the query exceeded the maximum number of series (err-mimir-max-series-per-query)"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dialect__build_info_gives_kinds_away),
        cmocka_unit_test(test_dialect__errors_that_ask_for_less),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
