// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "analyzer/analysis.h"

static char *replay(const char *dir, int *ret_code) {
    struct arena arena = {0};
    struct findings findings;
    struct error err = {0};
    findings_init(&findings, &arena);
    json_t *result = analysis_replay(dir, &arena, &findings, &err);
    if (result == NULL) fail_msg("%s", err.text);
    *ret_code = analysis_exit_code(result);
    char *text = json_dumps(result, JSON_INDENT(1));
    json_decref(result);
    findings_finish(&findings);
    arena_finish(&arena);
    return text;
}

static void test_run__recorded_canaries_are_judged_alike_every_time(void **state) {
    (void)state;
    static const struct {
        const char *dir;
        int code;
    } cases[] = {{SERIN_FIXTURES "/runs/healthy", EXIT_PASS}, {SERIN_FIXTURES "/runs/broken", EXIT_FAIL}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int first_code, second_code;
        char *first = replay(cases[i].dir, &first_code), *second = replay(cases[i].dir, &second_code);
        assert_int_equal(first_code, cases[i].code);
        assert_int_equal(second_code, cases[i].code);
        assert_string_equal(first, second);
        free(first);
        free(second);
    }
}

static void test_run__without_a_record_is_an_error(void **state) {
    (void)state;
    struct arena arena = {0};
    struct findings findings;
    struct error err = {0};
    findings_init(&findings, &arena);
    assert_null(analysis_replay(SERIN_FIXTURES "/canaries", &arena, &findings, &err));
    assert_int_equal(err.code, ERROR_IO);
    assert_non_null(strstr(err.text, "run.json"));
    findings_finish(&findings);
    arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_run__recorded_canaries_are_judged_alike_every_time),
        cmocka_unit_test(test_run__without_a_record_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
